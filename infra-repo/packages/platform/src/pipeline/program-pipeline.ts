import { Duration, Stack } from 'aws-cdk-lib';
import { BuildEnvironmentVariableType } from 'aws-cdk-lib/aws-codebuild';
import { type IRole, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CodeBuildStep, type Step } from 'aws-cdk-lib/pipelines';
import type { Construct } from 'constructs';
import type { DeliveredRepo } from './delivery-names.ts';
import { DeliveryPipeline, kebab, shownStage } from './delivery-pipeline.ts';
import { deliveryProgram, overtakeProgram } from './delivery-program.ts';
import { approval, overtaking } from './gate-steps.ts';
import type { Organization, OrganizationStage } from './organization.ts';

/** A program and the name of its step: `Release` is `DevRelease` in the stage Dev. */
export interface StageProgram {
  readonly step: string;
  /** Its file, which is bundled with all it imports. */
  readonly entry: URL;
}

export interface ProgramPipelineProps {
  readonly organization: Organization;
  readonly repo: DeliveredRepo;
  /** Brings what was built to a stage, and fails, having put back what was there, when it doesn't work. */
  readonly brings: StageProgram;
  /** Tells what `brings` would change, on its standard output and to the approvals' topic, and writes `summary.txt`: at most 1,000 characters for who decides. */
  readonly tells: StageProgram;
  /** Environment variables of both programs, by stage. */
  readonly environment: (stage: OrganizationStage) => Readonly<Record<string, string>>;
  /** Names of SSM parameters of the delivery account that both programs read, by environment variables: CodeBuild puts their values in when a build begins. */
  readonly parameters: Readonly<Record<string, string>>;
  /** How long `brings` may take; 45 minutes unless told. */
  readonly timeout?: Duration;
}

/**
 * The pipeline of a repo whose stages are no stacks: what it makes goes somewhere else than to AWS, by a program. As in a service's pipeline it builds, tests and updates itself, and a gate stands
 * before every stage but the first. A stage that fails stays as `brings` leaves it; by hand it goes back like any other. Its programs run with a role of this pipeline alone: it reads these parameters, tells approvers, and sees its own pipeline's executions; it has no
 * right in any stage's account.
 *
 * Both programs are told, besides what the repo says: STAGE, COMMIT_ID, COMMIT_MESSAGE, APPROVALS_TOPIC_ARN, PIPELINE_NAME and EXECUTION_ID.
 */
export class ProgramPipeline extends DeliveryPipeline {
  constructor(scope: Construct, id: string, props: ProgramPipelineProps) {
    const { organization, repo, brings, tells, timeout = Duration.minutes(45) } = props;
    super(scope, id, props);
    const { shared, source, assembly, pipeline } = this;
    const role = this.#role(repo, Object.values(props.parameters));
    const overtake = overtakeProgram(this);
    const commands = {
      brings: deliveryProgram(this, kebab(brings.step), brings.entry),
      tells: deliveryProgram(this, kebab(tells.step), tells.entry),
    };
    const step = (name: string, target: OrganizationStage, lines: string[], most: Duration) =>
      new CodeBuildStep(name, {
        input: assembly,
        commands: lines,
        role,
        timeout: most,
        buildEnvironment: {
          environmentVariables: Object.fromEntries(
            Object.entries(props.parameters).map(([variable, value]) => [
              variable,
              { type: BuildEnvironmentVariableType.PARAMETER_STORE, value },
            ]),
          ),
        },
        env: {
          ...props.environment(target),
          STAGE: target.stage,
          COMMIT_ID: source.sourceAttribute('CommitId'),
          COMMIT_MESSAGE: source.sourceAttribute('CommitMessage'),
          APPROVALS_TOPIC_ARN: shared.approvals.topicArn,
          PIPELINE_NAME: repo,
          // "Variables", CodePipeline User Guide: of every execution.
          EXECUTION_ID: '#{codepipeline.PipelineExecutionId}',
        },
      });
    const names = organization.stages.map(({ stage }) => shownStage[stage]);
    for (const [index, target] of organization.stages.entries()) {
      const name = shownStage[target.stage];
      const post: Step[] = [step(`${name}${brings.step}`, target, [commands.brings], timeout)];
      const next = names[index + 1];
      if (next !== undefined)
        post.push(overtaking(name, { repo, shared, assembly, command: overtake, gateStage: `Approve${next}`, after: post.at(-1) }));
      if (index > 0) {
        // A stage of its own: going back must not wait for somebody who approves it.
        const told = step(`${name}${tells.step}`, target, [commands.tells, 'export SUMMARY="$(cat summary.txt)"'], Duration.minutes(10));
        pipeline.addWave(`Approve${name}`, { post: [told, approval(name, told, shared)] });
      }
      pipeline.addWave(name, { post });
    }
    // The program puts back what it found. CodePipeline would go to the newest execution that went through: after a rollback by hand the one that somebody has just taken back.
    this.finish({ goesBack: false });
  }

  /** Has no more than what is said here: CDK would add rights for each project that it makes. */
  #role(repo: DeliveredRepo, parameters: readonly string[]): IRole {
    const { region, account } = Stack.of(this);
    const { artifacts, approvals } = this.shared;
    const logs = `arn:aws:logs:${region}:${account}:log-group:/aws/codebuild/*`;
    const allow = (actions: string[], resources: string[]) => new PolicyStatement({ actions, resources });
    const role = new Role(this, 'ProgramRole', {
      description: `Brings ${repo} to its stages`,
      assumedBy: new ServicePrincipal('codebuild.amazonaws.com'),
      inlinePolicies: {
        Programs: new PolicyDocument({
          statements: [
            allow(['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'], [logs]),
            allow(['s3:GetObject', 's3:GetObjectVersion'], [artifacts.arnForObjects('*')]),
            allow(['s3:GetBucketLocation', 's3:ListBucket'], [artifacts.bucketArn]),
            allow(['kms:Decrypt', 'kms:DescribeKey'], [artifacts.encryptionKey?.keyArn ?? '']),
            allow(
              ['ssm:GetParameters'],
              parameters.map((name) => `arn:aws:ssm:${region}:${account}:parameter${name}`),
            ),
            allow(['sns:Publish'], [approvals.topicArn]),
            allow(['codepipeline:GetPipelineExecution'], [`arn:aws:codepipeline:${region}:${account}:${repo}`]),
          ],
        }),
      },
    });
    return role.withoutPolicyUpdates();
  }
}
