import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { serviceApp } from './service-app.ts';
import { ServiceFunction, type ServiceFunctionProps } from './service-function.ts';
import { readParameter } from './shared-parameter.ts';
import { encryptedQueue, WorkQueue } from './work-queue.ts';

/** Synthesizes one function with all the checks that a repo's own app has. */
function synthesize(props: Partial<ServiceFunctionProps>, give: (fn: ServiceFunction, stack: Stack) => void = () => {}): Template {
  const folder = temporaryFolder();
  const entry = join(folder, 'greet.lambda.ts');
  writeFileSync(entry, 'export const handler = async () => 1;');
  const stack = new Stack(serviceApp({ outdir: join(folder, 'cdk.out') }), 'Stack', {
    env: { account: '111122223333', region: 'us-east-2' },
  });
  give(new ServiceFunction(stack, 'Greet', { repo: 'ingest-repo', name: 'greet', entry, description: 'Greets', ...props }), stack);
  return Template.fromStack(stack);
}

/** What the function may do, and not what CodeDeploy may. */
const statements = (template: Template): unknown[] =>
  Object.entries(template.findResources('AWS::IAM::Policy')).flatMap(([logicalId, policy]) =>
    logicalId.startsWith('GreetShift') ? [] : policy['Properties'].PolicyDocument.Statement,
  );
/** What the first function is told, besides the options of Node that each has. */
function variables(template: Template): unknown {
  const [told] = Object.values(template.findResources('AWS::Lambda::Function')).map((fn) => fn['Properties'].Environment.Variables);
  const { NODE_OPTIONS, ...others } = told;
  expect(NODE_OPTIONS).toBe('--disable-warning=DEP0040');
  return others;
}

