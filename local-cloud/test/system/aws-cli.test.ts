import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { deviceLogGroupName, encodePack, parameterNames } from '@enstratus/contract';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { awsEnvironment } from '../../src/start/cdk-cli.ts';
import { handMadeDocuments } from './hand-made-documents.ts';
import { type Device, minutesAgo, System } from './system.ts';

const run = promisify(execFile);

/** Debian's package. Where it isn't installed (a laptop with Node alone), there is nothing to drive; `.ci/run` installs it. */
const AWS = '/usr/bin/aws';

describe.runIf(existsSync(AWS))("Debian's awscli, unmodified", () => {
  let system: System;
  let device: Device;
  let directory: string;

  async function aws(...args: string[]): Promise<string> {
    const { aws: endpoint, account, region } = system.endpoints;
    const env = { ...awsEnvironment({ endpoint, account, region, home: directory }), AWS_PAGER: '', HOME: directory };
    const { stdout } = await run(AWS, ['--endpoint-url', endpoint, '--output', 'json', ...args], { env });
    return stdout;
  }
  const json = async <T = Record<string, unknown>>(...args: string[]) => JSON.parse(await aws(...args)) as T;

  beforeAll(async () => {
    system = new System();
    directory = mkdtempSync(join(tmpdir(), 'aws-cli-'));
    device = await system.newDevice();
    await system.post(device, encodePack(handMadeDocuments({ boot_id: 1, seq: 0, time: minutesAgo(20) }, 15)));
  });

  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it('sts tells who one is', async () => {
    expect(await json('sts', 'get-caller-identity')).toMatchObject({ Account: system.endpoints.account });
  });

  it('cloudformation shows the stacks, their resources and events', async () => {
    const { Stacks } = await json<{ Stacks: { StackName: string; StackStatus: string }[] }>('cloudformation', 'describe-stacks');
    expect(Stacks).toEqual(
      expect.arrayContaining([expect.objectContaining({ StackName: 'EnstratusInfra', StackStatus: 'CREATE_COMPLETE' })]),
    );
    expect(await aws('cloudformation', 'describe-stack-resources', '--stack-name', 'EnstratusIngest')).toContain('AWS::Lambda::Url');
    expect(await aws('cloudformation', 'describe-stack-events', '--stack-name', 'EnstratusIngest')).toContain('CREATE_COMPLETE');
    await expect(aws('cloudformation', 'describe-stacks', '--stack-name', 'Nothing')).rejects.toThrow(
      'Stack with id Nothing does not exist',
    );
  });

  it('cloudformation deploys, updates and deletes a stack', async () => {
    const file = join(directory, 'stack.yaml');
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

  it('dynamodb describes the table and reads the pack', async () => {
    const { tableName } = system.endpoints;
    expect(await json('dynamodb', 'describe-table', '--table-name', tableName)).toMatchObject({ Table: { TableStatus: 'ACTIVE' } });
    const { Count } = await json<{ Count: number }>(
      ...['dynamodb', 'query', '--table-name', tableName, '--key-condition-expression', 'pk = :pk AND begins_with(sk, :p)'],
      ...['--expression-attribute-values', JSON.stringify({ ':pk': { S: `DEVICE#${device.deviceId}` }, ':p': { S: 'PACK#' } })],
    );
    expect(Count).toBe(1);
  });

  it('s3 makes a bucket, copies, lists and removes', async () => {
    const file = join(directory, 'note.txt');
    writeFileSync(file, 'water');
    await aws('s3', 'mb', 's3://cli-bucket');
    await aws('s3', 'cp', file, 's3://cli-bucket/a/note.txt');
    expect(await aws('s3', 'ls', 's3://cli-bucket/a/')).toContain('note.txt');
    await aws('s3', 'cp', 's3://cli-bucket/a/note.txt', join(directory, 'back.txt'));
    expect(readFileSync(join(directory, 'back.txt'), 'utf8')).toBe('water');
    await aws('s3', 'rb', 's3://cli-bucket', '--force');
    await expect(aws('s3', 'ls', 's3://cli-bucket')).rejects.toThrow('NoSuchBucket');
  });

  it('ssm reads a secret only when it is asked to decrypt it', async () => {
    const secret = system.endpoints.webhook.secret;
    expect(await aws('ssm', 'get-parameter', '--name', parameterNames.webhookSecret)).not.toContain(secret);
    expect(await aws('ssm', 'get-parameter', '--name', parameterNames.webhookSecret, '--with-decryption')).toContain(secret);
    expect(await aws('ssm', 'get-parameters-by-path', '--path', '/enstratus', '--recursive')).toContain(parameterNames.tableName);
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

  it('lambda invokes a function of the system', async () => {
    const out = join(directory, 'out.json');
    const name = await system.parameter(parameterNames.registerDeviceFunctionName);
    const answer = await json(
      'lambda',
      'invoke',
      '--function-name',
      name,
      '--cli-binary-format',
      'raw-in-base64-out',
      '--payload',
      '{"particle_id":"no"}',
      out,
    );
    expect(answer).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' });
    expect(readFileSync(out, 'utf8')).toContain('particle_id');
  });

  it("logs tails, filters and queries the device's documents", async () => {
    const group = deviceLogGroupName(device.deviceId);
    expect((await aws('logs', 'tail', group, '--since', '1h')).trim().split('\n')).toHaveLength(15);
    const { events } = await json<{ events: unknown[] }>(
      'logs',
      'filter-log-events',
      '--log-group-name',
      group,
      '--filter-pattern',
      '{ $.seq >= 10 && $.run_state = "solar" }',
    );
    expect(events).toHaveLength(5);
    const now = Math.floor(Date.now() / 1000);
    const { queryId } = await json<{ queryId: string }>(
      ...[
        'logs',
        'start-query',
        '--log-group-name',
        group,
        '--start-time',
        String(now - 3600),
        '--end-time',
        String(now),
        '--query-string',
        'stats count(*) as n, max(seq) as last',
      ],
    );
    await vi.waitFor(
      async () => {
        const { status, results } = await json<{ status: string; results: { field: string; value: string }[][] }>(
          'logs',
          'get-query-results',
          '--query-id',
          queryId,
        );
        expect(status).toBe('Complete');
        expect(results).toEqual([
          [
            { field: 'n', value: '15' },
            { field: 'last', value: '14' },
          ],
        ]);
      },
      { timeout: 20_000 },
    );
  });
});
