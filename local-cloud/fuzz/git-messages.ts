import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { FLUSH, pktLine } from '../src/services/codecommit/pkt-line.ts';
import { ACCOUNT } from '../src/testing/test-cloud.ts';
import { GIT_CREDENTIALS } from './furnished-delivery.ts';
import { commitObjects, NO_COMMIT, packOf, ROOT_COMMIT } from './git-objects.ts';
import { bytesAsText, type HttpMessage, nearMessage } from './http-message.ts';
import { oddText } from './odd-values.ts';

export type GitService = 'git-upload-pack' | 'git-receive-pack';

const DELIMITER = Buffer.from('0001');
const repository = fc.oneof(
  { weight: 12, arbitrary: fc.constant('fuzz') },
  { weight: 2, arbitrary: fc.constantFrom('nobody', '%zz', '%00', '..', '%2e%2e', 'fuzz.git', '%66uzz', 'a\\b', '__proto__', '%2F') },
);
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
const authorization = fc.oneof(
  { weight: 15, arbitrary: fc.constant(GIT_CREDENTIALS) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      'Basic',
      'Basic ////',
      'Bearer x',
      basic('x:y'),
      basic(`${ACCOUNT}%x:y`),
      basic('%:'),
      basic(':'),
      basic('\u0000:'),
    ),
  },
);
const version = fc.constantFrom('', '', 'version=1', 'version=2', 'version=2', 'version=9', 'x'.repeat(300));

interface Asked {
  readonly method: string;
  readonly rest: string;
  readonly type: string;
  readonly body: Uint8Array;
}

function messagesOf(asked: fc.Arbitrary<Asked>): fc.Arbitrary<HttpMessage> {
  return nearMessage(
    fc.record({ name: repository, who: authorization, version, asked, isPacked: fc.integer({ min: 0, max: 9 }) }).map((given) => {
      const { method, rest, type, body } = given.asked;
      const isPacked = given.isPacked === 0 && body.length > 0;
      return {
        method,
        path: `/v1/repos/${given.name}/${rest}`,
        headers: {
          ...(given.who === '' ? {} : { authorization: given.who }),
          ...(given.version === '' ? {} : { 'git-protocol': given.version }),
          ...(type === '' ? {} : { 'content-type': type }),
          ...(isPacked ? { 'content-encoding': 'gzip' } : {}),
        },
        body: bytesAsText(isPacked ? gzipSync(body) : body),
      };
    }),
  );
}

/** What a client asks first: which references are there. */
export const discoveries: fc.Arbitrary<HttpMessage> = messagesOf(
  fc
    .constantFrom(
      '?service=git-upload-pack',
      '?service=git-receive-pack',
      '?service=git-x',
      '',
      '?service=',
      '?service=git-upload-pack&service=x',
    )
    .map((query) => ({ method: 'GET', rest: `info/refs${query}`, type: '', body: new Uint8Array() })),
);

const commits = [0, 1, 2, 3, 4, 5, 6, 7].map((number) => commitObjects(`text ${number}`, [ROOT_COMMIT[0].id]));
const oid = fc.oneof(
  { weight: 4, arbitrary: fc.constant(ROOT_COMMIT[0].id) },
  { weight: 3, arbitrary: fc.constantFrom(...commits.map(([commit]) => commit.id)) },
  { weight: 1, arbitrary: fc.constantFrom(NO_COMMIT, ROOT_COMMIT[1].id, 'f'.repeat(40), 'f'.repeat(64), 'f'.repeat(41), 'x', '') },
);
const oddLine = fc.oneof(
  oddText,
  fc.constantFrom('want', 'want x', 'have', 'done', 'deepen -1', 'deepen 1', 'filter blob:none', 'shallow x'),
);

/** A line as a packet; nothing longer than a packet can be. */
const packet = (line: string) => pktLine(Buffer.from(line).subarray(0, 65_000));
const fetch1 = fc
  .record({
    wants: fc.array(oid, { minLength: 1, maxLength: 2 }),
    haves: fc.array(oid, { maxLength: 2 }),
    capabilities: fc.constantFrom('multi_ack_detailed side-band-64k ofs-delta', 'no-progress', '', 'x\u0000y'),
    odd: fc.option(oddLine, { freq: 4, nil: undefined }),
  })
  .map(({ wants, haves, capabilities, odd }) =>
    Buffer.concat([
      ...wants.map((id, index) => packet(`want ${id}${index === 0 ? ` ${capabilities}` : ''}\n`)),
      ...(odd === undefined ? [] : [packet(`${odd}\n`)]),
      FLUSH,
      ...haves.map((id) => packet(`have ${id}\n`)),
      packet('done\n'),
    ]),
  );
