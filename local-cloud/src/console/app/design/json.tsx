import { type ReactNode, useMemo } from 'react';

/** A token of JSON text: a string (with the colon when it is a name), a word or a number, or what lies between. */
const TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|(true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|([^"\w-]+|[\w-]+)/g;
/** Longer texts aren't coloured. */
const MAX_COLOURED = 60_000;

/** JSON, indented and coloured; text that isn't JSON as it is. Only ever text to the page, whatever a device sent. */
export function Json({ value, label }: { value: unknown; label: string }) {
  const shown = useMemo(() => paint(typeof value === 'string' ? pretty(value) : JSON.stringify(value, null, 2)), [value]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard (WCAG 2.1.1)
    <section className="code" tabIndex={0} aria-label={label}>
      <pre>{shown}</pre>
    </section>
  );
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function paint(text: string): ReactNode {
  if (text.length > MAX_COLOURED) return text;
  const parts: ReactNode[] = [];
  for (const { 0: token, 1: string, 2: colon, 3: word, index } of text.matchAll(TOKEN)) {
    if (string !== undefined && colon !== undefined) {
      parts.push(
        <b key={index} className="code__name">
          {string}
        </b>,
        colon,
      );
    } else if (string !== undefined) {
      parts.push(
        <span key={index} className="code__text">
          {string}
        </span>,
      );
    } else if (word !== undefined) {
      parts.push(
        <span key={index} className="code__word">
          {word}
        </span>,
      );
    } else parts.push(token);
  }
  return parts;
}
