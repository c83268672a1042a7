import { useMemo, useState } from 'react';
import { timeOfDay } from '../data/wording.ts';
import { Json } from './json.tsx';

export interface Line {
  readonly at: string;
  readonly text: string;
}

const LEVELS: Readonly<Record<string, string>> = {
  ERROR: 'fault',
  FATAL: 'fault',
  CRITICAL: 'fault',
  WARN: 'warn',
  INFO: 'info',
  DEBUG: 'quiet',
  TRACE: 'quiet',
};
/** Said elsewhere on the page, or of no use to a reader. */
const SAID = new Set([
  'level',
  'message',
  'timestamp',
  'time',
  'xray_trace_id',
  'service',
  'requestId',
  'function_request_id',
  'function_arn',
  'function_name',
  'function_memory_size',
  'cold_start',
  'sampling_rate',
]);

/** A function's log, or a log group's events: JSON lines by their level and message, opened to the whole. */
export function LogLines({ lines, none = 'It wrote nothing.' }: { lines: readonly Line[]; none?: string }) {
  if (lines.length === 0) return <p className="quiet pad">{none}</p>;
  return (
    <ol className="log">
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a log only grows; two lines may be the same
        <LogLine key={index} line={line} />
      ))}
    </ol>
  );
}

function LogLine({ line }: { line: Line }) {
  const [isOpen, setOpen] = useState(false);
  const read = useMemo(() => readLine(line.text), [line.text]);
  return (
    <li className={`log__line log__line--${read.tone}`}>
      <button type="button" className="log__head" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <time dateTime={line.at}>{timeOfDay(line.at)}</time>
        {read.level !== undefined && <span className="log__level">{read.level}</span>}
        <span className="log__text">
          {read.message}
          {read.rest !== '' && <span className="log__rest"> {read.rest}</span>}
        </span>
      </button>
      {isOpen && <Json value={line.text} label="The whole line" />}
    </li>
  );
}

function readLine(text: string): { level: string | undefined; tone: string; message: string; rest: string } {
  const value = asObject(text);
  if (value === undefined)
    return { level: undefined, tone: /\berror\b/i.test(text) ? 'fault' : 'plain', message: text.trimEnd(), rest: '' };
  const level = typeof value['level'] === 'string' ? value['level'].toUpperCase() : undefined;
  const rest = Object.entries(value)
    .filter(([name]) => !SAID.has(name))
    .map(([name, held]) => `${name}=${typeof held === 'string' ? held : JSON.stringify(held)}`)
    .join(' ');
  const message = value['message'];
  return {
    level,
    tone: LEVELS[level ?? ''] ?? 'plain',
    message: typeof message === 'string' ? message : message === undefined ? '' : JSON.stringify(message),
    rest,
  };
}

function asObject(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
