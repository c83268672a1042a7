import type { ZodType } from 'zod';
import { ToolError } from '../tools/running-system.ts';
import type { Surroundings } from './where/surroundings.ts';

/** An option of a kind of event, as it stands on the command line. */
export interface EventOption {
  readonly type: 'string' | 'boolean';
  readonly sentence: string;
  /** What stands for its value in the help, such as `<id>`. */
  readonly value?: string;
  /** The only values it takes. */
  readonly choices?: readonly string[];
  readonly default?: string;
}

/** The options that were given, by their names. */
export type OptionValues = Readonly<Record<string, string | boolean | undefined>>;

/** A kind of event that some function of the deployed system takes. */
export interface EventKind {
  readonly name: string;
  readonly sentence: string;
  /** Functions that take it, as `ingest/receive-status`. */
  readonly functions: readonly string[];
  /** What of the templates it stands for, as `eventSourcesOf` names it. A test holds all kinds against what is deployed. */
  readonly sources: readonly string[];
  readonly options: Readonly<Record<string, EventOption>>;
  /** What `--set` and `--edit` change, with an example. */
  readonly edits: string;
  /** What is meant by the event, plain: `--set` and `--edit` change it. Throws ToolError for options that don't fit. */
  content(options: OptionValues, where: Surroundings): Promise<unknown>;
  /** The event with this content as AWS hands it to the function. Throws ToolError for a content of which none can be made. */
  event(content: unknown, options: OptionValues, where: Surroundings): Promise<unknown>;
  /** Recognizes such an event, whether its content is right or wrong. */
  readonly shape: ZodType;
}

/** A text option's value: what was given, else its default. */
export function textOption(options: OptionValues, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

/** An option that is a whole number. Throws ToolError for anything else, and for one outside of min and max. */
export function wholeNumberOption(options: OptionValues, name: string, min: number, max: number): number | undefined {
  const text = textOption(options, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max)
    throw new ToolError(`--${name} must be a whole number from ${min} to ${max}, not "${text}".`);
  return value;
}
