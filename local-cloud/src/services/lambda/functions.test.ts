import {
  AddPermissionCommand,
  CreateFunctionCommand,
  DeleteFunctionCommand,
  DeleteFunctionConcurrencyCommand,
  GetAccountSettingsCommand,
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  GetFunctionEventInvokeConfigCommand,
  GetPolicyCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
  ListTagsCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
  RemovePermissionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionActiveV2,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { servicePrincipal } from '../../kernel/principal.ts';
import { ACCOUNT, REGION } from '../../testing/test-cloud.ts';
import { assumeRole } from '../iam/role-sessions.ts';
import { createS3 } from '../s3/s3-service.ts';
import { type LambdaCloud, lambdaCloud, ROLE, startLambdaCloud } from './testing/lambda-cloud.ts';
import { zipFile } from './testing/zip-file.ts';

const ECHO = 'exports.handler = async (event) => event;';
let cloud: LambdaCloud;
let lambda: LambdaClient;

beforeEach(async () => {
  cloud = await startLambdaCloud({ services: [createS3] });
  lambda = cloud.lambda;
});
afterEach(() => cloud.test.stop());

const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: Error) => `${error.name}: ${error.message}`,
  );

describe('functions', () => {
  it('are created, shown, changed, listed, deleted, and pass the waiters', async () => {
    await cloud.create('echo', ECHO, { Description: 'says it back', Timeout: 5, Tags: { team: 'field' } });
    await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 5 }, { FunctionName: 'echo' });
    const { Configuration, Tags } = await lambda.send(new GetFunctionCommand({ FunctionName: 'echo' }));
    expect(Configuration).toMatchObject({
      FunctionArn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:echo`,
      Runtime: 'nodejs24.x',
      Timeout: 5,
      MemorySize: 128,
      Architectures: ['arm64'],
      PackageType: 'Zip',
      State: 'Active',
      LastUpdateStatus: 'Successful',
      LoggingConfig: { LogFormat: 'Text', LogGroup: '/aws/lambda/echo' },
      CodeSha256: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/),
    });
    expect(Tags).toEqual({ team: 'field' });

    expect((await cloud.invoke('echo', 1)).payload).toBe(1);
    await lambda.send(
      new UpdateFunctionCodeCommand({
        FunctionName: 'echo',
        ZipFile: zipFile({ 'index.js': 'exports.handler = async () => process.env.NEW;' }),
      }),
    );
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'echo', Environment: { Variables: { NEW: 'new' } } }));
    await waitUntilFunctionUpdatedV2({ client: lambda, maxWaitTime: 5 }, { FunctionName: 'echo' });
    expect((await cloud.invoke('echo', 1)).payload).toBe('new');
    expect((await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: 'echo' }))).Description).toBe('says it back');

    await cloud.create('other', ECHO);
    const page = await lambda.send(new ListFunctionsCommand({ MaxItems: 1 }));
    expect(page.Functions?.map(({ FunctionName }) => FunctionName)).toEqual(['echo']);
    const rest = await lambda.send(new ListFunctionsCommand({ Marker: page.NextMarker }));
    expect(rest.Functions?.map(({ FunctionName }) => FunctionName)).toEqual(['other']);

    await lambda.send(new DeleteFunctionCommand({ FunctionName: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:echo` }));
    expect(await refusal(lambda.send(new GetFunctionCommand({ FunctionName: 'echo' })))).toBe(
      `ResourceNotFoundException: Function not found: arn:aws:lambda:${REGION}:${ACCOUNT}:function:echo`,
    );
  });

  it('come from an object in S3, with the rights of the caller', async () => {
    const caller = cloud.test.caller();
    await cloud.test.cloud.call(
      's3',
      'CreateBucket',
      { Bucket: 'assets', CreateBucketConfiguration: { LocationConstraint: REGION } },
      caller,
    );
    await cloud.test.cloud.call('s3', 'PutObject', { Bucket: 'assets', Key: 'echo.zip', Body: zipFile({ 'index.js': ECHO }) }, caller);
    await cloud.create('echo', ECHO, { Code: { S3Bucket: 'assets', S3Key: 'echo.zip' } });
    expect((await cloud.invoke('echo', { from: 's3' })).payload).toEqual({ from: 's3' });
    expect(await refusal(cloud.create('absent', ECHO, { Code: { S3Bucket: 'assets', S3Key: 'no.zip' } }))).toContain(
      'S3 Error Code: NoSuchKey',
    );

    await cloud.allow({ Action: ['lambda:CreateFunction', 'iam:PassRole', 'logs:*'], Resource: '*' });
    const { accessKeyId, secretAccessKey, sessionToken } = assumeRole(cloud.test.cloud, {
      roleArn: ROLE,
      sessionName: 'deploy',
      servicePrincipal: 'lambda.amazonaws.com',
    });
    const asRole = new LambdaClient({ ...cloud.test.client, credentials: { accessKeyId, secretAccessKey, sessionToken } });
    const create = (more: object) =>
      refusal(
        asRole.send(
          new CreateFunctionCommand({
            FunctionName: 'mine',
            Runtime: 'nodejs24.x',
            Handler: 'index.handler',
            Role: ROLE,
            Code: { S3Bucket: 'assets', S3Key: 'echo.zip' },
            ...more,
          }),
        ),
      );
    expect(await create({})).toMatch(/^AccessDeniedException: Your access has been denied by S3/);
    expect(await create({ Tags: { a: 'b' } })).toContain('lambda:TagResource');
    await cloud.allow({ Action: ['lambda:CreateFunction', 's3:GetObject', 'logs:*'], Resource: '*' });
    expect(await create({})).toContain(`iam:PassRole on resource: ${ROLE}`);
  });

  it.each([
    ['a runtime that is not carried out', { Runtime: 'python3.13' as const }, /NotCarriedOut: .*"python3.13"/],
    ['a member that is not carried out', { Layers: ['arn:aws:lambda:us-east-2:111122223333:layer:x:1'] }, /NotCarriedOut: .*"Layers"/],
    ['a role that Lambda may not assume', { Role: `arn:aws:iam::${ACCOUNT}:role/nobody` }, /cannot be assumed by Lambda/],
    ['a reserved variable', { Environment: { Variables: { AWS_REGION: 'x' } } }, /reserved keys.*AWS_REGION/],
    ['too large an environment', { Environment: { Variables: { LARGE: 'x'.repeat(4096) } } }, /4KB limit/],
    ['a timeout over 15 minutes', { Timeout: 901 }, /ValidationException: Timeout/],
    ['levels without JSON', { LoggingConfig: { ApplicationLogLevel: 'INFO' as const } }, /LogFormat is JSON/],
    ['what is no zip file', { Code: { ZipFile: Buffer.from('no zip') } }, /Could not unzip uploaded file/],
  ])('refuse %s', async (_what, more, message) => {
    expect(await refusal(cloud.create('bad', ECHO, more))).toMatch(message);
    expect((await lambda.send(new ListFunctionsCommand({}))).Functions).toEqual([]);
  });

  it('refuse a second one of the same name, a stale revision, and a version that is not there', async () => {
    await cloud.create('echo', ECHO);
    expect(await refusal(cloud.create('echo', ECHO))).toBe('ResourceConflictException: Function already exist: echo');
    expect(
      await refusal(lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'echo', RevisionId: 'old', Timeout: 9 }))),
    ).toMatch(/^PreconditionFailedException/);
    expect(await refusal(lambda.send(new InvokeCommand({ FunctionName: 'echo', Qualifier: '7' })))).toMatch(
      /^ResourceNotFoundException: .*:echo:7/,
    );
    const latest = await lambda.send(new InvokeCommand({ FunctionName: 'echo:$LATEST', Payload: '3' }));
    expect({ text: latest.Payload?.transformToString(), version: latest.ExecutedVersion }).toEqual({ text: '3', version: '$LATEST' });
  });

  it('outlive a restart, apart by region', async () => {
    await cloud.create('echo', ECHO);
    await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName: 'echo', ReservedConcurrentExecutions: 3 }));
    const elsewhere = new LambdaClient({ ...cloud.test.client, region: 'eu-central-1' });
    expect((await elsewhere.send(new ListFunctionsCommand({}))).Functions).toEqual([]);
    cloud = lambdaCloud(await cloud.test.restart());
    expect((await cloud.invoke('echo', 'still there')).payload).toBe('still there');
    const { ReservedConcurrentExecutions } = await cloud.lambda.send(new GetFunctionConcurrencyCommand({ FunctionName: 'echo' }));
    expect(ReservedConcurrentExecutions).toBe(3);
  });
});

