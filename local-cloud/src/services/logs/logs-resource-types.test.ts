import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ResourceContext, ResourceType } from '../../kernel/resource-type.ts';
import { ACCOUNT, REGION, startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { logsResourceTypes } from './logs-resource-types.ts';
import { createLogs } from './logs-service.ts';

let test: TestCloud;
let context: ResourceContext;
beforeEach(async () => {
  test = await startTestCloud([createLogs]);
  context = {
    account: ACCOUNT,
    region: REGION,
    stackName: 'S',
    stackId: 'arn:aws:cloudformation:x',
    logicalId: 'L',
    endpoint: test.endpoint,
    stackTags: { 'aws:cloudformation:stack-name': 'S' },
    call: (service, operation, input) => test.cloud.call(service, operation, input, test.caller()),
    uniqueName: () => 'S-L-1',
  };
});
afterEach(() => test.stop());

/** A type's handlers over properties as a template has them. */
function handlers(type: string) {
  const found = logsResourceTypes.find((each) => each.type === type) as unknown as ResourceType<unknown>;
  const parse = (properties: unknown) => found.properties.parse(properties);
  return {
    create: (properties: unknown) => found.create(parse(properties), context),
    update: (id: string, properties: unknown, previous: unknown) => found.update?.(id, parse(properties), parse(previous), context),
    delete: (id: string, properties: unknown) => found.delete(id, parse(properties), context),
    parse,
  };
}

async function described(): Promise<unknown[]> {
  const { logGroups } = await context.call<{ logGroups: unknown[] }>('logs', 'DescribeLogGroups', {});
  return logGroups;
}

it('a log group has its name as Ref, an ARN with :*, its retention, protection and tags, and changes them', async () => {
  const group = handlers('AWS::Logs::LogGroup');
  const previous = { LogGroupName: '/f', RetentionInDays: '30', DeletionProtectionEnabled: 'true', Tags: [{ Key: 'a', Value: '1' }] };
  expect(await group.create(previous)).toEqual({
    physicalId: '/f',
    attributes: { Arn: `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/f:*` },
  });
  expect(await described()).toEqual([
    expect.objectContaining({ logGroupName: '/f', retentionInDays: 30, deletionProtectionEnabled: true }),
  ]);
  await expect(group.delete('/f', previous)).rejects.toMatchObject({ code: 'ValidationException' });
  await group.update('/f', { LogGroupName: '/f', Tags: [{ Key: 'b', Value: '2' }] }, previous);
  const [now] = await described();
  expect(now).toMatchObject({ deletionProtectionEnabled: false });
  expect(now).not.toHaveProperty('retentionInDays');
  const resourceArn = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/f`;
  expect(await context.call('logs', 'ListTagsForResource', { resourceArn })).toEqual({
    tags: { b: '2', 'aws:cloudformation:stack-name': 'S' },
  });
  await group.delete('/f', {});
  await group.delete('/f', {});
  expect(await described()).toEqual([]);
});

it('a log group without a name gets one; what is not carried out is no property', async () => {
  const group = handlers('AWS::Logs::LogGroup');
  expect(await group.create({})).toMatchObject({ physicalId: 'S-L-1' });
  expect(() => group.parse({ KmsKeyId: 'k' })).toThrow('KmsKeyId');
  expect(() => group.parse({ LogGroupClass: 'INFREQUENT_ACCESS' })).toThrow('LogGroupClass');
});

it('a log stream and a metric filter live in their group and go alone or with it', async () => {
  await handlers('AWS::Logs::LogGroup').create({ LogGroupName: '/f' });
  const stream = handlers('AWS::Logs::LogStream');
  expect(await stream.create({ LogGroupName: '/f', LogStreamName: 's' })).toEqual({ physicalId: 's', attributes: {} });
  const filter = handlers('AWS::Logs::MetricFilter');
  const properties = (MetricName: string) => ({
    LogGroupName: '/f',
    FilterPattern: '{ $.message = "wrong webhook secret" }',
    MetricTransformations: [{ MetricName, MetricNamespace: 'ENStratus/Ingest', MetricValue: '1' }],
  });
  expect(await filter.create(properties('A'))).toEqual({ physicalId: 'S-L-1', attributes: {} });
  await filter.update('S-L-1', properties('B'), properties('A'));
  expect(await context.call('logs', 'DescribeMetricFilters', { logGroupName: '/f' })).toMatchObject({
    metricFilters: [{ filterName: 'S-L-1', metricTransformations: [{ metricName: 'B', metricValue: '1' }] }],
  });
  await filter.delete('S-L-1', properties('B'));
  await filter.delete('S-L-1', properties('B'));
  await filter.create(properties('C'));
  await handlers('AWS::Logs::LogGroup').delete('/f', {});
  await stream.delete('s', { LogGroupName: '/f' });
  expect(await context.call('logs', 'DescribeMetricFilters', {})).toEqual({ metricFilters: [] });
});
