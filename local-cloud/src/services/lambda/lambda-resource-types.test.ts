import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ResourceContext, ResourceState, ResourceType } from '../../kernel/resource-type.ts';
import { ACCOUNT, REGION } from '../../testing/test-cloud.ts';
import { createS3 } from '../s3/s3-service.ts';
import { lambdaResourceTypes } from './lambda-resource-types.ts';
import { type LambdaCloud, ROLE, startLambdaCloud } from './testing/lambda-cloud.ts';
import { zipFile } from './testing/zip-file.ts';

let cloud: LambdaCloud;
let context: ResourceContext;

beforeEach(async () => {
  cloud = await startLambdaCloud({ services: [createS3] });
  const call = <Out>(service: string, operation: string, input: unknown) =>
    cloud.test.cloud.call<Out>(service, operation, input, cloud.test.caller());
  context = {
    account: ACCOUNT,
    region: REGION,
    stackName: 'stack',
    stackId: 'stack-id',
    logicalId: 'Echo',
    endpoint: cloud.test.endpoint,
    stackTags: { repo: 'ingest' },
    call,
    uniqueName: () => 'stack-Echo-1A2B3C',
  };
  await call('s3', 'CreateBucket', { Bucket: 'assets', CreateBucketConfiguration: { LocationConstraint: REGION } });
  for (const version of ['one', 'two']) {
    const Body = zipFile({ 'index.js': `exports.handler = async () => process.env.GREETING + ' ${version}';` });
    await call('s3', 'PutObject', { Bucket: 'assets', Key: `${version}.zip`, Body });
  }
});
afterEach(() => cloud.test.stop());

/** A resource type as the engine uses it: properties as the template has them. */
function typed(name: string) {
  const found = lambdaResourceTypes.find(({ type }) => type === name) as unknown as ResourceType<unknown> | undefined;
  if (found === undefined) throw new Error(`no type ${name}`);
  const parse = (properties: unknown) => found.properties.parse(properties);
  return {
    create: (properties: unknown) => found.create(parse(properties), context),
    update: (id: string, properties: unknown, previous: unknown): Promise<ResourceState> => {
      if (found.update === undefined) throw new Error(`${name} has no update`);
      return found.update(id, parse(properties), parse(previous), context);
    },
    delete: (id: string, properties: unknown) => found.delete(id, parse(properties), context),
  };
}

const FUNCTION = {
  Architectures: ['arm64'],
  Code: { S3Bucket: 'assets', S3Key: 'one.zip' },
  Environment: { Variables: { GREETING: 'hello' } },
  Handler: 'index.handler',
  LoggingConfig: { LogFormat: 'JSON', ApplicationLogLevel: 'INFO', SystemLogLevel: 'WARN', LogGroup: '/mine' },
  MemorySize: '256',
  ReservedConcurrentExecutions: 5,
  Role: ROLE,
  Runtime: 'nodejs24.x',
  Tags: [{ Key: 'kind', Value: 'echo' }],
  Timeout: 10,
};
const show = (name: string) =>
  context.call<{ Configuration: Record<string, unknown>; Tags: unknown; Concurrency?: unknown }>('lambda', 'GetFunction', {
    FunctionName: name,
  });

