import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import type { BusEvent } from './event.ts';
import type { Target } from './targets.ts';

/** What a target is sent, and what of it an input transformer may name beside the event's own fields. */
export interface RuleNames {
  readonly arn: string;
  readonly name: string;
  /** RFC 3339: when EventBridge got the event. */
  readonly ingestionTime: string;
}

/**
 * The text that a target is sent: the event, a part of it (InputPath), a text of its own (Input), or what an input transformer makes of it
 * (EventBridge User Guide, "Amazon EventBridge input transformation"). A variable whose path leads to nothing is an empty text.
 */
export function targetInput(target: Target, event: BusEvent, rule: RuleNames): string {
  if (target.Input !== undefined) return target.Input;
  if (target.InputPath !== undefined) return JSON.stringify(valueAt(parseJsonPath(target.InputPath), event) ?? null);
  if (target.InputTransformer === undefined) return JSON.stringify(event);
  const { InputPathsMap = {}, InputTemplate } = target.InputTransformer;
  const { detail: _, ...withoutDetail } = event;
  const variables = new Map<string, unknown>([
    ...Object.entries(InputPathsMap).map(([name, path]): [string, unknown] => [name, valueAt(parseJsonPath(path), event) ?? '']),
    ['aws.events.rule-arn', rule.arn],
    ['aws.events.rule-name', rule.name],
    ['aws.events.event.ingestion-time', rule.ingestionTime],
    ['aws.events.event', withoutDetail],
    ['aws.events.event.json', event],
  ]);
  return fillTemplate(InputTemplate, variables);
}

/** Throws ValidationException for what PutTargets refuses in a target's input, NotCarriedOut for JSON paths beyond fields and indexes. */
export function checkInput(target: Target): void {
  const given = [target.Input, target.InputPath, target.InputTransformer].filter((one) => one !== undefined);
  if (given.length > 1) throw invalid('Only one of Input, InputPath, or InputTransformer must be provided for target.');
  if (target.Input !== undefined) {
    try {
      JSON.parse(target.Input);
    } catch {
      throw invalid(`JSON syntax error in input for target ${target.Id}.`);
    }
  }
  if (target.InputPath !== undefined) parseJsonPath(target.InputPath);
  const { InputPathsMap = {}, InputTemplate } = target.InputTransformer ?? { InputTemplate: '' };
  for (const [name, path] of Object.entries(InputPathsMap)) {
    if (name.toLowerCase().startsWith('aws'))
      throw invalid(`Variable ${name} of InputPathsMap for target ${target.Id} must not begin with "AWS".`);
    parseJsonPath(path);
  }
  for (const { variable } of piecesOf(InputTemplate)) {
    if (variable !== undefined && !Object.hasOwn(InputPathsMap, variable) && !PREDEFINED.has(variable))
      throw invalid(`Invalid InputTemplate for target ${target.Id} : [Source: variable ${variable} is not in InputPathsMap.]`);
  }
}

const PREDEFINED = new Set([
  'aws.events.rule-arn',
  'aws.events.rule-name',
  'aws.events.event.ingestion-time',
  'aws.events.event',
  'aws.events.event.json',
]);

type Step = string | number;

/** The part of JSON path that EventBridge takes, without wildcards: `$`, `$.detail.build-id`, `$.resources[0]`. */
function parseJsonPath(path: string): readonly Step[] {
  if (/[*]/.test(path)) throw new NotCarriedOut(`wildcards in JSON paths of EventBridge, such as ${path}`);
  if (!/^\$(\.[\w/-]+|\[\d+\])*$/.test(path)) throw invalid(`Invalid JSON path: ${path}`);
  return [...path.matchAll(/\.([\w/-]+)|\[(\d+)\]/g)].map(([, field, index]) => field ?? Number(index));
}

function valueAt(path: readonly Step[], event: unknown): unknown {
  let value = event;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<Step, unknown>)[step];
  }
  return value;
}

interface Piece {
  readonly text: string;
  /** The name between `<` and `>` that stands behind the text. */
  readonly variable?: string;
}

function piecesOf(template: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const match of template.matchAll(/<([\w.-]+)>/g)) {
    pieces.push({ text: template.slice(at, match.index), variable: match[1] ?? '' });
    at = match.index + match[0].length;
  }
  return [...pieces, { text: template.slice(at) }];
}

/** Within quotes a variable's text is put in as part of that string, elsewhere as JSON. */
function fillTemplate(template: string, variables: ReadonlyMap<string, unknown>): string {
  let quoted = false;
  let filled = '';
  for (const { text, variable } of piecesOf(template)) {
    for (const mark of text.match(/\\.|"/gs) ?? []) if (mark === '"') quoted = !quoted;
    filled += text;
    if (variable === undefined) continue;
    const value = variables.get(variable);
    const json = JSON.stringify(value);
    filled += quoted ? JSON.stringify(typeof value === 'string' ? value : json).slice(1, -1) : json;
  }
  return filled;
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}
