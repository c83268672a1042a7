import { afterEach, beforeEach, expect, it, vi } from 'vitest';

const context = { awsRequestId: 'request-1' };
const claims = { user_id: 'u-1', persona: 'admin', path: '/enfusion' };
const invocation = (name: string, args: object) => {
  const [parentTypeName, fieldName] = name.split('.');
  return { info: { parentTypeName, fieldName }, arguments: args, identity: { claims } };
};
const logged: string[] = [];

beforeEach(() => {
  logged.length = 0;
  // Powertools then logs to the console that is there, in place of one of its own.
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  vi.spyOn(console, 'error').mockImplementation((line: string) => void logged.push(line));
  vi.resetModules();
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

it('can be imported without an environment, and note what is missing when first called, without telling it', async () => {
  vi.stubEnv('TABLE_NAME', undefined);
  for (const [file, name] of [
    ['./answer-query.lambda.ts', 'Query.me'],
    ['./live/watch-device.lambda.ts', 'Mutation.watchDevice'],
  ] as const) {
    const { handler } = (await import(file)) as typeof import('./answer-query.lambda.ts');
    await expect(handler(invocation(name, {}), context)).rejects.toThrow('This failed here and was noted. Reference: request-1');
  }
  expect(logged).toHaveLength(2);
  for (const line of logged) expect(line).toContain('TABLE_NAME is missing');
});

it('work with the environment that the stack gives', async () => {
  vi.stubEnv('AWS_REGION', 'us-east-2');
  vi.stubEnv('TABLE_NAME', 'table');
  vi.stubEnv('DEVICE_EVENTS_TOPIC_ARN', 'arn:aws:sns:us-east-2:111122223333:device-events');
  const { handler: answerQuery } = await import('./answer-query.lambda.ts');
  const { handler: watchDevice } = await import('./live/watch-device.lambda.ts');
  for (const name of ['Query.device', 'Subscription.onDeviceStatus']) {
    expect(await answerQuery(invocation(name, { device_id: 'No Id' }), context)).toBeNull();
  }
  await expect(answerQuery(invocation('Query.devices', { first: 0 }), context)).rejects.toThrow('first must be 1 to 500');
  await expect(answerQuery(invocation('Query.deviceSeries', {}), context)).rejects.toThrow('device_id must be a text');
  expect(await watchDevice(invocation('Mutation.watchDevice', { device_id: 'No Id' }), context)).toBeNull();
});

it('answer what is theirs only', async () => {
  vi.stubEnv('AWS_REGION', 'us-east-2');
  vi.stubEnv('TABLE_NAME', 'table');
  const { handler: answerQuery } = await import('./answer-query.lambda.ts');
  await expect(answerQuery(invocation('Mutation.watchDevice', { device_id: 'pump-1' }), context)).rejects.toThrow('This failed here');
  expect(logged).toHaveLength(1);
});