describe('AWS::Lambda::Function', () => {
  it('is created, changed in place, put back to defaults and deleted', async () => {
    const type = typed('AWS::Lambda::Function');
    const arn = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:stack-Echo-1A2B3C`;
    expect(await type.create(FUNCTION)).toEqual({ physicalId: 'stack-Echo-1A2B3C', attributes: { Arn: arn } });
    expect((await cloud.invoke('stack-Echo-1A2B3C')).payload).toBe('hello one');
    expect(await show('stack-Echo-1A2B3C')).toMatchObject({
      Configuration: { MemorySize: 256, LoggingConfig: { LogGroup: '/mine', SystemLogLevel: 'WARN' } },
      Tags: { kind: 'echo', repo: 'ingest' },
      Concurrency: { ReservedConcurrentExecutions: 5 },
    });

    const { LoggingConfig: _logging, MemorySize: _memory, ReservedConcurrentExecutions: _reserved, Tags: _tags, ...less } = FUNCTION;
    const changed = { ...less, Code: { S3Bucket: 'assets', S3Key: 'two.zip' }, Environment: { Variables: { GREETING: 'bye' } } };
    expect((await type.update('stack-Echo-1A2B3C', changed, FUNCTION)).attributes).toEqual({ Arn: arn });
    expect((await cloud.invoke('stack-Echo-1A2B3C')).payload).toBe('bye two');
    const after = await show('stack-Echo-1A2B3C');
    expect(after.Configuration).toMatchObject({
      MemorySize: 128,
      LoggingConfig: { LogFormat: 'Text', LogGroup: '/aws/lambda/stack-Echo-1A2B3C' },
    });
    expect(after.Tags).toEqual({ repo: 'ingest' });
    expect(after.Concurrency).toBeUndefined();

    await type.delete('stack-Echo-1A2B3C', changed);
    await type.delete('stack-Echo-1A2B3C', changed);
    await expect(show('stack-Echo-1A2B3C')).rejects.toThrow('Function not found');
  });

  it('names a property that is not carried out', () => {
    expect(() => typed('AWS::Lambda::Function').create({ ...FUNCTION, VpcConfig: {} })).toThrow('VpcConfig');
    expect(() => typed('AWS::Lambda::Function').create({ ...FUNCTION, Code: { ImageUri: 'x' } })).toThrow('ImageUri');
  });
});

it('URL and permissions open a function to the world, and close it', async () => {
  const { physicalId, attributes } = await typed('AWS::Lambda::Function').create(FUNCTION);
  const TargetFunctionArn = attributes['Arn'];
  const url = typed('AWS::Lambda::Url');
  const urlProperties = { AuthType: 'NONE', InvokeMode: 'BUFFERED', TargetFunctionArn };
  const made = await url.create(urlProperties);
  expect(made).toEqual({
    physicalId: TargetFunctionArn,
    attributes: {
      FunctionArn: TargetFunctionArn,
      FunctionUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/_lambda-url\/[a-z2-7]{32}\/$/),
    },
  });
  const address = String(made.attributes['FunctionUrl']);
  const permission = typed('AWS::Lambda::Permission');
  const open = [
    { Action: 'lambda:InvokeFunctionUrl', FunctionName: TargetFunctionArn, FunctionUrlAuthType: 'NONE', Principal: '*' },
    { Action: 'lambda:InvokeFunction', FunctionName: physicalId, InvokedViaFunctionUrl: true, Principal: '*' },
  ];
  const ids: string[] = [];
  for (const [index, properties] of open.entries()) {
    context = { ...context, uniqueName: () => `statement-${index}` };
    ids.push((await permission.create(properties)).physicalId);
  }
  expect(await (await fetch(address)).json()).toBe('hello one');
  await permission.delete(ids[1] ?? '', open[1]);
  await permission.delete(ids[1] ?? '', open[1]);
  expect((await fetch(address)).status).toBe(403);
  await url.update(String(TargetFunctionArn), { ...urlProperties, AuthType: 'AWS_IAM' }, urlProperties);
  await url.delete(String(TargetFunctionArn), urlProperties);
  await url.delete(String(TargetFunctionArn), urlProperties);
  expect((await fetch(address)).status).toBe(404);
});

it('event source mappings and event invoke configs follow the template', async () => {
  await cloud.allow({ Action: ['logs:*', 'sqs:*'], Resource: '*' });
  await context.call('sqs', 'CreateQueue', { QueueName: 'events' });
  const { physicalId } = await typed('AWS::Lambda::Function').create(FUNCTION);
  const mapping = typed('AWS::Lambda::EventSourceMapping');
  const properties = {
    BatchSize: 5,
    EventSourceArn: `arn:aws:sqs:${REGION}:${ACCOUNT}:events`,
    FunctionName: physicalId,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    ScalingConfig: { MaximumConcurrency: 2 },
  };
  const { physicalId: UUID, attributes } = await mapping.create(properties);
  expect(attributes).toEqual({ Id: UUID, EventSourceMappingArn: `arn:aws:lambda:${REGION}:${ACCOUNT}:event-source-mapping:${UUID}` });
  const get = () => context.call('lambda', 'GetEventSourceMapping', { UUID });
  expect(await get()).toMatchObject({ BatchSize: 5, ScalingConfig: { MaximumConcurrency: 2 }, State: 'Enabled' });
  const { ScalingConfig: _scaling, BatchSize: _size, ...less } = properties;
  await mapping.update(UUID, { ...less, Enabled: 'false' }, properties);
  expect(await get()).toMatchObject({ BatchSize: 10, State: 'Disabled' });
  expect(await get()).not.toHaveProperty('ScalingConfig');
  await mapping.delete(UUID, less);
  await mapping.delete(UUID, less);

  const eventInvoke = typed('AWS::Lambda::EventInvokeConfig');
  const config = { FunctionName: physicalId, Qualifier: '$LATEST', MaximumRetryAttempts: '1' };
  const { physicalId: id } = await eventInvoke.create(config);
  expect(await context.call('lambda', 'GetFunctionEventInvokeConfig', { FunctionName: physicalId })).toMatchObject({
    MaximumRetryAttempts: 1,
  });
  await eventInvoke.delete(id, config);
  await eventInvoke.delete(id, config);
});
