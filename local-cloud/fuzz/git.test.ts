import { gunzipSync } from 'node:zlib';
import type fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PacketReader } from '../src/services/codecommit/pkt-line.ts';
import type { Answer } from './answer-verdict.ts';
import { type FurnishedCloud, startFurnishedCloud } from './furnished-cloud.ts';
import { GIT_CREDENTIALS } from './furnished-delivery.ts';
import { fuzzService } from './fuzz-service.ts';
import { discoveries, fetches, pushes } from './git-messages.ts';
import { NO_COMMIT, ROOT_COMMIT } from './git-objects.ts';
import type { HttpMessage } from './http-message.ts';

/** The references that a push wants, by their names; the last counts. Undefined for a body that is no push. */
function wantedOf({ headers, body }: HttpMessage): { after: ReadonlyMap<string, string>; capabilities: string } {
  const bytes = Buffer.from(body, 'latin1');
  const text = headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
  const packets = new PacketReader();
  const after = new Map<string, string>();
  let capabilities = '';
  for (let next = packets.addForOne(text); next?.packet !== undefined; next = packets.addForOne(new Uint8Array())) {
    const [line = '', offered = ''] = next.packet.toString('utf8').replace(/\n$/, '').split('\0');
    const [, , id = '', ...name] = ['', ...line.split(' ')];
    after.set(name.join(' '), id);
    capabilities += offered;
  }
  return { after, capabilities };
}

describe('git over HTTP, whatever it is sent', () => {
  let furnished: FurnishedCloud;
  beforeAll(async () => {
    furnished = await startFurnishedCloud();
  });
  afterAll(() => furnished.stop());

  const ask = async (service: string): Promise<Answer> => {
    const answer = await furnished.client.send({
      method: 'GET',
      path: `/v1/repos/fuzz/info/refs?service=${service}`,
      headers: { authorization: GIT_CREDENTIALS },
      body: '',
    });
    expect(answer.status).toBe(200);
    return answer;
  };

  /** Each reference of a push that was taken is told as done or as refused, and what is told as done is there, or gone, for whoever asks next. */
  const isPushed = async (message: HttpMessage, answer: Answer): Promise<boolean> => {
    if (answer.status !== 200 || message.method !== 'POST' || !/^\/v1\/repos\/(fuzz|%66uzz)\/git-receive-pack(\?|$)/.test(message.path))
      return false;
    const { after, capabilities } = wantedOf(message);
    if (after.size === 0 || !capabilities.includes('report-status')) return false;
    const told = new Map(
      [...answer.body.matchAll(/(ok|ng) (refs\/[^\n]*)/g)].map(([, how = '', rest = '']) => [
        how === 'ok' ? rest : (rest.split(' ')[0] ?? ''),
        how,
      ]),
    );
    if (!/unpack (?!ok)/.test(answer.body))
      for (const name of after.keys())
        expect(
          told.has(name) || told.has(name.split(' ')[0] ?? '') || answer.body.includes('fatal:'),
          `${name} is not told of in ${answer.body}`,
        ).toBe(true);
    const done = [...after].filter(([name]) => told.get(name) === 'ok');
    if (done.length === 0) return false;
    const { body } = await ask('git-receive-pack');
    for (const [name, id] of done)
      expect(body.includes(`${id} ${name}\n`) || body.includes(`${id} ${name}\0`), `${name} at ${id}`).toBe(id !== NO_COMMIT);
    return true;
  };

  /** Whoever is told of references is told of the branch that is there from the start. */
  const isListed = (message: HttpMessage, answer: Answer): Promise<boolean> => {
    const isWhole = answer.status === 200 && !message.headers['git-protocol']?.includes('2');
    if (isWhole) expect(answer.body).toContain(`${ROOT_COMMIT[0].id} refs/heads/main`);
    return Promise.resolve(isWhole);
  };

  /** A fetch is answered by a pack, or by git's own words. */
  const isAnswered = (_message: HttpMessage, { status, body }: Answer): Promise<boolean> =>
    Promise.resolve(status === 200 && body.includes('PACK'));

  it.each([
    ['discovery', discoveries, isListed],
    ['fetch', fetches, isAnswered],
    ['push', pushes, isPushed],
  ] as const)('%s', { timeout: 600_000 }, async (name, inputs: fc.Arbitrary<HttpMessage>, confirm) => {
    await fuzzService(furnished, { border: `git ${name}`, shortRuns: 100, share: 1 / 3, inputs, write: (message) => message, confirm });
  });
});
