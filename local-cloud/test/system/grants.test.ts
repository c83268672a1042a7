import { randomBytes } from 'node:crypto';
import { CloudWatchClient, DescribeAlarmsCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { deviceKey, encodePack, parameterNames, type StatusDocument, userKey } from '@enstratus/contract';
import { beforeAll, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { formatTraceHeader, newSpanId, newTraceRoot } from '../../src/kernel/trace-header.ts';
import { clientOptions } from '../../src/tools/running-system.ts';
import { SignedIn } from './graphql-client.ts';
import { handMadeDocuments } from './hand-made-documents.ts';
import { type Device, minutesAgo, System } from './system.ts';
import { grantsOf } from './template-grants.ts';

/**
 * Roles are default deny, so what a passing flow used it also needed: taking that grant away breaks the flow. Grants that
 * no flow uses here, each with what puts it to the test instead.
 */
const PROVEN_ELSEWHERE: Readonly<Record<string, string>> = {
  'EnstratusIngest ssm:DeleteParameter': 'used when the stack is deleted: test/long/repos-with-cdk.test.ts',
  'EnstratusDashboard s3:DeleteObject': 'used when the stack is deleted: test/long/repos-with-cdk.test.ts',
  'EnstratusDocs s3:DeleteObject': 'used when the stack is deleted: test/long/repos-with-cdk.test.ts',
  'EnstratusDashboard sqs:SendMessage of deploy-site': 'used after two retries, three minutes on: test/long/dead-letters.test.ts',
  'EnstratusDocs sqs:SendMessage of deploy-docs': 'used after two retries, three minutes on: test/long/dead-letters.test.ts',
  ...Object.fromEntries(
    ['EnstratusInfra', 'EnstratusAppsync', 'EnstratusIngest'].flatMap((stack) =>
      ['cloudwatch:DescribeAlarms', 'lambda:GetAlias', 'lambda:GetProvisionedConcurrencyConfig', 'lambda:UpdateAlias'].map((action) => [
        `${stack} ${action}`,
        'used when calls shift to a new version of a function: test/long/delivery.test.ts, src/services/codedeploy/default-deny.test.ts',
      ]),
    ),
  ),
  'EnstratusIngest sqs:SendMessage of keep-secret': 'used after two retries, three minutes on: test/long/dead-letters.test.ts',
};

const usedGrants = z.array(
  z.object({ holder: z.string(), policy: z.string(), grantedAction: z.string(), action: z.string(), resource: z.string() }),
);

let system: System;

beforeAll(() => {
  system = new System();
});

it('every grant in the synthesized templates is needed by a flow that works', { timeout: 180_000 }, async () => {
  await everyFlow();
  const grants = await grantsOf(system, ['EnstratusInfra', 'EnstratusAppsync', 'EnstratusIngest', 'EnstratusDashboard', 'EnstratusDocs']);
  expect(grants.length).toBeGreaterThan(20);
  await vi.waitFor(
    async () => {
      const used = usedGrants.parse(await (await fetch(`${system.endpoints.aws}/_local/grants`)).json());
      const unused = grants.filter(
        (grant) => !used.some((one) => one.grantedAction === grant.action && grant.holders.some((holder) => holds(one.holder, holder))),
      );
      expect(
        unused.map(({ stack, logicalId, action }) => `${stack} ${logicalId} ${action}`).filter((line) => !isProvenElsewhere(line)),
      ).toEqual([]);
    },
    // ask-device looks at a gap 20 seconds after it was found.
    { timeout: 60_000, interval: 200 },
  );
});

/** A role's name or a resource's name or URL is the end of its ARN. */
function holds(arn: string, physicalId: string): boolean {
  const name = physicalId.slice(Math.max(physicalId.lastIndexOf('/'), physicalId.lastIndexOf(':')) + 1);
  return name !== '' && arn.split(/[:/]/).includes(name);
}

function isProvenElsewhere(line: string): boolean {
  return Object.keys(PROVEN_ELSEWHERE).some((key) => {
    const [stack = '', action = '', , owner = ''] = key.split(' ');
    return line.startsWith(stack) && line.endsWith(action) && line.replaceAll('-', '').toLowerCase().includes(owner.replaceAll('-', ''));
  });
}

/** Each thing that the system does, once, and proof that it did it. */
async function everyFlow(): Promise<void> {
  const device = await system.newDevice();
  const documents = handMadeDocuments({ boot_id: 2, seq: 0, time: minutesAgo(50) }, 45).map(
    (document, index): StatusDocument => (index < 40 ? document : { ...document, run_state: 'fault', fault_code: 3 }),
  );
  const pack = (index: number) => encodePack(documents.slice(index * 15, index * 15 + 15));
  // Sampled, so that receive-status, record-event and ask-device put their segments.
  const traceHeader = formatTraceHeader({ root: newTraceRoot(Date.now()), parent: newSpanId(), sampled: '1' });
  for (const index of [0, 2, 1, 1]) expect((await system.post(device, pack(index), traceHeader)).status).toBe(200);
  expect(await system.documents(device)).toEqual(documents);
  expect(
    (await system.post(device, encodePack(handMadeDocuments({ boot_id: 1, seq: 900, time: minutesAgo(30 * 24 * 60) }, 15)))).status,
  ).toBe(200);
  expect(await system.archived(device)).toHaveLength(1);
  const stranger = randomBytes(12).toString('hex');
  expect((await system.post({ particleId: stranger }, pack(0))).status).toBe(200);
  expect(await system.quarantined(stranger)).toHaveLength(1);
  await vi.waitFor(
    async () => expect((await system.items(device, 'EVENT#')).map((item) => item['type'])).toContain('device.state_changed'),
    { timeout: 20_000 },
  );
  // A message that is no event fails its record: whoever gets it by its type says so in its log, record-event here and ask-device there.
  const TopicArn = await system.parameter(parameterNames.deviceEventsTopicArn);
  const sns = new SNSClient(clientOptions(system.endpoints));
  for (const StringValue of ['device.state_changed', 'device.watched'])
    await sns.send(new PublishCommand({ TopicArn, Message: 'no event', MessageAttributes: { type: { DataType: 'String', StringValue } } }));
  await anAlarm();
  await theDashboard(device);
  // Each function's own log lines, written with its own role.
  for (const name of ['receive-status', 'register-device', 'record-event', 'ask-device', 'keep-secret']) {
    await vi.waitFor(
      async () =>
        expect((await system.insights(`/enstratus/functions/ingest-repo/${name}`, 'fields @message', 1)).length).toBeGreaterThan(0),
      { timeout: 20_000 },
    );
  }
}

/** Tells the topic of alarms, as every alarm does. */
async function anAlarm(): Promise<void> {
  const cloudwatch = new CloudWatchClient(clientOptions(system.endpoints));
  const { MetricAlarms: [alarm] = [] } = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNamePrefix: 'EnstratusInfra' }));
  const StateValue = alarm?.StateValue === 'ALARM' ? 'OK' : 'ALARM';
  await cloudwatch.send(new SetAlarmStateCommand({ AlarmName: alarm?.AlarmName, StateValue, StateReason: 'Tried by a test' }));
}

