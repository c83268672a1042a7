import {
  type AlarmConfiguration,
  type AutoRollbackConfiguration,
  CodeDeployClient,
  CreateApplicationCommand,
  CreateDeploymentCommand,
  CreateDeploymentGroupCommand,
  type DeploymentInfo,
  GetDeploymentCommand,
} from '@aws-sdk/client-codedeploy';
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateAliasCommand, GetAliasCommand, PublishVersionCommand, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { expect, vi } from 'vitest';
import type { Cloud } from '../../../kernel/cloud.ts';
import type { ServiceEvent } from '../../../kernel/service-event.ts';
import { ACCOUNT, REGION } from '../../../testing/test-cloud.ts';
import { createCloudWatch } from '../../cloudwatch/cloudwatch-service.ts';
import { type LambdaCloud, lambdaCloud, startLambdaCloud } from '../../lambda/testing/lambda-cloud.ts';
import { createCodeDeploy } from '../codedeploy-service.ts';

export const GROUP = { applicationName: 'app', deploymentGroupName: 'group' };
export const GROUP_ARN = `arn:aws:codedeploy:${REGION}:${ACCOUNT}:deploymentgroup:app/group`;
export const SERVICE_ROLE = `arn:aws:iam::${ACCOUNT}:role/deployer`;
const FUNCTION_ARN = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:f`;
const ALLOWED = [
  { Effect: 'Allow', Action: ['lambda:GetAlias', 'lambda:UpdateAlias'], Resource: FUNCTION_ARN },
  { Effect: 'Allow', Action: 'cloudwatch:DescribeAlarms', Resource: '*' },
];

/** A function `f` whose alias `live` is on version 1, with a version 2 to be deployed, and alarms by the names `a` and `b`. */
export class DeploymentBench {
  lambda: LambdaCloud;
  client: CodeDeployClient;
  readonly events: ServiceEvent[] = [];

  private constructor(lambda: LambdaCloud) {
    this.lambda = lambda;
    this.client = new CodeDeployClient(lambda.test.client);
    lambda.test.cloud.onEvent((event) => this.events.push(event));
  }

  /** `canaryMinute_ms`: how long a minute lasts. */
  static async start(canaryMinute_ms: number): Promise<DeploymentBench> {
    const bench = new DeploymentBench(
      await startLambdaCloud({ services: [createCloudWatch, (cloud: Cloud) => createCodeDeploy(cloud, { canaryMinute_ms })] }),
    );
    const { lambda, iam, create } = bench.lambda;
    await create('f', 'exports.handler = async () => 1;');
    await lambda.send(new PublishVersionCommand({ FunctionName: 'f' }));
    await lambda.send(new CreateAliasCommand({ FunctionName: 'f', Name: 'live', FunctionVersion: '1' }));
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'f', Timeout: 5 }));
    await lambda.send(new PublishVersionCommand({ FunctionName: 'f' }));
    await iam.send(
      new CreateRoleCommand({
        RoleName: 'deployer',
        AssumeRolePolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { Service: 'codedeploy.amazonaws.com' }, Action: 'sts:AssumeRole' }],
        }),
      }),
    );
    await bench.allow(ALLOWED);
    for (const AlarmName of ['a', 'b']) {
      await bench.call('monitoring', 'PutMetricAlarm', {
        AlarmName,
        Namespace: 'Test',
        MetricName: AlarmName,
        Statistic: 'Sum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        TreatMissingData: 'notBreaching',
      });
    }
    return bench;
  }

  /** What the service role may do. */
  async allow(statements: readonly object[]): Promise<void> {
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statements });
    await this.lambda.iam.send(new PutRolePolicyCommand({ RoleName: 'deployer', PolicyName: 'p', PolicyDocument }));
  }

  async group(
    deploymentConfigName: string,
    more: { alarms?: AlarmConfiguration; rollback?: AutoRollbackConfiguration } = {},
  ): Promise<void> {
    await this.client.send(new CreateApplicationCommand({ applicationName: 'app', computePlatform: 'Lambda' }));
    await this.client.send(
      new CreateDeploymentGroupCommand({
        ...GROUP,
        deploymentConfigName,
        serviceRoleArn: SERVICE_ROLE,
        deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
        ...(more.alarms === undefined ? {} : { alarmConfiguration: more.alarms }),
        autoRollbackConfiguration: more.rollback ?? { enabled: true, events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM'] },
      }),
    );
  }

  async deploy(from = '1', to = '2'): Promise<string> {
    const content = JSON.stringify({
      version: 0.0,
      Resources: [
        { f: { Type: 'AWS::Lambda::Function', Properties: { Name: 'f', Alias: 'live', CurrentVersion: from, TargetVersion: to } } },
      ],
    });
    const revision = { revisionType: 'AppSpecContent' as const, appSpecContent: { content } };
    const { deploymentId = '' } = await this.client.send(new CreateDeploymentCommand({ ...GROUP, revision }));
    return deploymentId;
  }

  async info(deploymentId: string): Promise<DeploymentInfo> {
    return (await this.client.send(new GetDeploymentCommand({ deploymentId }))).deploymentInfo ?? {};
  }

  ended(deploymentId: string): Promise<DeploymentInfo> {
    return vi.waitFor(
      async () => {
        const info = await this.info(deploymentId);
        expect(info.status).toMatch(/^(Succeeded|Failed|Stopped)$/);
        return info;
      },
      { timeout: 5000, interval: 20 },
    );
  }

  /** The share of version 2; 1 when the alias is on it. */
  async share(): Promise<number> {
    const { FunctionVersion, RoutingConfig } = await this.lambda.lambda.send(new GetAliasCommand({ FunctionName: 'f', Name: 'live' }));
    return FunctionVersion === '2' ? 1 : (RoutingConfig?.AdditionalVersionWeights?.['2'] ?? 0);
  }

  setAlarm(AlarmName: string, StateValue: string): Promise<unknown> {
    return this.call('monitoring', 'SetAlarmState', { AlarmName, StateValue, StateReason: 'test' });
  }

  call(service: string, operation: string, input: unknown): Promise<unknown> {
    return this.lambda.test.cloud.call(service, operation, input, this.lambda.test.caller());
  }

  async restart(): Promise<void> {
    this.client.destroy();
    this.lambda = lambdaCloud(await this.lambda.test.restart());
    this.client = new CodeDeployClient(this.lambda.test.client);
    this.lambda.test.cloud.onEvent((event) => this.events.push(event));
  }

  async stop(): Promise<void> {
    this.client.destroy();
    await this.lambda.test.stop();
  }
}
