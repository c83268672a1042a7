import { afterEach, beforeEach, expect, it } from 'vitest';
import { ACCOUNT, REGION, startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createMail } from './mail-service.ts';
import { outboxOf } from './outbox.ts';

const SCOPE = { account: ACCOUNT, region: REGION };
let test: TestCloud;
let said: string[];
let now: number;

beforeEach(async () => {
  said = [];
  now = Date.parse('2026-11-22T10:00:00Z');
  test = await startTestCloud([(cloud) => createMail(cloud, (line) => said.push(line))], { clock: () => now });
});

afterEach(() => test.stop());

function send(to: string, body: string, scope = SCOPE): void {
  now += 1_000;
  outboxOf(test.cloud).send(scope, { to, subject: 'Your code', body });
}

async function list(query = ''): Promise<unknown[]> {
  return (await (await fetch(`${test.endpoint}/_local/mail${query}`)).json()) as unknown[];
}

it('lists the mails of all accounts, newest first, or those to one address', async () => {
  send('ada@example.com', 'first');
  send('bob@example.com', 'second', { account: '444455556666', region: 'eu-west-1' });
  send('ada@example.com', 'third');
  const third = { to: 'ada@example.com', subject: 'Your code', body: 'third', sent_at: '2026-11-22T10:00:03.000Z' };
  expect(await list()).toEqual([third, expect.objectContaining({ body: 'second' }), expect.objectContaining({ body: 'first' })]);
  expect(await list('?to=ADA%40example.com')).toEqual([third, expect.objectContaining({ body: 'first' })]);
  expect(await list('?to=eve%40example.com')).toEqual([]);
});

it('tells the console of a mail, and not what it says', () => {
  send('ada@example.com', 'code 123456');
  expect(said).toEqual([`mail to ada@example.com: "Your code", read it at ${test.endpoint}/_local/mail?to=ada%40example.com`]);
});

it('keeps mails over a restart, and the last thousand only', async () => {
  for (let number = 1; number <= 1_001; number += 1) send('ada@example.com', String(number));
  test = await test.restart();
  const mails = (await list()) as { body: string }[];
  expect([mails.length, mails[0]?.body, mails.at(-1)?.body]).toEqual([1_000, '1001', '2']);
});
