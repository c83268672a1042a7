import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { InvokeCommand, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { InvocationRecord } from './invocation.ts';
import type { LambdaService } from './lambda-service.ts';
import { type LambdaCloud, lambdaCloud, startLambdaCloud } from './testing/lambda-cloud.ts';

let cloud: LambdaCloud;
let logs: CloudWatchLogsClient;
beforeEach(async () => {
  cloud = await startLambdaCloud();
  logs = new CloudWatchLogsClient(cloud.test.client);
});
afterEach(() => cloud.test.stop());

const lines = async (logGroupName: string): Promise<string[]> => {
  const { logGroups } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: logGroupName }));
  if (logGroups?.length === 0) return [];
  const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName }));
  return events.map(({ message }) => message ?? '');
};
const whenReported = async (logGroupName: string, word = 'REPORT') => {
  await expect.poll(async () => (await lines(logGroupName)).some((line) => line.includes(word)), { timeout: 5_000 }).toBe(true);
  return lines(logGroupName);
};
const TALKS = `console.log('at init'); exports.handler = async (event) => {
  console.log('hello %s', 'world', { a: 1 }); console.warn('careful'); console.debug('detail');
  process.stdout.write('raw line\\n'); process.stderr.write('from stderr\\n');
  console.log(JSON.stringify({ own: true, level: 'INFO', timestamp: 'now' }) + '\\nsecond row');
};`;