/** Signs in, looks at everything, watches a device, and is refused once. */
async function theDashboard(device: Device): Promise<void> {
  for (const site of [system.endpoints.dashboard, system.endpoints.docs]) expect((await fetch(site ?? '')).status).toBe(200);
  const person = await SignedIn.new(system, 'dealer', '/enfusion/test-partner/test-dealer');
  const { device_id } = { device_id: device.deviceId };
  const answer = await person.ask(
    `query All($device_id: ID!, $from: AWSDateTime!, $to: AWSDateTime!) {
      me { name }
      devices(first: 5, filter: { text: "test" }) { edges { node { device_id site { name } } } }
      device(device_id: $device_id) { latest { solar_w } }
      deviceSeries(device_id: $device_id, metrics: [solar_w], from: $from, to: $to) { step_s }
    }`,
    { device_id, from: new Date(Date.now() - 3_600_000).toISOString(), to: new Date().toISOString() },
  );
  expect(answer.errors).toBeUndefined();
  expect(
    (await person.ask('mutation Watch($device_id: ID!) { watchDevice(device_id: $device_id) { watched_until } }', { device_id })).errors,
  ).toBeUndefined();
  const watching = await person.watch(device_id);
  expect((await system.post(device, encodePack(handMadeDocuments({ boot_id: 2, seq: 45, time: minutesAgo(4) }, 3)))).status).toBe(200);
  await vi.waitFor(() => expect(watching.told).toHaveLength(1), { timeout: 20_000 });
  watching.stop();
  // A device's item that doesn't fit is a failure of ours: answered without a word of the inside, and written to the functions' logs.
  const broken = { ...deviceKey(`broken-${randomBytes(4).toString('hex')}`), path: 7 };
  await system.table.send(new PutCommand({ TableName: system.endpoints.tableName, Item: broken }));
  const wrong = { device_id: broken.pk.slice('DEVICE#'.length) };
  for (const text of [
    'query Broken($device_id: ID!) { device(device_id: $device_id) { name } }',
    'mutation Broken($device_id: ID!) { watchDevice(device_id: $device_id) { watched_until } }',
  ])
    expect((await person.ask(text, wrong)).errors).toHaveLength(1);
  // Somebody of whom the table knows nothing is refused, and the trigger says so in its log.
  await system.table.send(new DeleteCommand({ TableName: system.endpoints.tableName, Key: userKey(person.user.user_id) }));
  await expect(SignedIn.with(system, person.user)).rejects.toThrow('UserLambdaValidationException');
}
