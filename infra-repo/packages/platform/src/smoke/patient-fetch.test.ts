import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { expectThat, patientFetch } from './patient-fetch.ts';

let server: Server | undefined;
afterEach(() => new Promise((done) => (server === undefined ? done(undefined) : server.close(done))));

async function answering(statuses: number[]): Promise<string> {
  server = createServer((_, response) => {
    response.statusCode = statuses.length > 1 ? (statuses.shift() as number) : (statuses[0] as number);
    response.end('body');
  });
  await new Promise<void>((done) => server?.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

describe('a smoke test', () => {
  it('asks again while the answer is 5xx', async () => {
    const answer = await patientFetch(await answering([503, 502, 401]), {}, { pause_ms: 1 });
    expect(answer).toMatchObject({ status: 401, text: 'body' });
  });

  it('ends its patience with the last answer', async () => {
    expect(await patientFetch(await answering([500]), {}, { pause_ms: 1, patience_ms: 20 })).toMatchObject({ status: 500 });
  });

  it('says which address nobody answers at', async () => {
    await expect(patientFetch('http://127.0.0.1:1/', {}, { pause_ms: 1, patience_ms: 5 })).rejects.toThrow(
      "http://127.0.0.1:1/ can't be reached",
    );
  });

  it('fails with what it found', () => {
    expect(() => expectThat('it is up', false, '404')).toThrow('it is up: no. Found: 404');
    expect(() => expectThat('it is up', true, '200')).not.toThrow();
  });
});
