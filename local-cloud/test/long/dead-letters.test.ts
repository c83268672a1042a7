import { CloudFormationClient, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, it, vi } from 'vitest';
import { clientOptions } from '../../src/tools/running-system.ts';
import { System } from '../system/system.ts';

// AWS Lambda Developer Guide, "Asynchronous invocation": two more attempts, after one and after two more minutes.
it.concurrent.each([
  ['EnstratusIngest', 'KeepSecret'],
  ['EnstratusDashboard', 'DeploySite'],
  ['EnstratusDocs', 'DeployDocs'],
])(
  'an asynchronous call of %s that keeps failing ends in the dead letter queue after its retries',
  { timeout: 300_000 },
  async (StackName, name) => {
    const system = new System();
    const options = clientOptions(system.endpoints);
    const { StackResources = [] } = await new CloudFormationClient(options).send(new DescribeStackResourcesCommand({ StackName }));
    const find = (type: string, start: string) =>
      StackResources.find(({ ResourceType, LogicalResourceId = '' }) => ResourceType === type && LogicalResourceId.startsWith(start))
        ?.PhysicalResourceId ?? '';
    const { StatusCode } = await system.lambda.send(
      new InvokeCommand({
        FunctionName: find('AWS::Lambda::Function', name),
        InvocationType: 'Event',
        Payload: Buffer.from('{"RequestType":"Never"}'),
      }),
    );
    expect(StatusCode).toBe(202);
    const sqs = new SQSClient(options);
    await vi.waitFor(
      async () => {
        const { Messages = [] } = await sqs.send(
          new ReceiveMessageCommand({
            QueueUrl: find('AWS::SQS::Queue', `${name}DeadLetters`),
            WaitTimeSeconds: 5,
            MessageAttributeNames: ['All'],
          }),
        );
        expect(Messages).toMatchObject([
          { Body: '{"RequestType":"Never"}', MessageAttributes: { ErrorMessage: { StringValue: expect.any(String) } } },
        ]);
      },
      { timeout: 280_000, interval: 100 },
    );
  },
);
