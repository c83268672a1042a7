import { parseArgs } from 'node:util';
import { ToolError } from '../tools/running-system.ts';
import { eventKinds } from './all-kinds.ts';
import type { EventKind, OptionValues } from './event-kind.ts';
import { edited } from './open-editor.ts';
import { withField } from './set-fields.ts';
import type { Surroundings } from './where/surroundings.ts';

/** Options of every kind. */
const common = {
  set: { type: 'string', multiple: true },
  edit: { type: 'boolean' },
  directory: { type: 'string' },
  help: { type: 'boolean' },
} as const;

export interface EventRequest {
  readonly options: OptionValues;
  /** Assignments, in their order. */
  readonly set: readonly string[];
  readonly edit: boolean;
  readonly help: boolean;
  /** Of the local cloud, when it isn't the usual one. */
  readonly directory: string | undefined;
}

/** Reads a kind's options. Throws ToolError, and parseArgs' own error for an option that is not known. */
export function readRequest(kind: EventKind, args: readonly string[]): EventRequest {
  const own = Object.fromEntries(Object.entries(kind.options).map(([name, { type }]) => [name, { type }]));
  const { values } = parseArgs({ args: [...args], options: { ...own, ...common }, allowPositionals: false });
  const { set, edit, directory, help, ...given } = values;
  const options: Record<string, string | boolean | undefined> = {};
  for (const [name, option] of Object.entries(kind.options)) {
    const value = (given as Readonly<Record<string, string | boolean | undefined>>)[name] ?? option.default;
    if (option.choices !== undefined && typeof value === 'string' && !option.choices.includes(value))
      throw new ToolError(`--${name} is one of ${option.choices.join(', ')}, not "${value}".`);
    options[name] = value;
  }
  return { options, set: set ?? [], edit: edit === true, help: help === true, directory };
}

/** The event that was asked for. Rejects with ToolError for what its user can mend. */
export async function generate(kind: EventKind, request: EventRequest, where: Surroundings): Promise<unknown> {
  const made = await kind.content(request.options, where);
  const changed = request.set.reduce(withField, made);
  return kind.event(request.edit ? edited(changed) : changed, request.options, where);
}

/** One line a kind. */
export function listOfKinds(): string {
  const widest = Math.max(...eventKinds.map(({ name }) => name.length));
  const lines = eventKinds.map(({ name, sentence, functions }) => `  ${name.padEnd(widest)}  ${sentence} (${functions.join(', ')})`);
  return [
    'Kinds of events, and the functions that take them:',
    ...lines,
    '',
    'npm run --silent event -- <kind> --help tells its options.',
  ].join('\n');
}

/** A kind's options, and how it is sent. */
export function helpOf(kind: EventKind): string {
  const [first = ''] = kind.functions;
  const options: readonly (readonly [string, string])[] = [
    ...Object.entries(kind.options).map(([name, { value, sentence, choices, default: usual }]): [string, string] => [
      value === undefined ? `--${name}` : `--${name} ${value}`,
      [sentence, ...(choices === undefined ? [] : [choices.join(', ')]), ...(usual === undefined ? [] : [`${usual} unless told`])].join(
        '; ',
      ),
    ]),
    ['--set <path>=<value>', `changes a field, as often as you like: ${kind.edits}`],
    ['--edit', 'opens the same in $EDITOR'],
    ['--directory <folder>', 'of the running local cloud; .local unless told'],
  ];
  const widest = Math.max(...options.map(([name]) => name.length));
  return [
    `${kind.name}: ${kind.sentence}`,
    '',
    ...options.map(([name, sentence]) => `  ${name.padEnd(widest)}  ${sentence}`),
    '',
    ...kind.functions
      .map((name) => `npm run --silent event -- ${kind.name} | npm run invoke -- ${name}`)
      .slice(0, first === '' ? 0 : undefined),
  ].join('\n');
}