const fetch2 = fc
  .record({
    command: fc.constantFrom('ls-refs', 'fetch', 'object-info', 'x'),
    lines: fc.array(
      fc.oneof(
        fc.constantFrom('peel', 'symrefs', 'ref-prefix refs/', 'done', 'no-progress', 'thin-pack'),
        oid.map((id) => `want ${id}`),
        oddLine,
      ),
      {
        maxLength: 4,
      },
    ),
    format: fc.constantFrom('object-format=sha1', 'object-format=sha256', 'agent=git/2'),
  })
  .map(({ command, lines, format }) =>
    Buffer.concat([packet(`command=${command}\n`), packet(format), DELIMITER, ...lines.map((line) => packet(`${line}\n`)), FLUSH]),
  );

/** What a client fetches. */
export const fetches: fc.Arbitrary<HttpMessage> = messagesOf(
  fc
    .oneof(fetch1, fetch2)
    .map((body) => ({ method: 'POST', rest: 'git-upload-pack', type: 'application/x-git-upload-pack-request', body })),
);

const reference = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom('refs/heads/b1', 'refs/heads/b2', 'refs/heads/b3', 'refs/heads/deep/b', 'refs/tags/t1', 'refs/heads/漢字'),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...[
        'refs/heads/',
        'refs/heads/a..b',
        'refs/heads/a.lock',
        'refs/heads/b1/below',
        'refs/heads/-x',
        'HEAD',
        'refs/x',
        'refs/heads/main',
        'refs/heads/a b',
      ],
      ...[`refs/heads/${'x'.repeat(300)}`, `refs/heads/${'y/'.repeat(120)}y`, 'refs/../x', 'refs/heads/@{0}', 'refs/heads/\u0001'],
    ),
  },
);
const push = fc
  .record({
    commands: fc.array(
      fc.record({
        fullName: reference,
        before: fc.oneof({ weight: 3, arbitrary: fc.constant(NO_COMMIT) }, { weight: 1, arbitrary: oid }),
        number: fc.integer({ min: -1, max: 7 }),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    capabilities: fc.constantFrom(
      ...[
        ' report-status side-band-64k',
        ' report-status side-band-64k',
        ' report-status',
        ' report-status-v2 side-band-64k object-format=sha1 agent=git/2',
      ],
      ...[' report-status atomic', '', ' report-status push-options'],
    ),
    carries: fc.constantFrom('all', 'all', 'all', 'all', 'half', 'none', 'empty pack'),
  })
  .map(({ commands, capabilities, carries }) => {
    const lines = commands.map(({ fullName, before, number }, index) => {
      const after = number < 0 ? NO_COMMIT : (commits[number]?.[0].id ?? NO_COMMIT);
      return packet(`${before} ${after} ${fullName}${index === 0 ? `\0${capabilities}` : ''}`);
    });
    const objects = commands.flatMap(({ number }) => commits[number] ?? []);
    const unique = [...new Map(objects.map((object) => [object.id, object])).values()];
    const pack = carries === 'none' ? Buffer.alloc(0) : packOf(carries === 'all' ? unique : carries === 'half' ? unique.slice(0, 1) : []);
    return Buffer.concat([...lines, FLUSH, pack]);
  });

/** What a client pushes. */
export const pushes: fc.Arbitrary<HttpMessage> = messagesOf(
  fc
    .oneof(
      { weight: 12, arbitrary: push },
      { weight: 1, arbitrary: fc.constantFrom(FLUSH, Buffer.alloc(0), packet('push-cert\0 x'), Buffer.from('0003'), Buffer.from('fff')) },
    )
    .map((body) => ({ method: 'POST', rest: 'git-receive-pack', type: 'application/x-git-receive-pack-request', body })),
);
