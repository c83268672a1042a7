import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DebianAws, isInstalled } from '../system/debian-aws.ts';
import { System } from '../system/system.ts';

describe.runIf(isInstalled)("Debian's awscli, unmodified,", () => {
  let cli: DebianAws;
  const aws = (...args: string[]) => cli.text(...args);
  const json = <T = Record<string, unknown>>(...args: string[]) => cli.json<T>(...args);

  beforeAll(() => {
    cli = new DebianAws(new System());
  });
  afterAll(() => cli.remove());

  it('cloudformation deploys, updates and deletes a stack', async () => {
    const file = join(cli.directory, 'stack.yaml');
    const write = (value: string) =>
      writeFileSync(
        file,
        `Resources:\n  Note:\n    Type: AWS::SSM::Parameter\n    Properties: { Name: /cli/note, Type: String, Value: !Sub "${value} in \${AWS::Region}" }\n`,
      );
    write('one');
    await aws('cloudformation', 'deploy', '--stack-name', 'from-cli', '--template-file', file);
    expect(await aws('ssm', 'get-parameter', '--name', '/cli/note')).toContain('one in us-east-2');
    write('two');
    await aws('cloudformation', 'deploy', '--stack-name', 'from-cli', '--template-file', file);
    expect(await aws('ssm', 'get-parameter', '--name', '/cli/note')).toContain('two in us-east-2');
    await aws('cloudformation', 'delete-stack', '--stack-name', 'from-cli');
    await aws('cloudformation', 'wait', 'stack-delete-complete', '--stack-name', 'from-cli');
    await expect(aws('ssm', 'get-parameter', '--name', '/cli/note')).rejects.toThrow('ParameterNotFound');
  });

  it('s3 makes a bucket, copies, lists and removes', async () => {
    const file = join(cli.directory, 'note.txt');
    writeFileSync(file, 'water');
    await aws('s3', 'mb', 's3://cli-bucket');
    await aws('s3', 'cp', file, 's3://cli-bucket/a/note.txt');
    expect(await aws('s3', 'ls', 's3://cli-bucket/a/')).toContain('note.txt');
    await aws('s3', 'cp', 's3://cli-bucket/a/note.txt', join(cli.directory, 'back.txt'));
    expect(readFileSync(join(cli.directory, 'back.txt'), 'utf8')).toBe('water');
    await aws('s3', 'rb', 's3://cli-bucket', '--force');
    await expect(aws('s3', 'ls', 's3://cli-bucket')).rejects.toThrow('NoSuchBucket');
  });

  it('sns publishes to a queue of sqs, which receives and deletes', async () => {
    const { TopicArn } = await json<{ TopicArn: string }>('sns', 'create-topic', '--name', 'cli-topic');
    const { QueueUrl } = await json<{ QueueUrl: string }>('sqs', 'create-queue', '--queue-name', 'cli-queue');
    const { Attributes } = await json<{ Attributes: { QueueArn: string } }>(
      'sqs',
      'get-queue-attributes',
      '--queue-url',
      QueueUrl,
      '--attribute-names',
      'All',
    );
    const Policy = JSON.stringify({
      Statement: { Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: Attributes.QueueArn },
    });
    await aws('sqs', 'set-queue-attributes', '--queue-url', QueueUrl, '--attributes', JSON.stringify({ Policy }));
    await aws('sns', 'subscribe', '--topic-arn', TopicArn, '--protocol', 'sqs', '--notification-endpoint', Attributes.QueueArn);
    await aws('sns', 'publish', '--topic-arn', TopicArn, '--message', 'the well is dry');
    const { Messages } = await json<{ Messages: { Body: string; ReceiptHandle: string }[] }>(
      'sqs',
      'receive-message',
      '--queue-url',
      QueueUrl,
      '--wait-time-seconds',
      '10',
    );
    expect(JSON.parse(Messages[0]?.Body ?? '{}')).toMatchObject({ Type: 'Notification', Message: 'the well is dry' });
    await aws('sqs', 'delete-message', '--queue-url', QueueUrl, '--receipt-handle', Messages[0]?.ReceiptHandle ?? '');
    await aws('sqs', 'delete-queue', '--queue-url', QueueUrl);
    await aws('sns', 'delete-topic', '--topic-arn', TopicArn);
  });
});