describe('ServiceFunction', () => {
  it('runs Node 24 on arm64 with JSON logs in a group of its own', () => {
    const template = synthesize({});
    template.hasResourceProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      MemorySize: 256,
      Timeout: 10,
      LoggingConfig: { LogFormat: 'JSON', ApplicationLogLevel: 'INFO', SystemLogLevel: 'WARN', LogGroup: Match.anyValue() },
      DeadLetterConfig: Match.absent(),
      ReservedConcurrentExecutions: Match.absent(),
    });
    template.hasResource('AWS::Logs::LogGroup', {
      Properties: { LogGroupName: '/enstratus/functions/ingest-repo/greet', RetentionInDays: 30 },
      DeletionPolicy: 'Delete',
    });
  });

  it('may do nothing but write its own logs, and has no managed policy', () => {
    const template = synthesize({});
    template.hasResourceProperties('AWS::IAM::Role', { ManagedPolicyArns: Match.absent() });
    const [group] = Object.keys(template.findResources('AWS::Logs::LogGroup'));
    expect(statements(template)).toEqual([
      { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: { 'Fn::GetAtt': [group, 'Arn'] } },
    ]);
    expect(variables(template)).toEqual({});
  });

  it('has an encrypted dead letter queue over TLS only where it is called asynchronously', () => {
    const template = synthesize({ asynchronous: true });
    const [queue] = Object.keys(template.findResources('AWS::SQS::Queue', { Properties: { SqsManagedSseEnabled: true } }));
    template.hasResourceProperties('AWS::Lambda::Function', { DeadLetterConfig: { TargetArn: { 'Fn::GetAtt': [queue, 'Arn'] } } });
    template.hasResourceProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: { Statement: [Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })] },
    });
    expect(statements(template)).toContainEqual({ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: { 'Fn::GetAtt': [queue, 'Arn'] } });
  });

  it('reserves concurrency only when told to', () => {
    synthesize({ reservedConcurrency: 5 }).hasResourceProperties('AWS::Lambda::Function', { ReservedConcurrentExecutions: 5 });
  });

  it('grants and tells in one step, by parameters whose values are known at deployment', () => {
    const template = synthesize({}, (fn, stack) => {
      fn.usesTable(readParameter(stack, '/table'), ['dynamodb:GetItem', 'dynamodb:PutItem'])
        .publishesTo(readParameter(stack, '/topic'), 'TOPIC_ARN')
        .writesTo(readParameter(stack, '/bucket'), 'BUCKET_NAME', 'late/')
        .usesSecretParameter('/a/secret', 'SECRET_PARAMETER_NAME')
        .usesLogGroups('/devices/', 'LOG_PREFIX', { group: ['logs:CreateLogGroup'], stream: ['logs:PutLogEvents'], streamName: 'status' });
    });
    const ref = (name: string) => ({ Ref: `SsmParameterValue${name}C96584B6F00A464EAD1953AFF4B05118Parameter` });
    const join = (...parts: unknown[]) => ({ 'Fn::Join': ['', parts] });
    const allow = (Action: unknown, Resource: unknown) => ({ Effect: 'Allow', Action, Resource });
    expect(statements(template)).toEqual(
      expect.arrayContaining([
        allow(['dynamodb:GetItem', 'dynamodb:PutItem'], join('arn:aws:dynamodb:us-east-2:111122223333:table/', ref('table'))),
        allow('sns:Publish', ref('topic')),
        allow('s3:PutObject', join('arn:aws:s3:::', ref('bucket'), '/late/*')),
        allow('ssm:GetParameter', 'arn:aws:ssm:us-east-2:111122223333:parameter/a/secret'),
        allow('logs:CreateLogGroup', 'arn:aws:logs:us-east-2:111122223333:log-group:/devices/*'),
        allow('logs:PutLogEvents', 'arn:aws:logs:us-east-2:111122223333:log-group:/devices/*:log-stream:status'),
      ]),
    );
    expect(statements(template)).toHaveLength(7);
    expect(variables(template)).toEqual({
      TABLE_NAME: ref('table'),
      TOPIC_ARN: ref('topic'),
      BUCKET_NAME: ref('bucket'),
      SECRET_PARAMETER_NAME: '/a/secret',
      LOG_PREFIX: '/devices/',
    });
  });

  it('queries indexes by a grant on each, and not on the table', () => {
    const template = synthesize({}, (fn, stack) => {
      fn.queriesIndexes(readParameter(stack, '/table'), ['gsi1', 'gsi2']);
    });
    const table = { Ref: 'SsmParameterValuetableC96584B6F00A464EAD1953AFF4B05118Parameter' };
    const index = (name: string) => ({ 'Fn::Join': ['', ['arn:aws:dynamodb:us-east-2:111122223333:table/', table, `/index/${name}`]] });
    expect(statements(template)).toContainEqual({ Effect: 'Allow', Action: 'dynamodb:Query', Resource: [index('gsi1'), index('gsi2')] });
    expect(statements(template)).toHaveLength(2);
    expect(variables(template)).toEqual({ TABLE_NAME: table });
  });

  it('reads one object, and fills a bucket', () => {
    const template = synthesize({}, (fn, stack) => {
      fn.readsObject('assets', 'build.zip').fillsBucket(readParameter(stack, '/bucket'), { remembersIn: 'done.json' });
    });
    const bucket = { Ref: 'SsmParameterValuebucketC96584B6F00A464EAD1953AFF4B05118Parameter' };
    const arn = (...more: string[]) => ({ 'Fn::Join': ['', ['arn:aws:s3:::', bucket, ...more]] });
    const allow = (Action: unknown, Resource: unknown) => ({ Effect: 'Allow', Action, Resource });
    expect(statements(template)).toEqual(
      expect.arrayContaining([
        allow('s3:ListBucket', arn()),
        allow('s3:GetObject', ['arn:aws:s3:::assets/build.zip', arn('/done.json')]),
        allow(['s3:DeleteObject', 's3:PutObject'], arn('/*')),
      ]),
    );
    expect(statements(template)).toHaveLength(4);
    expect(variables(template)).toEqual({});
  });

  it('calls fields of a GraphQL API, each by a grant of its own', () => {
    const template = synthesize({}, (fn, stack) => {
      const api = { arn: readParameter(stack, '/api'), url: readParameter(stack, '/url') };
      fn.callsGraphql(api, ['Mutation.publishDeviceStatus', 'Query.me'], 'GRAPHQL_URL');
      expect(() => fn.callsGraphql(api, ['me'], 'GRAPHQL_URL')).toThrow('me names no field');
    });
    const ref = (name: string) => ({ Ref: `SsmParameterValue${name}C96584B6F00A464EAD1953AFF4B05118Parameter` });
    const field = (path: string) => ({ 'Fn::Join': ['', [ref('api'), `/types/${path}`]] });
    expect(statements(template)).toContainEqual({
      Effect: 'Allow',
      Action: 'appsync:GraphQL',
      Resource: [field('Mutation/fields/publishDeviceStatus'), field('Query/fields/me')],
    });
    expect(statements(template)).toHaveLength(2);
    expect(variables(template)).toEqual({ GRAPHQL_URL: ref('url') });
  });

  it.each(['PassThrough', 'Active'] as const)('tells X-Ray its part of traces, with tracing %s', (mode) => {
    const template = synthesize({}, (fn) => fn.recordsTraces(mode));
    template.hasResourceProperties('AWS::Lambda::Function', { TracingConfig: { Mode: mode } });
    expect(statements(template)).toContainEqual({ Effect: 'Allow', Action: 'xray:PutTraceSegments', Resource: '*' });
    expect(statements(template)).toHaveLength(2);
  });

  it('lets anybody call its address by the two permissions that AWS demands', () => {
    const template = synthesize({}, (fn) => fn.publicUrl());
    template.hasResourceProperties('AWS::Lambda::Url', { AuthType: 'NONE', InvokeMode: 'BUFFERED' });
    template.hasResourceProperties('AWS::Lambda::Permission', {
      Action: 'lambda:InvokeFunctionUrl',
      Principal: '*',
      FunctionUrlAuthType: 'NONE',
    });
    template.hasResourceProperties('AWS::Lambda::Permission', {
      Action: 'lambda:InvokeFunction',
      Principal: '*',
      InvokedViaFunctionUrl: true,
    });
    template.resourceCountIs('AWS::Lambda::Permission', 2);
  });
});

