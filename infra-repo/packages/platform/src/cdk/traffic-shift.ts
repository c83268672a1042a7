import { Duration, Lazy, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IAlarm, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnApplication, CfnDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Alias,
  type CfnAlias,
  type CfnFunction,
  type CfnVersion,
  type IVersion,
  type Function as LambdaFunction,
} from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { z } from 'zod';
import { acknowledge, setting } from './service-app.ts';

/** The predefined ways from one version to the next (AWS CodeDeploy User Guide, "Predefined deployment configurations for an AWS Lambda compute platform"). */
const shifts = z.enum([
  'AllAtOnce',
  'Canary10Percent5Minutes',
  'Canary10Percent10Minutes',
  'Canary10Percent15Minutes',
  'Canary10Percent30Minutes',
  'Linear10PercentEvery1Minute',
  'Linear10PercentEvery2Minutes',
  'Linear10PercentEvery3Minutes',
  'Linear10PercentEvery10Minutes',
]);

/** The name under which a function is called by everybody: it points at a version, and for the time of a deployment at two. */
export const liveAlias = 'live';

/**
 * The alias `live` of a function, and how it goes over to a new version: a tenth of the calls for five minutes, then all of them, unless the setting `trafficShift` says
 * another of CodeDeploy's predefined ways. While one of its alarms is in ALARM the alias goes back to the version before, and with it CloudFormation the whole stack. With
 * `AllAtOnce` nothing looks at alarms: it is how a function is mended that fails already, since CodeDeploy begins nothing while one is in ALARM.
 */
export class TrafficShift extends Construct {
  readonly alias: Alias;
  readonly #alarms: IAlarm[] = [];
  readonly #lambda: LambdaFunction;
  readonly #name: string;

  /**
   * @param props.told What the function is told that is known only when it is deployed. CDK makes a new version when the template says something else of the function, and a template says the
   * same when a parameter or a resource behind it has become another: the version's description does not, and a version with another one is a new one ("AWS::Lambda::Version",
   * CloudFormation Template Reference).
   */
  constructor(
    scope: Construct,
    id: string,
    { lambda, name, told }: { readonly lambda: LambdaFunction; readonly name: string; readonly told: () => readonly string[] },
  ) {
    super(scope, id);
    this.#lambda = lambda;
    this.#name = name;
    // CDK's types let a version have no role where they say that it has one: not what exactOptionalPropertyTypes takes.
    this.alias = new Alias(this, 'Live', { aliasName: liveAlias, version: lambda.currentVersion as IVersion });
    (lambda.currentVersion.node.defaultChild as CfnVersion).description = Lazy.string({ produce: () => told().join(' ') || undefined });
    const way = setting(this, 'trafficShift', shifts.default('Canary10Percent5Minutes'));
    const isWatched = way !== 'AllAtOnce';
    const application = sharedApplication(Stack.of(this));
    // One for each function: what a function is told may come from another one's alias, and a role of both would have to be there before and after it.
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('codedeploy.amazonaws.com'),
      description: `What CodeDeploy may do to shift the calls of ${name} to its new versions`,
    });
    role.addToPrincipalPolicy(new PolicyStatement({ actions: ['lambda:GetAlias', 'lambda:UpdateAlias'], resources: [lambda.functionArn] }));
    // AWS's own policy for the service has it ("AWSCodeDeployRoleForLambdaLimited", AWS Managed Policy Reference Guide).
    role.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['lambda:GetProvisionedConcurrencyConfig'], resources: [`${lambda.functionArn}:*`] }),
    );
    role.addToPrincipalPolicy(new PolicyStatement({ actions: ['cloudwatch:DescribeAlarms'], resources: ['*'] }));
    const functionId = Stack.of(this).getLogicalId(lambda.node.defaultChild as CfnFunction);
    acknowledge(role, {
      [`AwsSolutions-IAM5[Resource::<${functionId}.Arn>:*]`]:
        'The number of the version to which calls go over is known only when it is there.',
      'AwsSolutions-IAM5[Resource::*]':
        'CodeDeploy asks for the state of alarms; AWS does not say for which resources it asks, and grants everything in its own policy.',
    });
    const group = new CfnDeploymentGroup(this, 'DeploymentGroup', {
      applicationName: application.ref,
      serviceRoleArn: role.roleArn,
      deploymentConfigName: `CodeDeployDefault.Lambda${way}`,
      deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
      autoRollbackConfiguration: { enabled: true, events: ['DEPLOYMENT_FAILURE', ...(isWatched ? ['DEPLOYMENT_STOP_ON_ALARM'] : [])] },
      alarmConfiguration: {
        enabled: isWatched,
        alarms: Lazy.any({ produce: () => this.#alarms.map(({ alarmName }) => ({ name: alarmName })) }),
      },
    });
    // What it may do must be there before it is first asked to do it.
    group.node.addDependency(role);
    (this.alias.node.defaultChild as CfnAlias).cfnOptions.updatePolicy = {
      codeDeployLambdaAliasUpdate: { applicationName: application.ref, deploymentGroupName: group.ref },
    };
    this.node.addValidation({
      validate: () => (this.#alarms.length > 0 ? [] : [`${this.node.path}: nothing says when a new version is taken back`]),
    });
  }

  /** Takes a new version back while this alarm is in ALARM. */
  takenBackBy(alarm: IAlarm): void {
    this.#alarms.push(alarm);
  }

  /**
   * Takes a new version back when the metric is at the threshold within a minute, by an alarm that tells nobody: the pipeline does, when its stage has failed. One is enough where nothing is said:
   * what a function here throws is nobody's daily business.
   */
  takenBackOn(metric: Metric, threshold = 1): void {
    this.takenBackBy(
      new Alarm(this, 'NewVersionFails', {
        alarmDescription: `${this.#name} fails: a new version of it is taken back. What to do: RUNBOOK.md, "A new version is taken back".`,
        metric: metric.with({ period: Duration.minutes(1), statistic: 'Sum' }),
        threshold,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluationPeriods: 1,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      }),
    );
  }

  /** A metric of Lambda for the calls of the alias ("View metrics for Lambda functions": Resource is the function's name and the alias). */
  metric(metricName: string, dimensions: Readonly<Record<string, string>> = {}): Metric {
    const FunctionName = this.#lambda.functionName;
    return new Metric({
      namespace: 'AWS/Lambda',
      metricName,
      dimensionsMap: { FunctionName, Resource: `${FunctionName}:${liveAlias}`, ...dimensions },
    });
  }

  /** Takes a new version back when a call of it ends with an error; those of the version before don't count (ExecutedVersion is the one that ran). */
  takenBackOnErrors(): void {
    this.takenBackOn(this.metric('Errors', { ExecutedVersion: this.alias.version.version }));
  }
}

/** CodeDeploy's application, which is free and a name for the groups of a stack. */
function sharedApplication(stack: Stack): CfnApplication {
  const id = 'TrafficShifts';
  return (stack.node.tryFindChild(id) as CfnApplication | undefined) ?? new CfnApplication(stack, id, { computePlatform: 'Lambda' });
}
