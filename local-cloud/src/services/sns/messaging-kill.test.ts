import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CreateTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, expect, it } from 'vitest';
import { ACCOUNT, REGION } from '../../testing/test-cloud.ts';

let child: ChildProcess | undefined;
const directory = mkdtempSync(join(tmpdir(), 'local-cloud-kill-'));

afterEach(() => {
  child?.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

async function startProcess(functions: 'up' | 'down'): Promise<{ sqs: SQSClient; sns: SNSClient }> {
  const path = new URL('messaging-process.ts', import.meta.url).pathname;
  const started = spawn(process.execPath, ['--no-warnings', path, directory, functions], { stdio: ['ignore', 'pipe', 'inherit'] });
  child = started;
  const [endpoint] = (await once(createInterface(started.stdout), 'line')) as [string];
  const client = { endpoint, region: REGION, credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'any' }, maxAttempts: 1 };
  return { sqs: new SQSClient(client), sns: new SNSClient(client) };
}

it('keeps every promise over kill -9: sent is received, published is delivered, deleted stays deleted', async () => {
  const { sqs, sns } = await startProcess('down');
  const Policy = JSON.stringify({
    Statement: [{ Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: '*' }],
  });
  const createQueue = async (QueueName: string) =>
    (await sqs.send(new CreateQueueCommand({ QueueName, Attributes: { Policy, VisibilityTimeout: '1' } }))).QueueUrl ?? '';
  const direct = await createQueue('direct');
  const viaTopic = await createQueue('via-topic');
  const viaFunction = await createQueue('via-function');
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'events' }));
  await sns.send(
    new SubscribeCommand({
      TopicArn,
      Protocol: 'sqs',
      Endpoint: `arn:aws:sqs:${REGION}:${ACCOUNT}:via-topic`,
      Attributes: { RawMessageDelivery: 'true' },
    }),
  );
  // Out of order until the process is killed: what is published for it stands in the outbox then.
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'lambda', Endpoint: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:listener` }));

  const sent = new Set<string>();
  const published = new Set<string>();
  const deleted = new Set<string>();
  /** Deletions that were asked for and not answered: they may be done or not. */
  const deleting = new Set<string>();
  let count = 0;
  const untilKilled = async (step: (name: string) => Promise<void>) => {
    try {
      while (true) await step(`m-${count++}`);
    } catch (error) {
      if (child?.killed !== true) throw error;
    }
  };
  const work = [
    ...[1, 2, 3].map(() =>
      untilKilled(async (name) => {
        await sqs.send(new SendMessageCommand({ QueueUrl: direct, MessageBody: name }));
        sent.add(name);
      }),
    ),
    ...[1, 2, 3].map(() =>
      untilKilled(async (name) => {
        await sns.send(new PublishCommand({ TopicArn, Message: name }));
        published.add(name);
      }),
    ),
    untilKilled(async () => {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: direct, WaitTimeSeconds: 1 }));
      for (const { Body = '', ReceiptHandle } of Messages) {
        deleting.add(Body);
        await sqs.send(new DeleteMessageCommand({ QueueUrl: direct, ReceiptHandle }));
        deleting.delete(Body);
        deleted.add(Body);
      }
    }),
  ];
  await expect.poll(() => Math.min(sent.size, published.size, deleted.size * 2), { timeout: 15_000 }).toBeGreaterThan(100);
  child?.kill('SIGKILL');
  await Promise.all(work);

  const again = await startProcess('up');
  const receiveAll = async (QueueUrl: string, wanted: ReadonlySet<string>) => {
    const received = new Set<string>();
    await expect
      .poll(
        async () => {
          const { Messages = [] } = await again.sqs.send(
            new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 60 }),
          );
          for (const { Body = '' } of Messages) received.add(Body);
          return [...wanted].filter((name) => !received.has(name)).length;
        },
        { timeout: 20_000, interval: 1 },
      )
      .toBe(0);
    return received;
  };
  const left = new Set([...sent].filter((name) => !deleted.has(name) && !deleting.has(name)));
  const received = await receiveAll(direct, left);
  expect([...received].filter((name) => deleted.has(name))).toEqual([]);
  await receiveAll(viaTopic, published);
  await receiveAll(viaFunction, published);
}, 60_000);
