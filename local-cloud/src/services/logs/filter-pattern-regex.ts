import { invalidParameter } from './log-arn.ts';

export type MessageTest = (message: string) => boolean;

/** The characters and operators that a regular expression in a filter pattern can have; groups aren't among them. */
export function filterRegex(source: string): RegExp {
  if (source === '' || !/^(?:[A-Za-z0-9:_#=@/;,\s^$?[\]{}|*+.-]|\\[\s\S])*$/.test(source))
    throw invalidParameter(`Invalid regular expression in filter pattern: %${source}%`);
  try {
    return new RegExp(source);
  } catch {
    throw invalidParameter(`Invalid regular expression in filter pattern: %${source}%`);
  }
}
