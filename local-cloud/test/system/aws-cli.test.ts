import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deviceLogGroupName, encodePack, parameterNames } from '@enstratus/contract';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DebianAws, isInstalled } from './debian-aws.ts';
import { handMadeDocuments } from './hand-made-documents.ts';
import { type Device, minutesAgo, System } from './system.ts';

describe.runIf(isInstalled)("Debian's awscli, unmodified", () => {
  let system: System;
  let device: Device;
  let cli: DebianAws;
  const aws = (...args: string[]) => cli.text(...args);
  const json = <T = Record<string, unknown>>(...args: string[]) => cli.json<T>(...args);

  beforeAll(async () => {
    system = new System();
    cli = new DebianAws(system);
    device = await system.newDevice();
    await system.post(device, encodePack(handMadeDocuments({ boot_id: 1, seq: 0, time: minutesAgo(20) }, 15)));
  });

  afterAll(() => cli.remove());

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

  it('dynamodb describes the table and reads the pack', async () => {
    const { tableName } = system.endpoints;
    expect(await json('dynamodb', 'describe-table', '--table-name', tableName)).toMatchObject({ Table: { TableStatus: 'ACTIVE' } });
    const { Count } = await json<{ Count: number }>(
      ...['dynamodb', 'query', '--table-name', tableName, '--key-condition-expression', 'pk = :pk AND begins_with(sk, :p)'],
      ...['--expression-attribute-values', JSON.stringify({ ':pk': { S: `DEVICE#${device.deviceId}` }, ':p': { S: 'PACK#' } })],
    );
    expect(Count).toBe(1);
  });

  it('ssm reads a secret only when it is asked to decrypt it', async () => {
    const secret = system.endpoints.webhook.secret;
    expect(await aws('ssm', 'get-parameter', '--name', parameterNames.webhookSecret)).not.toContain(secret);
    expect(await aws('ssm', 'get-parameter', '--name', parameterNames.webhookSecret, '--with-decryption')).toContain(secret);
    expect(await aws('ssm', 'get-parameters-by-path', '--path', '/enstratus', '--recursive')).toContain(parameterNames.tableName);
  });

  it('lambda invokes a function of the system', async () => {
    const out = join(cli.directory, 'out.json');
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

  it('cloudwatch describes alarms, and tells what functions did', async () => {
    const { MetricAlarms } = await json<{ MetricAlarms: { AlarmName: string; StateValue: string }[] }>('cloudwatch', 'describe-alarms');
    expect(MetricAlarms.length).toBeGreaterThan(10);
    const range = ['--start-time', String(minutesAgo(30)), '--end-time', String(minutesAgo(-1))];
    const { Datapoints } = await json<{ Datapoints: { Sum: number }[] }>(
      ...['cloudwatch', 'get-metric-statistics', '--namespace', 'AWS/Lambda', '--metric-name', 'Invocations', '--statistics', 'Sum'],
      ...['--period', '60', ...range],
    );
    expect(Datapoints.reduce((sum, { Sum }) => sum + Sum, 0)).toBeGreaterThan(0);
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