describe('invocation', () => {
  it('checks the payload', async () => {
    await cloud.create('echo', ECHO);
    const send = (Payload: string, InvocationType: 'RequestResponse' | 'Event' | 'DryRun' = 'RequestResponse') =>
      lambda.send(new InvokeCommand({ FunctionName: 'echo', Payload, InvocationType }));
    expect(await refusal(send('{"a":'))).toMatch(/^InvalidRequestContentException/);
    expect(await refusal(send(`"${'x'.repeat(1024 * 1024)}"`, 'Event'))).toMatch(/^RequestTooLargeException/);
    expect(await refusal(send(`"${'x'.repeat(6 * 1024 * 1024)}"`))).toMatch(/^RequestTooLargeException/);
    expect((await send('1', 'DryRun')).StatusCode).toBe(204);
    expect((await send('1', 'Event')).StatusCode).toBe(202);
  });

  it('hands on the client context and the trace', async () => {
    await cloud.create(
      'context',
      'exports.handler = async (event, { clientContext }) => ({ clientContext, trace: process.env._X_AMZN_TRACE_ID });',
    );
    const trace = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';
    const answer = await cloud.test.cloud.call<{ Payload: Buffer }>(
      'lambda',
      'Invoke',
      { FunctionName: 'context', ClientContext: Buffer.from('{"custom":{"a":1}}').toString('base64') },
      { ...cloud.test.caller(), traceHeader: trace },
    );
    expect(JSON.parse(answer.Payload.toString())).toEqual({
      clientContext: { custom: { a: 1 } },
      trace: expect.stringMatching(/^Root=1-5759e988-bd862e3fe1be46a994272793;Parent=(?!53995c3f42cd8ad8)[0-9a-f]{16};Sampled=1$/),
    });
  });

  it('carries the trace through the function to the calls it makes', async () => {
    await cloud.create(
      'calls',
      "const { LambdaClient, InvokeCommand } = require('@aws-sdk/client-lambda'); const client = new LambdaClient({}); exports.handler = async () => (await client.send(new InvokeCommand({ FunctionName: 'seen' }))).Payload.transformToString();",
      { Timeout: 20 },
    );
    await cloud.create('seen', 'exports.handler = async () => process.env._X_AMZN_TRACE_ID;');
    await cloud.allow(
      { Action: 'logs:*', Resource: '*' },
      { Action: 'lambda:InvokeFunction', Resource: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:seen` },
    );
    const root = 'Root=1-5759e988-bd862e3fe1be46a994272793';
    const answer = await cloud.test.cloud.call<{ Payload: Buffer }>(
      'lambda',
      'Invoke',
      { FunctionName: 'calls' },
      { ...cloud.test.caller(), traceHeader: `${root};Parent=53995c3f42cd8ad8;Sampled=1` },
    );
    expect(answer.Payload.toString()).toContain(root);
  });

  it('is refused to a function whose role has no grant', async () => {
    await cloud.create(
      'calls',
      "const { LambdaClient, InvokeCommand } = require('@aws-sdk/client-lambda'); exports.handler = () => new LambdaClient({}).send(new InvokeCommand({ FunctionName: 'calls' }));",
      { Timeout: 20 },
    );
    expect((await cloud.invoke('calls')).payload).toMatchObject({
      errorType: 'AccessDeniedException',
      errorMessage: expect.stringContaining(
        `arn:aws:sts::${ACCOUNT}:assumed-role/worker/calls is not authorized to perform: lambda:InvokeFunction`,
      ),
    });
  });
});

describe('concurrency', () => {
  it('is bounded by what is reserved', async () => {
    await cloud.create('slow', 'exports.handler = () => new Promise((done) => setTimeout(done, 300));');
    await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName: 'slow', ReservedConcurrentExecutions: 2 }));
    const answers = await Promise.all(Array.from({ length: 5 }, () => refusal(lambda.send(new InvokeCommand({ FunctionName: 'slow' })))));
    expect(answers.filter((answer) => answer === 'no error')).toHaveLength(2);
    expect(answers.filter((answer) => answer === 'TooManyRequestsException: Rate Exceeded.')).toHaveLength(3);
    await lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName: 'slow' }));
    await Promise.all(Array.from({ length: 5 }, () => lambda.send(new InvokeCommand({ FunctionName: 'slow' }))));
  });

  it("may not take the account's last 100", async () => {
    await cloud.create('greedy', ECHO);
    const reserve = (ReservedConcurrentExecutions: number) =>
      lambda.send(new PutFunctionConcurrencyCommand({ FunctionName: 'greedy', ReservedConcurrentExecutions }));
    expect(await refusal(reserve(901))).toContain('below its minimum value of [100]');
    await reserve(900);
    expect((await lambda.send(new GetAccountSettingsCommand({}))).AccountLimit?.UnreservedConcurrentExecutions).toBe(100);
  });
});

describe('settings', () => {
  it('keep tags and how asynchronous events are treated', async () => {
    await cloud.create('echo', ECHO);
    const Resource = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:echo`;
    await lambda.send(new TagResourceCommand({ Resource, Tags: { a: '1', b: '2' } }));
    await lambda.send(new UntagResourceCommand({ Resource, TagKeys: ['a'] }));
    expect((await lambda.send(new ListTagsCommand({ Resource }))).Tags).toEqual({ b: '2' });
    const OnFailure = { Destination: `arn:aws:sqs:${REGION}:${ACCOUNT}:failed` };
    await lambda.send(
      new PutFunctionEventInvokeConfigCommand({ FunctionName: 'echo', MaximumRetryAttempts: 0, DestinationConfig: { OnFailure } }),
    );
    expect(await lambda.send(new GetFunctionEventInvokeConfigCommand({ FunctionName: 'echo' }))).toMatchObject({
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnFailure },
    });
  });

  it('let another service in by the function’s own policy, for one source only', async () => {
    await cloud.create('echo', ECHO);
    const SourceArn = `arn:aws:sns:${REGION}:${ACCOUNT}:events`;
    const asSns = (sourceArn: string) =>
      refusal(
        cloud.test.cloud.call(
          'lambda',
          'Invoke',
          { FunctionName: 'echo', InvocationType: 'Event', Payload: '{}' },
          cloud.test.caller(servicePrincipal('sns.amazonaws.com', ACCOUNT, sourceArn)),
        ),
      );
    expect(await asSns(SourceArn)).toMatch(/^AccessDeniedException/);
    await lambda.send(
      new AddPermissionCommand({
        FunctionName: 'echo',
        StatementId: 'sns',
        Action: 'lambda:InvokeFunction',
        Principal: 'sns.amazonaws.com',
        SourceArn,
      }),
    );
    expect(await asSns(SourceArn)).toBe('no error');
    expect(await asSns(`${SourceArn}2`)).toMatch(/^AccessDeniedException/);
    const { Policy } = await lambda.send(new GetPolicyCommand({ FunctionName: 'echo' }));
    expect(JSON.parse(Policy ?? '')).toEqual({
      Version: '2012-10-17',
      Id: 'default',
      Statement: [
        {
          Sid: 'sns',
          Effect: 'Allow',
          Principal: { Service: 'sns.amazonaws.com' },
          Action: 'lambda:InvokeFunction',
          Resource: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:echo`,
          Condition: { ArnLike: { 'AWS:SourceArn': SourceArn } },
        },
      ],
    });
    await lambda.send(new RemovePermissionCommand({ FunctionName: 'echo', StatementId: 'sns' }));
    expect(await asSns(SourceArn)).toMatch(/^AccessDeniedException/);
    expect(await refusal(lambda.send(new GetPolicyCommand({ FunctionName: 'echo' })))).toMatch(/^ResourceNotFoundException/);
  });
});

it('keeps a tag under any name, and refuses a variable by a bad one', async () => {
  await cloud.create('echo', ECHO);
  const call = (operation: string, input: object) => cloud.test.cloud.call('lambda', operation, input, cloud.test.caller());
  const Resource = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:echo`;
  const named = JSON.parse('{"__proto__":"a","constructor":"b"}') as object;
  await call('TagResource', { Resource, Tags: named });
  expect(JSON.stringify(await call('ListTags', { Resource }))).toBe('{"Tags":{"__proto__":"a","constructor":"b"}}');
  await expect(call('TagResource', { Resource, Tags: { ['k'.repeat(129)]: 'v' } })).rejects.toMatchObject({ name: 'ValidationException' });
  const Environment = { Variables: named };
  await expect(call('UpdateFunctionConfiguration', { FunctionName: 'echo', Environment })).rejects.toMatchObject({
    name: 'ValidationException',
  });
});
