import {
  AddPermissionCommand,
  CreateAliasCommand,
  CreateEventSourceMappingCommand,
  CreateFunctionUrlConfigCommand,
  DeleteAliasCommand,
  DeleteFunctionCommand,
  GetAliasCommand,
  GetFunctionConfigurationCommand,
  GetPolicyCommand,
  InvokeCommand,
  ListAliasesCommand,
  ListFunctionUrlConfigsCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { servicePrincipal } from '../../kernel/principal.ts';
import { ACCOUNT, REGION } from '../../testing/test-cloud.ts';
import type { InvocationRecord } from './invocation.ts';
import type { LambdaService } from './lambda-service.ts';
import { type LambdaCloud, lambdaCloud, startLambdaCloud } from './testing/lambda-cloud.ts';
import { zipFile } from './testing/zip-file.ts';

const ARN = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:f`;
const source = (answer: string) =>
  `exports.handler = (event, context) => Promise.resolve({ answer: '${answer}', version: context.functionVersion, arn: context.invokedFunctionArn, env: process.env.AWS_LAMBDA_FUNCTION_VERSION, stream: context.logStreamName });`;

let cloud: LambdaCloud;
let records: InvocationRecord[];
beforeEach(async () => {
  cloud = await startLambdaCloud();
  records = [];
  (cloud.test.cloud.service('lambda') as LambdaService).onInvocation((record) => records.push(record));
  await cloud.create('f', source('first'));
});
afterEach(() => cloud.test.stop());

const publish = () => cloud.lambda.send(new PublishVersionCommand({ FunctionName: 'f' }));
const change = (answer: string) =>
  cloud.lambda.send(new UpdateFunctionCodeCommand({ FunctionName: 'f', ZipFile: zipFile({ 'index.js': source(answer) }) }));
const alias = (FunctionVersion: string, weights?: Record<string, number>) =>
  cloud.lambda.send(
    new CreateAliasCommand({
      FunctionName: 'f',
      Name: 'live',
      FunctionVersion,
      ...(weights === undefined ? {} : { RoutingConfig: { AdditionalVersionWeights: weights } }),
    }),
  );

it('publishes a copy that stays as it is, and none when nothing has changed', async () => {
  expect(await publish()).toMatchObject({ Version: '1', FunctionArn: `${ARN}:1` });
  expect(await publish()).toMatchObject({ Version: '1' });
  await cloud.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'f', Timeout: 7 }));
  expect(await publish()).toMatchObject({ Version: '2', Timeout: 7 });
  await change('second');
  expect((await cloud.invoke('f:1')).payload).toMatchObject({
    answer: 'first',
    version: '1',
    env: '1',
    arn: `${ARN}:1`,
    stream: expect.stringMatching(/\/\[1\][0-9a-f]{32}$/),
  });
  expect((await cloud.invoke('f')).payload).toMatchObject({ answer: 'second', version: '$LATEST', arn: ARN });
  expect(records.map(({ qualifier, executedVersion, functionArn }) => ({ qualifier, executedVersion, functionArn }))).toEqual([
    { qualifier: '1', executedVersion: '1', functionArn: ARN },
    { qualifier: undefined, executedVersion: '$LATEST', functionArn: ARN },
  ]);
  const { Versions } = await cloud.lambda.send(new ListVersionsByFunctionCommand({ FunctionName: 'f' }));
  expect(Versions?.map(({ Version, FunctionArn }) => [Version, FunctionArn])).toEqual([
    ['$LATEST', `${ARN}:$LATEST`],
    ['1', `${ARN}:1`],
    ['2', `${ARN}:2`],
  ]);
  const { Version, Timeout } = await cloud.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: 'f', Qualifier: '1' }));
  expect({ Version, Timeout }).toEqual({ Version: '1', Timeout: 3 });
});

it('deletes a version that no alias names, and never gives its number again', async () => {
  await publish();
  await change('second');
  await publish();
  await alias('2');
  await expect(cloud.lambda.send(new DeleteFunctionCommand({ FunctionName: 'f', Qualifier: '2' }))).rejects.toMatchObject({
    name: 'ResourceConflictException',
  });
  await cloud.lambda.send(new DeleteFunctionCommand({ FunctionName: 'f', Qualifier: '1' }));
  await expect(cloud.invoke('f:1')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  await cloud.lambda.send(new DeleteFunctionCommand({ FunctionName: 'f' }));
  await cloud.create('f', source('anew'));
  expect(await publish()).toMatchObject({ Version: '3' });
});

it('answers an alias by the weights of its versions, anew for each invocation', async () => {
  await publish();
  await change('second');
  await publish();
  expect(await alias('1', { '2': 0.25 })).toMatchObject({
    AliasArn: `${ARN}:live`,
    RoutingConfig: { AdditionalVersionWeights: { '2': 0.25 } },
  });
  for (let n = 0; n < 200; n += 1) await cloud.invoke('f:live');
  const second = records.filter(({ executedVersion }) => executedVersion === '2').length;
  // 200 draws of 0.25: beyond 20 to 85 in fewer than one run in a million.
  expect(second).toBeGreaterThan(20);
  expect(second).toBeLessThan(85);
  expect(records.every(({ qualifier }) => qualifier === 'live')).toBe(true);

  await cloud.lambda.send(new UpdateAliasCommand({ FunctionName: 'f', Name: 'live', FunctionVersion: '2', RoutingConfig: {} }));
  const answer = await cloud.lambda.send(new InvokeCommand({ FunctionName: `${ARN}:live` }));
  expect(answer.ExecutedVersion).toBe('2');
  expect(JSON.parse(Buffer.from(answer.Payload ?? '').toString())).toMatchObject({ arn: `${ARN}:live`, version: '2' });
  expect(await cloud.lambda.send(new GetAliasCommand({ FunctionName: 'f', Name: 'live' }))).not.toHaveProperty('RoutingConfig');
  expect((await cloud.lambda.send(new ListAliasesCommand({ FunctionName: 'f', FunctionVersion: '2' }))).Aliases).toHaveLength(1);
});

it('refuses aliases that Lambda refuses', async () => {
  await publish();
  await expect(alias('9')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  await expect(alias('$LATEST', { '1': 0.1 })).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
  await expect(alias('1', { '1': 0.1 })).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
  await alias('1');
  await expect(alias('1')).rejects.toMatchObject({ name: 'ResourceConflictException' });
  await expect(
    cloud.lambda.send(new UpdateAliasCommand({ FunctionName: 'f', Name: 'live', RevisionId: 'other', FunctionVersion: '1' })),
  ).rejects.toMatchObject({ name: 'PreconditionFailedException' });
});

it('keeps a policy for the function and one for each alias, of which neither holds for the other', async () => {
  await publish();
  await alias('1');
  const permission = { StatementId: 's', Action: 'lambda:InvokeFunction', Principal: 'sns.amazonaws.com' };
  await cloud.lambda.send(new AddPermissionCommand({ FunctionName: 'f', Qualifier: 'live', ...permission }));
  const sns = { principal: servicePrincipal('sns.amazonaws.com', ACCOUNT, 'arn:aws:sns:us-east-2:1:t'), account: ACCOUNT, region: REGION };
  const invoke = (FunctionName: string) => cloud.test.cloud.call('lambda', 'Invoke', { FunctionName }, sns);
  await expect(invoke(`${ARN}:live`)).resolves.toMatchObject({ StatusCode: 200 });
  for (const other of [ARN, `${ARN}:1`]) await expect(invoke(other)).rejects.toMatchObject({ code: 'AccessDeniedException' });
  await expect(cloud.lambda.send(new GetPolicyCommand({ FunctionName: 'f' }))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  const { Policy = '' } = await cloud.lambda.send(new GetPolicyCommand({ FunctionName: 'f', Qualifier: 'live' }));
  expect(JSON.parse(Policy)).toMatchObject({ Statement: [{ Sid: 's', Resource: `${ARN}:live` }] });
  await expect(
    cloud.lambda.send(new AddPermissionCommand({ FunctionName: 'f', Qualifier: '$LATEST', ...permission })),
  ).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
});

it("serves an alias' URL and queue by the alias, also after the cloud was started again", async () => {
  await publish();
  await alias('1');
  const { FunctionUrl = '', FunctionArn } = await cloud.lambda.send(
    new CreateFunctionUrlConfigCommand({ FunctionName: ARN, Qualifier: 'live', AuthType: 'NONE' }),
  );
  expect(FunctionArn).toBe(`${ARN}:live`);
  for (const [StatementId, Action, more] of [
    ['url', 'lambda:InvokeFunctionUrl', { FunctionUrlAuthType: 'NONE' }],
    ['invoke', 'lambda:InvokeFunction', { InvokedViaFunctionUrl: true }],
  ] as const) {
    await cloud.lambda.send(new AddPermissionCommand({ FunctionName: `${ARN}:live`, StatementId, Action, Principal: '*', ...more }));
  }
  await cloud.allow({ Action: ['logs:*', 'sqs:*'], Resource: '*' });
  const sqs = new SQSClient(cloud.test.client);
  await sqs.send(new CreateQueueCommand({ QueueName: 'q' }));
  const mapping = await cloud.lambda.send(
    new CreateEventSourceMappingCommand({ FunctionName: `${ARN}:live`, EventSourceArn: `arn:aws:sqs:${REGION}:${ACCOUNT}:q` }),
  );
  expect(mapping.FunctionArn).toBe(`${ARN}:live`);
  await change('second');
  expect(await (await fetch(FunctionUrl)).json()).toMatchObject({ answer: 'first', version: '1', arn: `${ARN}:live` });

  const path = new URL(FunctionUrl).pathname;
  cloud = lambdaCloud(await cloud.test.restart());
  (cloud.test.cloud.service('lambda') as LambdaService).onInvocation((record) => records.push(record));
  expect(await (await fetch(`${cloud.test.cloud.endpoint}${path}`)).json()).toMatchObject({ answer: 'first', version: '1' });
  await new SQSClient(cloud.test.client).send(
    new SendMessageCommand({ QueueUrl: `${cloud.test.cloud.endpoint}/${ACCOUNT}/q`, MessageBody: 'x' }),
  );
  await vi.waitFor(
    () => expect(records).toContainEqual(expect.objectContaining({ source: 'sqs', executedVersion: '1', qualifier: 'live' })),
    5000,
  );

  const urls = await cloud.lambda.send(new ListFunctionUrlConfigsCommand({ FunctionName: 'f' }));
  expect(urls.FunctionUrlConfigs).toHaveLength(1);
  await cloud.lambda.send(new DeleteAliasCommand({ FunctionName: 'f', Name: 'live' }));
  expect((await fetch(`${cloud.test.cloud.endpoint}${path}`)).status).toBe(404);
});
