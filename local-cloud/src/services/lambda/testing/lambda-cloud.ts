import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateFunctionCommand, type CreateFunctionCommandInput, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Cloud } from '../../../kernel/cloud.ts';
import type { Service } from '../../../kernel/service.ts';
import { ACCOUNT, startTestCloud, type TestCloud } from '../../../testing/test-cloud.ts';
import { createLogs } from '../../logs/logs-service.ts';
import { createSqs } from '../../sqs/sqs-service.ts';
import { createLambda, type LambdaOptions } from '../lambda-service.ts';
import { zipFile } from './zip-file.ts';

export const ROLE = `arn:aws:iam::${ACCOUNT}:role/worker`;

export interface LambdaCloud {
  readonly test: TestCloud;
  readonly lambda: LambdaClient;
  readonly iam: IAMClient;
  /** Creates a function from the source of `index.js`, or from several files. */
  create(name: string, source: string | Readonly<Record<string, string>>, more?: Partial<CreateFunctionCommandInput>): Promise<void>;
  /** Runs it and waits; the payload is parsed. */
  invoke(name: string, event?: unknown): Promise<{ error: string | undefined; payload: unknown; log: string; requestId: string }>;
  /** Replaces what the role `worker` may do. */
  allow(...statements: { Action: string | string[]; Resource: string }[]): Promise<void>;
}

/** A local cloud with IAM, Logs, SQS and Lambda, and a role for functions that may write logs. */
export async function startLambdaCloud(
  options: LambdaOptions & { services?: readonly ((cloud: Cloud) => Service)[]; directory?: string } = {},
): Promise<LambdaCloud> {
  const { services = [], directory, ...lambdaOptions } = options;
  const test = await startTestCloud([createLogs, createSqs, ...services, (cloud) => createLambda(cloud, lambdaOptions)], {
    ...(directory === undefined ? {} : { directory }),
  });
  const started = lambdaCloud(test);
  await started.iam.send(
    new CreateRoleCommand({
      RoleName: 'worker',
      AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      }),
    }),
  );
  await started.allow({ Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'], Resource: '*' });
  return started;
}

/** The same on a cloud that runs already, as after a restart. */
export function lambdaCloud(test: TestCloud): LambdaCloud {
  const lambda = new LambdaClient(test.client);
  const iam = new IAMClient(test.client);
  return {
    test,
    lambda,
    iam,
    create: async (name, source, more = {}) => {
      const files = typeof source === 'string' ? { 'index.js': source } : source;
      await lambda.send(
        new CreateFunctionCommand({
          FunctionName: name,
          Runtime: 'nodejs24.x',
          Handler: 'index.handler',
          Role: ROLE,
          Code: { ZipFile: zipFile(files) },
          Architectures: ['arm64'],
          ...more,
        }),
      );
    },
    invoke: async (name, event) => {
      const answer = await lambda.send(
        new InvokeCommand({
          FunctionName: name,
          LogType: 'Tail',
          ...(event === undefined ? {} : { Payload: Buffer.from(JSON.stringify(event)) }),
        }),
      );
      return {
        error: answer.FunctionError,
        payload: JSON.parse(Buffer.from(answer.Payload ?? '').toString('utf8')) as unknown,
        log: Buffer.from(answer.LogResult ?? '', 'base64').toString('utf8'),
        requestId: answer.$metadata.requestId ?? '',
      };
    },
    allow: async (...statements) => {
      await iam.send(
        new PutRolePolicyCommand({
          RoleName: 'worker',
          PolicyName: 'grants',
          PolicyDocument: JSON.stringify({
            Version: '2012-10-17',
            Statement: statements.map((statement) => ({ Effect: 'Allow', ...statement })),
          }),
        }),
      );
    },
  };
}
