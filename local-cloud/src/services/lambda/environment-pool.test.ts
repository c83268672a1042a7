import { afterEach, expect, it, vi } from 'vitest';
import type { InvocationRecord } from './invocation.ts';
import type { LambdaOptions, LambdaService } from './lambda-service.ts';
import { type LambdaCloud, startLambdaCloud } from './testing/lambda-cloud.ts';

let cloud: LambdaCloud;
let records: InvocationRecord[];
afterEach(() => cloud.test.stop());

async function start(options: LambdaOptions): Promise<void> {
  cloud = await startLambdaCloud(options);
  records = [];
  (cloud.test.cloud.service('lambda') as LambdaService).onInvocation((record) => records.push(record));
}
const WHO =
  'const id = Math.random(); exports.handler = async (event) => { await new Promise((r) => setTimeout(r, event.wait)); return id; };';
const who = async (name: string, wait: number) => (await cloud.invoke(name, { wait })).payload;

it('lets what exceeds the machine wait instead of failing', async () => {
  await start({ maxEnvironments: 2 });
  await cloud.create('who', WHO);
  const ids = await Promise.all(Array.from({ length: 8 }, () => who('who', 300)));
  expect(ids).toHaveLength(8);
  expect(new Set(ids).size).toBeLessThanOrEqual(2);
});

it('gives every function one environment, so that a chain of functions never waits for itself', async () => {
  await start({ maxEnvironments: 1 });
  await cloud.allow({ Action: ['lambda:InvokeFunction', 'logs:*'], Resource: '*' });
  const calls = (next: string) =>
    `const { LambdaClient, InvokeCommand } = require('@aws-sdk/client-lambda'); const client = new LambdaClient({});
     exports.handler = async () => Number((await client.send(new InvokeCommand({ FunctionName: '${next}' }))).Payload.transformToString()) + 1;`;
  await cloud.create('first', calls('second'), { Timeout: 20 });
  await cloud.create('second', calls('third'), { Timeout: 20 });
  await cloud.create('third', 'exports.handler = async () => 1;');
  expect((await cloud.invoke('first')).payload).toBe(3);
});

it('takes the place of an idle environment of another function when the machine is full', async () => {
  await start({ maxEnvironments: 2 });
  await cloud.create('old', WHO);
  await cloud.create('new', WHO);
  await Promise.all([who('old', 1200), who('old', 1200)]);
  expect(new Set(await Promise.all([who('new', 1500), who('new', 1500), who('new', 1500)])).size).toBe(2);
});

it('ends an environment that nobody needs', async () => {
  await start({ idle_ms: 50 });
  await cloud.create('who', WHO);
  const before = await who('who', 0);
  await expect.poll(() => who('who', 0), { interval: 300, timeout: 10_000 }).not.toBe(before);
});

it('uses the new code at once, while what runs on the old one ends well', async () => {
  await start({});
  await cloud.create('who', WHO);
  const running = cloud.invoke('who', { wait: 500 });
  await cloud.invoke('who', { wait: 0 });
  await cloud.test.cloud.call('lambda', 'UpdateFunctionConfiguration', { FunctionName: 'who', Description: 'new' }, cloud.test.caller());
  const after = await who('who', 0);
  expect((await running).error).toBeUndefined();
  expect(after).not.toBe((await running).payload);
  expect(await who('who', 0)).toBe(after);
});

it('says so when Node itself does not start', async () => {
  await start({});
  const told = vi.spyOn(console, 'error').mockImplementation(() => {});
  try {
    await cloud.create('options', WHO, { Environment: { Variables: { NODE_OPTIONS: '--nonsense' } } });
    expect((await cloud.invoke('options')).payload).toMatchObject({ errorType: 'Runtime.ExitError' });
    expect(told.mock.calls.flat().join()).toContain('--nonsense');
  } finally {
    told.mockRestore();
  }
  await cloud.create('maps', 'exports.handler = async () => process.env.NODE_OPTIONS;', {
    Environment: { Variables: { NODE_OPTIONS: '--enable-source-maps' } },
  });
  expect((await cloud.invoke('maps')).payload).toBe('--enable-source-maps');
});

it('counts only the first invocation of an environment as a cold start', async () => {
  await start({});
  await cloud.create('who', WHO);
  for (let run = 0; run < 3; run += 1) await who('who', 0);
  expect(records.map(({ coldStart }) => coldStart)).toEqual([true, false, false]);
});
