import { afterAll, beforeAll, expect, it } from 'vitest';
import type { UsageRecord } from '../../kernel/usage.ts';
import { startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createCognitoIdp } from './cognito-idp-service.ts';
import { ADA, Bench } from './testing/signing-in.ts';

let test: TestCloud;
let bench: Bench;
let now = Date.UTC(2026, 10, 22);
const usage: UsageRecord[] = [];

beforeAll(async () => {
  test = await startTestCloud([createCognitoIdp], { clock: () => now });
  bench = await Bench.make(test);
  test.cloud.onUsage((record) => usage.push(record));
});
afterAll(async () => {
  bench.stop();
  await test.stop();
});

it('bills a user once in a calendar month in which there is a sign-in (Amazon Cognito Pricing, "Monthly active users")', async () => {
  await bench.createUser(ADA);
  await bench.createUser('bob@test.example');
  await bench.tokens();
  await bench.tokens();
  expect(usage.map(({ operation, resource, units }) => [operation, resource, units])).toEqual([
    ['active-user', bench.poolId, { active_users: 1 }],
  ]);
  await bench.tokens('bob@test.example');
  expect(usage).toHaveLength(2);
  now = Date.UTC(2026, 11, 1);
  await bench.tokens();
  expect(usage).toHaveLength(3);
});
