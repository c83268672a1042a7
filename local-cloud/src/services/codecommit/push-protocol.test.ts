import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCommit } from './commits.ts';
import { FLUSH, PacketReader, pktLine } from './pkt-line.ts';
import { PushReport, refusedReport } from './push-report.ts';
import { readPushRequest } from './push-request.ts';

/** The same bytes in pieces of these lengths, over and over. */
function pieces(bytes: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const cut: Uint8Array[] = [];
  for (let at = 0, index = 0; at < bytes.length; index += 1) {
    const length = lengths[index % lengths.length] ?? 1;
    cut.push(bytes.subarray(at, at + length));
    at += length;
  }
  return cut;
}
async function* streamOf(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}
const lengths = fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 1, maxLength: 8 });
const oid = fc.stringMatching(/^[0-9a-f]{40}$/).filter((id) => !/^0+$/.test(id));
const refName = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/).map((name) => `refs/heads/${name}`);
const NOTHING = '0'.repeat(40);

describe('packets', () => {
  it('come out as they went in, whatever the pieces', () => {
    const contents = fc.array(fc.option(fc.uint8Array({ maxLength: 200 }), { nil: undefined }), { maxLength: 20 });
    fc.assert(
      fc.property(contents, lengths, (given, cut) => {
        const bytes = Buffer.concat(given.map((one) => (one === undefined ? FLUSH : pktLine(one))));
        const reader = new PacketReader();
        const read = pieces(bytes, cut).flatMap((piece) => reader.add(piece));
        expect(read.map((one) => one?.toString('hex'))).toEqual(
          given.map((one) => (one === undefined ? undefined : Buffer.from(one).toString('hex'))),
        );
      }),
    );
  });

  it.each(['0003', 'x123', 'PACK'])('do not begin with %s', (text) => {
    expect(() => new PacketReader().add(Buffer.from(text))).toThrow(expect.objectContaining({ code: 'InvalidRequest' }));
  });
});

describe('a push', () => {
  it('is read as far as its commands, and handed on whole', async () => {
    const command = fc.record({ before: fc.option(oid), after: fc.option(oid), fullName: refName });
    await fc.assert(
      fc.asyncProperty(
        fc.array(command, { minLength: 1, maxLength: 10 }),
        fc.uint8Array({ maxLength: 500 }),
        lengths,
        async (given, pack, cut) => {
          const lines = given.map(({ before, after, fullName }, index) =>
            pktLine(
              `${before ?? NOTHING} ${after ?? NOTHING} ${fullName}${index === 0 ? '\0 report-status side-band-64k agent=git/2' : ''}`,
            ),
          );
          const bytes = Buffer.concat([pktLine(`shallow ${'a'.repeat(40)}`), ...lines, FLUSH, pack]);
          const request = await readPushRequest(streamOf(pieces(bytes, cut)));
          expect(request.commands).toEqual(
            given.map(({ before, after, fullName }) => ({
              fullName,
              ...(before === null ? {} : { before }),
              ...(after === null ? {} : { after }),
            })),
          );
          expect([...request.capabilities]).toEqual(['report-status', 'side-band-64k', 'agent=git/2']);
          const again: Uint8Array[] = [];
          for await (const chunk of request.stream) again.push(chunk);
          expect(Buffer.concat(again).equals(bytes)).toBe(true);
        },
      ),
    );
  });

  it.each([
    ['a probe', FLUSH, []],
    ['nothing', Buffer.alloc(0), []],
  ])('of %s has no commands', async (_, bytes, expected) => {
    expect((await readPushRequest(streamOf([bytes]))).commands).toEqual(expected);
  });

  it.each([
    ['a command that is none', pktLine('hello'), 'InvalidRequest'],
    ['a reference outside of refs', pktLine(`${NOTHING} ${'a'.repeat(40)} HEAD`), 'InvalidRequest'],
    ['a certificate', pktLine('push-cert\0report-status'), 'NotCarriedOut'],
  ])('with %s is refused', async (_, bytes, code) => {
    await expect(readPushRequest(streamOf([bytes, FLUSH]))).rejects.toMatchObject({ code });
  });

  it('has a report that tells what was done, in bands or without', () => {
    fc.assert(
      fc.property(fc.uniqueArray(refName, { minLength: 1, maxLength: 8 }), fc.boolean(), lengths, (names, isBanded, cut) => {
        const inner = Buffer.concat([
          pktLine('unpack ok\n'),
          ...names.map((name, index) => pktLine(index % 2 === 0 ? `ok ${name}\n` : `ng ${name} non-fast-forward\n`)),
          FLUSH,
        ]);
        const progress = pktLine(Buffer.concat([Buffer.from([2]), Buffer.from('ok refs/heads/progress\n')]));
        const band = (bytes: Uint8Array) => pktLine(Buffer.concat([Buffer.from([1]), bytes]));
        const bytes = isBanded ? Buffer.concat([progress, ...pieces(inner, cut).map(band), FLUSH]) : inner;
        const report = new PushReport(new Set(isBanded ? ['side-band-64k'] : []));
        for (const piece of pieces(bytes, cut)) report.add(piece);
        expect([...report.changed()]).toEqual(names.filter((_, index) => index % 2 === 0));
      }),
    );
  });

  it('that is refused has a report that nothing was done', () => {
    for (const capabilities of [new Set(['side-band-64k']), new Set<string>()]) {
      const report = new PushReport(capabilities);
      const refused = refusedReport(new Map([['refs/heads/main', 'not\nallowed']]), capabilities);
      report.add(refused);
      expect(report.changed().size).toBe(0);
      expect(refused.toString()).toContain('ng refs/heads/main not allowed\n');
    }
  });
});

it('a commit is read with several parents and a signature over lines', () => {
  const text = [
    `tree ${'1'.repeat(40)}`,
    `parent ${'2'.repeat(40)}`,
    `parent ${'3'.repeat(40)}`,
    'author Ann <B> Lee <ann@example.com> 1700000000 +0100',
    'committer  <> 1700000001 -0800',
    'gpgsig -----BEGIN-----\n abc\n -----END-----',
    '',
    'Title\n\ntree of life',
  ].join('\n');
  expect(parseCommit('f'.repeat(40), text)).toEqual({
    commitId: 'f'.repeat(40),
    treeId: '1'.repeat(40),
    parents: ['2'.repeat(40), '3'.repeat(40)],
    author: { name: 'Ann <B> Lee', email: 'ann@example.com', date: '1700000000 +0100' },
    committer: { name: '', email: '', date: '1700000001 -0800' },
    additionalData: 'gpgsig -----BEGIN-----\n abc\n -----END-----',
    message: 'Title\n\ntree of life',
  });
});
