import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { credential } from './aws-messages.ts';
import { LONGEST_MS, run } from './campaign.ts';
import { type FurnishedCloud, startFurnishedCloud } from './furnished-cloud.ts';
import { bytesAsText } from './http-message.ts';
import { oddText } from './odd-values.ts';
import { rememberAnswers } from './probes.ts';

/** What is written to a bare socket, in pieces; afterwards the client says that it has no more. */
type Wire = readonly string[];

const crlf = '\r\n';
const oddBytes = fc.oneof(oddText.map(bytesAsText), fc.uint8Array({ maxLength: 20 }).map(bytesAsText));
const method = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('GET', 'POST', 'PUT', 'HEAD', 'OPTIONS', 'CONNECT', 'TRACE') },
  { weight: 1, arbitrary: oddBytes },
);
const target = (apiId: string) =>
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.constantFrom(
        ...[
          '/',
          '*',
          '//',
          '/fuzz/a',
          '/fuzz/%00',
          '/fuzz/%zz',
          '/?Action=GetCallerIdentity',
          '/?%',
          '/_local/health',
          '/_local/mail?to=%',
          '/_lambda-url/',
          '/_lambda-url/x',
          '/%5F%6Cocal/health',
        ],
        ...[
          'http://127.0.0.1/',
          'http://[::1',
          'http://elsewhere.example/',
          '127.0.0.1:443',
          '/../../etc/passwd',
          `/${'a'.repeat(20_000)}`,
          '/?#',
          '/\u00ff',
          '',
        ],
        ...[
          `/_appsync/${apiId}/graphql`,
          `/_appsync/${apiId}/graphql/realtime`,
          `/_appsync/${apiId}/graphql/realtime?header=%&payload=x`,
          `/_appsync/x/graphql/realtime`,
          '/_appsync/',
        ],
      ),
    },
    { weight: 1, arbitrary: oddBytes },
  );
const header = fc.oneof(
  fc.constantFrom(
    ...[
      'Host: 127.0.0.1',
      'Host: localhost',
      'Host:',
      'Host: a, b',
      'Host: [',
      'Host: fuzz.s3.us-east-2.amazonaws.com',
      'Host: 127.0.0.1:99999999',
    ],
    ...[
      'Content-Length: 0',
      'Content-Length: 5',
      'Content-Length: -1',
      'Content-Length: 99999999999999999999',
      'Content-Length: 5, 6',
      'Transfer-Encoding: chunked',
      'Transfer-Encoding: gzip, chunked',
      'Transfer-Encoding: x',
    ],
    ...[
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Upgrade: h2c',
      'Upgrade: websocket, h2c',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Version: 99',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Key: x',
    ],
    ...[
      'Sec-WebSocket-Protocol: graphql-ws',
      'Sec-WebSocket-Protocol: graphql-ws, header-e30',
      'Sec-WebSocket-Protocol: graphql-ws, header-!',
      'Sec-WebSocket-Protocol: ,',
      'Sec-WebSocket-Extensions: permessage-deflate; x=1',
    ],
    ...[
      'Expect: 100-continue',
      'Expect: x',
      'Connection: close',
      'Connection: keep-alive',
      'Content-Type: application/json',
      'Content-Type: multipart/form-data',
      'Origin: http://evil.example',
      'Origin: null',
    ],
    ...[
      `Authorization: ${credential('s3')}`,
      `Authorization: ${credential('dynamodb')}`,
      `Authorization: ${credential('sqs')}`,
      'Authorization: AWS4-HMAC-SHA256 Credential=',
      'Authorization: Basic ////',
      'X-Amz-Target: DynamoDB_20120810.ListTables',
    ],
    ...[
      'X-Amz-Target: AWSCognitoIdentityProviderService.InitiateAuth',
      'X-Amzn-Trace-Id: Root=1-0-0;Parent=;;=;',
      'X: '.padEnd(20_000, 'y'),
      ' folded: x',
      'no colon',
      ': no name',
      'a b: c',
    ],
  ),
  fc.tuple(oddBytes, oddBytes).map(([name, value]) => `${name}: ${value}`),
);
const frame = fc.oneof(
  fc.constantFrom('\u0081\u0085', '\u0081\u00fe\u00ff\u00ff', '\u0088\u0080xxxx', '\u00c1\u0080xxxx', '\u0082\u00ff'),
  oddBytes,
);
const body = fc.oneof(
  fc.constantFrom(
    '',
    'hello',
    '0\r\n\r\n',
    '5\r\nhello\r\n0\r\n\r\n',
    'zz\r\n',
    'ffffffffffffffff\r\n',
    '5\r\nhel',
    '{"TableName":"fuzz"}',
  ),
  oddBytes,
  frame,
);

