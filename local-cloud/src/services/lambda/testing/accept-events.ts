// A process of its own that accepts asynchronous events until it is killed: `accept-events.ts <state folder>`. Writes
// `accepted <n>` for each. The function hands every event on to the queue `done`.
import { InvokeCommand, PutFunctionEventInvokeConfigCommand } from '@aws-sdk/client-lambda';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { ACCOUNT, REGION } from '../../../testing/test-cloud.ts';
import { startLambdaCloud } from './lambda-cloud.ts';

const directory = process.argv[2];
if (directory === undefined) throw new Error('usage: accept-events.ts <state folder>');
const { test, lambda, create, allow } = await startLambdaCloud({ directory });
await new SQSClient(test.client).send(new CreateQueueCommand({ QueueName: 'done' }));
await allow({ Action: ['logs:*', 'sqs:SendMessage'], Resource: '*' });
await create('keeper', 'exports.handler = (event) => new Promise((done) => setTimeout(done, 100, event));');
await lambda.send(
  new PutFunctionEventInvokeConfigCommand({
    FunctionName: 'keeper',
    DestinationConfig: { OnSuccess: { Destination: `arn:aws:sqs:${REGION}:${ACCOUNT}:done` } },
  }),
);
for (let id = 1; ; id += 1) {
  await lambda.send(new InvokeCommand({ FunctionName: 'keeper', InvocationType: 'Event', Payload: JSON.stringify({ id }) }));
  process.stdout.write(`accepted ${id}\n`);
}