it('has plain text as Lambda writes it, in a group made when missing and a stream named by day', async () => {
  await cloud.create('talks', TALKS);
  const { requestId, log } = await cloud.invoke('talks');
  const written = await whenReported('/aws/lambda/talks');
  const time = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`;
  expect(written).toEqual([
    expect.stringMatching(/^INIT_START Runtime Version: nodejs:24/),
    expect.stringMatching(new RegExp(`^${time}\tundefined\tINFO\tat init$`)),
    `START RequestId: ${requestId} Version: $LATEST`,
    expect.stringMatching(new RegExp(`^${time}\t${requestId}\tINFO\thello world { a: 1 }$`)),
    expect.stringMatching(new RegExp(`\t${requestId}\tWARN\tcareful$`)),
    expect.stringMatching(new RegExp(`\t${requestId}\tDEBUG\tdetail$`)),
    'raw line',
    'from stderr',
    expect.stringMatching(/\tINFO\t\{"own":true,.*\}\nsecond row$/),
    `END RequestId: ${requestId}`,
    expect.stringMatching(
      new RegExp(
        `^REPORT RequestId: ${requestId}\tDuration: [\\d.]+ ms\tBilled Duration: \\d+ ms\tMemory Size: 128 MB\tMax Memory Used: \\d+ MB\tInit Duration: [\\d.]+ ms\t$`,
      ),
    ),
  ]);
  expect(log).toContain('hello world { a: 1 }');
  expect(log).toContain(`REPORT RequestId: ${requestId}`);
  const { logStreams } = await logs.send(new DescribeLogStreamsCommand({ logGroupName: '/aws/lambda/talks' }));
  expect(logStreams?.map(({ logStreamName }) => logStreamName)).toEqual([
    expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
  ]);
});

it('has JSON, to the configured group, with the levels asked for', async () => {
  await cloud.create(
    'json',
    `exports.handler = async () => {
      console.info('said', 1); console.debug('not said'); console.error(new RangeError('bad')); console.log({ an: 'object' });
      process.stdout.write(JSON.stringify({ level: 'DEBUG', timestamp: 'x', message: 'own debug' }) + '\\n');
      process.stdout.write(JSON.stringify({ level: 'WARN', timestamp: 'x', message: 'own warning' }) + '\\n');
    };`,
    { LoggingConfig: { LogFormat: 'JSON', LogGroup: '/custom/json' } },
  );
  const { requestId } = await cloud.invoke('json');
  const written = (await whenReported('/custom/json', 'platform.report')).map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(written).toMatchObject([
    { type: 'platform.initStart', time: expect.any(String), record: { initializationType: 'on-demand', functionName: 'json' } },
    { type: 'platform.start', record: { requestId, version: '$LATEST' } },
    { timestamp: expect.any(String), level: 'INFO', requestId, message: 'said 1' },
    { level: 'ERROR', requestId, message: { errorType: 'RangeError', errorMessage: 'bad', stackTrace: expect.any(Array) } },
    { level: 'INFO', message: { an: 'object' } },
    { level: 'WARN', message: 'own warning' },
    {
      type: 'platform.report',
      record: {
        requestId,
        status: 'success',
        metrics: {
          durationMs: expect.any(Number),
          billedDurationMs: expect.any(Number),
          memorySizeMB: 128,
          initDurationMs: expect.any(Number),
        },
      },
    },
  ]);
  expect(written).toHaveLength(7);

  await cloud.lambda.send(
    new UpdateFunctionConfigurationCommand({
      FunctionName: 'json',
      LoggingConfig: { ApplicationLogLevel: 'ERROR', SystemLogLevel: 'WARN', LogGroup: '/custom/quiet' },
    }),
  );
  await cloud.invoke('json');
  await whenReported('/custom/quiet', 'RangeError');
  expect(await lines('/custom/quiet')).toHaveLength(1);
});

it('cuts long lines and keeps their characters whole', async () => {
  await cloud.create('long', "exports.handler = async () => { process.stdout.write('ä'.repeat(300000) + '\\n'); };");
  await cloud.invoke('long');
  const written = (await whenReported('/aws/lambda/long')).filter((line) => line.startsWith('ä'));
  expect(written.length).toBeGreaterThan(1);
  expect(written.join('')).toBe('ä'.repeat(300_000));
});

it('is there after a clean stop, the last line too', async () => {
  await cloud.create('talks', TALKS);
  await cloud.create('dies', 'exports.handler = async () => process.exit(1);');
  await cloud.create('unborn', "throw new Error('at init');");
  const ids: [string, string][] = [];
  for (const name of ['talks', 'dies', 'unborn']) ids.push([name, (await cloud.invoke(name)).requestId]);
  cloud = lambdaCloud(await cloud.test.restart());
  logs = new CloudWatchLogsClient(cloud.test.client);
  for (const [name, id] of ids) expect((await lines(`/aws/lambda/${name}`)).at(-1)).toContain(`REPORT RequestId: ${id}`);
});

it('is lost without the grant, which is told once', async () => {
  const told = vi.spyOn(console, 'error').mockImplementation(() => {});
  try {
    await logs.send(new CreateLogGroupCommand({ logGroupName: '/aws/lambda/mute' }));
    await cloud.allow({ Action: 'logs:CreateLogStream', Resource: '*' });
    await cloud.create('mute', TALKS);
    const said = () => told.mock.calls.flat().filter((text) => String(text).includes('function:mute is lost'));
    await cloud.invoke('mute');
    await vi.waitFor(() => expect(said()).toHaveLength(1), 5_000);
    expect(said()[0]).toContain('logs:PutLogEvents');
    await cloud.invoke('mute');
    await cloud.invoke('mute', {});
    await cloud.create('again', TALKS, { LoggingConfig: { LogGroup: '/aws/lambda/mute' } });
    await cloud.invoke('again');
    await vi.waitFor(() => expect(told.mock.calls.flat().join('\n')).toContain('function:again is lost'), 5_000);
    expect(said()).toHaveLength(1);
    expect(await lines('/aws/lambda/mute')).toEqual([]);
  } finally {
    told.mockRestore();
  }
});

it('tells meters what each invocation cost', async () => {
  const records: InvocationRecord[] = [];
  (cloud.test.cloud.service('lambda') as LambdaService).onInvocation((record) => records.push(record));
  await cloud.create('metered', "exports.handler = async (event) => { if (event.bad) throw new TypeError('bad'); };", { MemorySize: 256 });
  await cloud.invoke('metered', {});
  await cloud.invoke('metered', { bad: true });
  await cloud.lambda.send(new InvokeCommand({ FunctionName: 'metered', InvocationType: 'Event', Payload: '{}' }));
  await expect.poll(() => records.length).toBe(3);
  expect(records).toMatchObject([
    {
      functionName: 'metered',
      source: 'invoke',
      coldStart: true,
      init_ms: expect.any(Number),
      memory_mb: 256,
      traceHeader: expect.stringMatching(/^Root=1-/),
    },
    { source: 'invoke', coldStart: false, errorType: 'TypeError' },
    { source: 'asynchronous', coldStart: false },
  ]);
  const [cold, warm] = records;
  expect(cold?.billed_ms).toBe(Math.ceil((cold?.duration_ms ?? 0) + (cold?.init_ms ?? 0)));
  expect(warm?.billed_ms).toBe(Math.ceil(warm?.duration_ms ?? 0));
});
