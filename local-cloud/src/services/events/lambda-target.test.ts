import { EventBridgeClient, PutEventsCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { AddPermissionCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { ACCOUNT, REGION } from '../../testing/test-cloud.ts';
import { type LambdaCloud, startLambdaCloud } from '../lambda/testing/lambda-cloud.ts';
import { createEvents } from './events-service.ts';

const FUNCTION = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:listener`;
const QUEUE = `arn:aws:sqs:${REGION}:${ACCOUNT}:done`;
let started: LambdaCloud;
let client: EventBridgeClient;
beforeAll(async () => {
  started = await startLambdaCloud({ services: [createEvents] });
  client = new EventBridgeClient(started.test.client);
});
afterAll(async () => {
  client.destroy();
  await started.test.stop();
});

const call = <Out>(service: string, operation: string, input: object) =>
  started.test.cloud.call<Out>(service, operation, input, started.test.caller());

it('a function that lets the rule in is given the event', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  await call('sqs', 'CreateQueue', { QueueName: 'done' });
  await started.allow({ Action: ['logs:*', 'sqs:SendMessage'], Resource: '*' });
  await started.create('listener', 'exports.handler = async (event) => event.detail;');
  await call('lambda', 'PutFunctionEventInvokeConfig', {
    FunctionName: 'listener',
    DestinationConfig: { OnSuccess: { Destination: QUEUE } },
  });
  const { RuleArn } = await client.send(new PutRuleCommand({ Name: 'listen', EventPattern: '{"source":["own"]}' }));
  await client.send(new PutTargetsCommand({ Rule: 'listen', Targets: [{ Id: 'listener', Arn: FUNCTION }] }));
  const put = (Detail: string) => client.send(new PutEventsCommand({ Entries: [{ Source: 'own', DetailType: 'Own', Detail }] }));

  await put('{"n":1}');
  await expect.poll(() => warn.mock.calls.flat().join(' ')).toContain('lambda:InvokeFunction');
  await started.lambda.send(
    new AddPermissionCommand({
      FunctionName: 'listener',
      StatementId: 'rule',
      Action: 'lambda:InvokeFunction',
      Principal: 'events.amazonaws.com',
      SourceArn: RuleArn,
    }),
  );
  await put('{"n":2}');
  const QueueUrl = `${started.test.endpoint}/${ACCOUNT}/done`;
  const { Messages } = await call<{ Messages?: { Body: string }[] }>('sqs', 'ReceiveMessage', { QueueUrl, WaitTimeSeconds: 10 });
  expect(JSON.parse(Messages?.[0]?.Body ?? '{}')).toMatchObject({ responsePayload: { n: 2 } });
  warn.mockRestore();
});
