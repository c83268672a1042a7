import { compileUserPattern, PatternRefused, type UserPattern } from '../../kernel/user-pattern.ts';
import { invalidParameter } from './log-arn.ts';

export type MessageTest = (message: string) => boolean;

/** The characters and operators that a regular expression in a filter pattern can have; groups aren't among them. */
export function filterRegex(source: string): UserPattern {
  if (source === '' || !/^(?:[A-Za-z0-9:_#=@/;,\s^$?[\]{}|*+.-]|\\[\s\S])*$/.test(source))
    throw invalidParameter(`Invalid regular expression in filter pattern: %${source}%`);
  try {
    return compileUserPattern(source);
  } catch (error) {
    if (!(error instanceof PatternRefused)) throw error;
    throw invalidParameter(`Invalid regular expression in filter pattern: %${source}%: ${error.message}`);
  }
}
