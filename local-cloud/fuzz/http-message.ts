import fc from 'fast-check';
import { oddText } from './odd-values.ts';

/** A request as it goes over the wire. */
export interface HttpMessage {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Its bytes, each as the character of the same code, so that a failing input can be read and pasted. */
  readonly body: string;
}

/** Bytes as the text of a message's body. */
export function bytesAsText(bytes: Uint8Array | string): string {
  return Buffer.from(bytes as Uint8Array).toString('latin1');
}

const oddHeaders = [
  ...[
    'content-type',
    'x-amz-target',
    'x-amz-security-token',
    'x-amzn-trace-id',
    'x-amz-content-sha256',
    'x-amz-decoded-content-length',
    'content-md5',
    'range',
    'if-match',
  ],
  ...[
    'if-modified-since',
    'origin',
    'sec-fetch-site',
    'accept-encoding',
    'content-encoding',
    'x-forwarded-for',
    'cookie',
    'x-http-method-override',
    '__proto__',
    'date',
  ],
];
const oddHeaderValues = [
  ...['bytes=0-', 'bytes=-0', 'bytes=9-1', 'bytes=0-1,3-4', 'gzip', 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD', 'Root=1-0-0'],
  'Root=1-67f5a0a0-000000000000000000000000;Parent=x;Sampled=7',
];
const oddParameters = [
  'versionId',
  'uploads',
  'Marker',
  'max-keys',
  'X-Amz-Credential',
  'X-Amz-Security-Token',
  'Action',
  'x-id',
  'delete',
  'partNumber',
  '__proto__',
  '',
];
const oddMethods = ['GET', 'PUT', 'POST', 'DELETE', 'HEAD', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND', 'M-SEARCH'];
const oddBodies = [
  ...['null', '[]', '"', '{', '1', '{"a":', '<a', '<a/>', '<?xml version="1.0"?>', 'a=b&a=c', ''],
  ...['<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', '['.repeat(20_000), '{"M":'.repeat(20_000), '<a>'.repeat(20_000)],
];

/** What is changed in a message; `at` is the place, from 0 to 1. As data, so that a failing one can be printed and pasted. */
export type Change =
  | { readonly how: 'cut body'; readonly at: number }
  | { readonly how: 'put into body' | 'overwrite body'; readonly at: number; readonly text: string }
  | { readonly how: 'take body'; readonly text: string }
  | { readonly how: 'drop header'; readonly at: number }
  | { readonly how: 'change header'; readonly at: number; readonly text: string }
  | { readonly how: 'set header'; readonly name: string; readonly text: string }
  | { readonly how: 'change segment' | 'put into path'; readonly at: number; readonly text: string }
  | { readonly how: 'add parameter'; readonly name: string; readonly text: string }
  | { readonly how: 'take method'; readonly method: string };

const at = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const how = <Name extends string>(name: Name): fc.Arbitrary<Name> => fc.constant(name);
const oddBytes = fc.oneof(
  oddText.map(bytesAsText),
  fc.uint8Array({ maxLength: 4 }).map(bytesAsText),
  fc.constantFrom(...'{}[]",:<>&=%\\\u0000\u00ff'),
);

/** Changes of a message, none of them more often than not. */
export const messageChanges: fc.Arbitrary<readonly Change[]> = fc.oneof(
  { weight: 3, arbitrary: fc.constant([]) },
  {
    weight: 2,
    arbitrary: fc.array<Change>(
      fc.oneof(
        fc.record({ how: how('cut body'), at }),
        fc.record({ how: fc.constantFrom('put into body', 'overwrite body'), at, text: oddBytes }),
        fc.record({ how: how('take body'), text: fc.oneof(fc.constantFrom(...oddBodies), oddText.map(bytesAsText)) }),
        fc.record({ how: how('drop header'), at }),
        fc.record({ how: how('change header'), at, text: oddText }),
        fc.record({
          how: how('set header'),
          name: fc.constantFrom(...oddHeaders),
          text: fc.oneof(oddText, fc.constantFrom(...oddHeaderValues)),
        }),
        fc.record({ how: fc.constantFrom('change segment', 'put into path'), at, text: oddText }),
        fc.record({ how: how('add parameter'), name: fc.constantFrom(...oddParameters), text: oddText }),
        fc.record({ how: how('take method'), method: fc.constantFrom(...oddMethods) }),
      ),
      { minLength: 1, maxLength: 2 },
    ),
  },
);

/** A message as it was made, or near it. */
export function nearMessage(messages: fc.Arbitrary<HttpMessage>): fc.Arbitrary<HttpMessage> {
  return fc.tuple(messages, messageChanges).map(([message, changes]) => changedMessage(message, changes));
}

export function changedMessage(message: HttpMessage, changes: readonly Change[]): HttpMessage {
  return changes.reduce(changed, message);
}

function changed(message: HttpMessage, change: Change): HttpMessage {
  const { body, path, headers } = message;
  switch (change.how) {
    case 'cut body':
      return { ...message, body: body.slice(0, Math.floor(change.at * body.length)) };
    case 'put into body':
    case 'overwrite body': {
      const cut = Math.floor(change.at * body.length);
      return {
        ...message,
        body: body.slice(0, cut) + change.text + body.slice(change.how === 'put into body' ? cut : cut + change.text.length),
      };
    }
    case 'take body':
      return { ...message, body: change.text };
    case 'drop header':
    case 'change header': {
      const name = Object.keys(headers)[Math.floor(change.at * Object.keys(headers).length)];
      if (name === undefined) return message;
      const { [name]: _, ...rest } = headers;
      return { ...message, headers: change.how === 'drop header' ? rest : { ...rest, [name]: headerText(change.text) } };
    }
    case 'set header':
      return { ...message, headers: { ...headers, [change.name]: headerText(change.text) } };
    case 'change segment': {
      const parts = path.split('/');
      parts[Math.floor(change.at * parts.length)] = encodeURI(change.text.toWellFormed());
      return withPath(message, parts.join('/'));
    }
    case 'put into path': {
      const cut = Math.floor(change.at * (path.length + 1));
      return withPath(message, path.slice(0, cut) + change.text + path.slice(cut));
    }
    case 'add parameter':
      return withPath(message, `${path}${path.includes('?') ? '&' : '?'}${change.name}=${encodeURIComponent(change.text.toWellFormed())}`);
    case 'take method':
      return { ...message, method: change.method };
  }
}

/** Only what Node's client sends at all; other bytes go over bare sockets. */
function withPath(message: HttpMessage, path: string): HttpMessage {
  const sendable = path.replace(/[^\u0021-\u00ff]/g, (character) => (character <= ' ' ? '' : encodeURIComponent(character.toWellFormed())));
  return { ...message, path: sendable.startsWith('/') ? sendable : `/${sendable}` };
}

/** What of a text Node's client sends in a header. */
export function headerText(text: string): string {
  return bytesAsText(text)
    .replace(/[^\t\x20-\x7e\x80-\xff]/g, '')
    .slice(0, 4000);
}
