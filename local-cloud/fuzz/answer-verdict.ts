import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

/** What an HTTP server answered. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

/** Nothing of the inside goes out: frames of a stack, places of files, the program's own text. */
const INSIDES: readonly (readonly [string, RegExp])[] = [
  ['a frame of a stack', /(^|\\n|\n)\s+at (async )?[^\n]{0,300}?[:(][^\n]{0,300}?:\d+:\d+\)?/],
  ['a place in a program', /\.(ts|js|mjs|cjs):\d+/],
  ['an internal module', /node:internal|node_modules/],
  [
    'an error of the language',
    /\b(TypeError|RangeError|ReferenceError|SyntaxError|ERR_[A-Z_]{4,})\b|Cannot read propert|is not a function|is not iterable/,
  ],
  ['an error of the database', /SQLITE_|ERR_SQLITE|constraint failed/],
];

const PLACES = [join(import.meta.dirname, '..', '..'), join(homedir(), '.'), join(tmpdir(), 'local-cloud-')].filter(
  (path) => path.length > 2,
);

/**
 * Why an answer must not be given, or undefined. What was sent may come back: it is taken out of the answer before it is looked at.
 *
 * @param meant Whether a status of 500 and more is meant; a 501 that names what is not carried out always is.
 */
export function problemOf(
  answer: Answer,
  sent: readonly string[] = [],
  meant: (answer: Answer) => boolean = () => false,
): string | undefined {
  if (answer.status >= 500 && !isNotCarriedOut(answer) && !meant(answer))
    return `it is answered with ${answer.status}: ${answer.body.slice(0, 500)}`;
  const text = `${Object.entries(answer.headers).join('\n')}\n${answer.body}`;
  const told = INSIDES.map(([name, pattern]) => [name, pattern.exec(text)?.[0]] as const).find(
    ([, match]) => match !== undefined && !sent.some((part) => part.includes(match.trim())),
  );
  if (told !== undefined) return `the answer has ${told[0]} in it: ${told[1]} in ${answer.body.slice(0, 500)}`;
  const place = PLACES.find((path) => text.includes(path) && !sent.some((part) => part.includes(path)));
  if (place !== undefined) return `the answer has a place of this machine in it: ${answer.body.slice(0, 500)}`;
  return undefined;
}

function isNotCarriedOut({ status, body, headers }: Answer): boolean {
  return (
    status === 501 &&
    (/not carr(y|ied) out|NotCarriedOut|not_carried_out/.test(body) || headers['x-amzn-errortype'] === 'NotCarriedOut' || body === '')
  );
}