describe('sending to a queue', () => {
  it('is granted on that queue alone, which the function is told by its URL', () => {
    const template = synthesize({}, (fn, stack) => {
      fn.sendsTo(encryptedQueue(stack, 'Later', { isDeadLetterQueue: true }), 'LATER_URL');
    });
    const [queue] = Object.keys(template.findResources('AWS::SQS::Queue'));
    expect(statements(template)).toContainEqual({
      Effect: 'Allow',
      Action: 'sqs:SendMessage',
      Resource: { 'Fn::GetAtt': [queue, 'Arn'] },
    });
    template.hasResourceProperties('AWS::Lambda::Function', { Environment: { Variables: { LATER_URL: { Ref: queue } } } });
  });
});

describe('WorkQueue', () => {
  it('hides a message for six timeouts and the window, gives up into a dead letter queue, and lets the consumer just work it off', () => {
    const template = synthesize({ timeout: Duration.seconds(20) }, (consumer, stack) => {
      new WorkQueue(stack, 'Work', { consumer, batchSize: 100, batchingWindow: Duration.seconds(5), maxConcurrency: 2 });
    });
    const [queue] = Object.keys(template.findResources('AWS::SQS::Queue', { Properties: { RedrivePolicy: Match.anyValue() } }));
    template.hasResourceProperties('AWS::SQS::Queue', {
      VisibilityTimeout: 125,
      RedrivePolicy: { maxReceiveCount: 5 },
      SqsManagedSseEnabled: true,
    });
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: { 'Fn::GetAtt': [queue, 'Arn'] },
      BatchSize: 100,
      MaximumBatchingWindowInSeconds: 5,
      ScalingConfig: { MaximumConcurrency: 2 },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    expect(statements(template)).toContainEqual({
      Effect: 'Allow',
      Action: ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
      Resource: { 'Fn::GetAtt': [queue, 'Arn'] },
    });
    template.resourceCountIs('AWS::SQS::QueuePolicy', 2);
  });
});