const wire = (apiId: string): fc.Arbitrary<Wire> =>
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc
        .array(
          fc.tuple(
            method,
            target(apiId),
            fc.constantFrom(' HTTP/1.1', ' HTTP/1.1', ' HTTP/1.0', ' HTTP/2.0', ' HTTP/9', '', ' '),
            fc.array(header, { maxLength: 7 }),
            fc.boolean(),
            body,
          ),
          {
            minLength: 1,
            maxLength: 2,
          },
        )
        .map((requests) =>
          requests.flatMap(([verb, path, version, headers, hasHost, content]) => {
            const lines = hasHost ? ['Host: 127.0.0.1', ...headers] : headers;
            return [`${verb} ${path}${version}${crlf}${lines.map((line) => `${line}${crlf}`).join('')}${crlf}`, content];
          }),
        ),
    },
    // A web socket that is opened as it should be; what comes then is not.
    {
      weight: 2,
      arbitrary: fc
        .array(frame, { minLength: 1, maxLength: 4 })
        .map((frames) => [
          `GET /_appsync/${apiId}/graphql/realtime HTTP/1.1${crlf}Host: 127.0.0.1${crlf}Connection: Upgrade${crlf}Upgrade: websocket${crlf}Sec-WebSocket-Version: 13${crlf}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==${crlf}Sec-WebSocket-Protocol: graphql-ws${crlf}${crlf}`,
          ...frames,
        ]),
    },
    { weight: 1, arbitrary: fc.array(oddBytes, { minLength: 1, maxLength: 3 }) },
  );

/** Resolves to everything that came back until the server ended the connection; rejects when it holds it open. */
function exchange(port: number, pieces: Wire): Promise<string> {
  return new Promise((resolve, reject) => {
    let got = '';
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
    socket.setTimeout(LONGEST_MS, () => {
      socket.destroy();
      reject(new Error(`the connection is held open though the client has ended it; so far: ${got.slice(0, 200)}`));
    });
    socket.setEncoding('latin1').on('data', (part: string) => {
      got += part;
    });
    // The server may end a connection at any time, and loudly.
    socket.on('error', () => undefined);
    socket.once('end', () => socket.destroy());
    socket.once('close', () => resolve(got));
    socket.once('connect', () => {
      for (const piece of pieces) socket.write(piece, 'latin1');
      socket.end();
    });
  });
}

describe('the HTTP server, whatever comes over a connection', () => {
  let furnished: FurnishedCloud;
  beforeAll(async () => {
    furnished = await startFurnishedCloud();
  });
  afterAll(() => furnished.stop());

  it('ends it, tells nothing of its inside and goes on', { timeout: 600_000 }, async () => {
    const isAsBefore = await rememberAnswers(furnished);
    const port = Number(new URL(furnished.cloud.endpoint).port);
    await run({
      border: 'HTTP',
      inputs: wire(furnished.furniture.apiId),
      check: async (pieces) => {
        const got = await exchange(port, pieces);
        furnished.console.check();
        const status = /^HTTP\/1\.1 (5\d\d)/m.exec(got)?.[1];
        if (status !== undefined && status !== '501') throw new Error(`it is answered with ${status}: ${got.slice(0, 500)}`);
        if (/\n\s+at .+:\d+:\d+|node:internal|node_modules/.test(got))
          throw new Error(`the answer has a stack in it: ${got.slice(0, 1000)}`);
      },
    });
    await isAsBefore();
  });
});
