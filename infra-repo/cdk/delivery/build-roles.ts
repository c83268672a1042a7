import { acknowledge } from '@enstratus/platform/cdk';
import { deliveredRepos, type Organization } from '@enstratus/platform/pipeline';
import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Artifacts } from './artifacts.ts';
import type { Packages } from './packages.ts';

export interface BuildRolesProps {
  readonly organization: Organization;
  readonly artifacts: Artifacts;
  readonly packages: Packages;
  readonly approvals: ITopic;
}

/**
 * What builds may do, one role for each kind of build, shared by all repos. Names are fixed: the stages' accounts name them. None of them may change a stage's account: that is
 * done by CDK's own roles there, which trust each pipeline's.
 */
export class BuildRoles extends Construct {
  readonly build: Role;
  readonly changes: Role;
  /** Runs what nobody has reviewed: it may only read code and packages, and write its log. */
  readonly check: Role;
  readonly overtake: Role;
  readonly publish: Role;
  readonly smoke: Role;
  readonly #artifacts: Artifacts;

  constructor(scope: Construct, id: string, { organization, artifacts, packages, approvals }: BuildRolesProps) {
    super(scope, id);
    this.#artifacts = artifacts;
    const { region, account } = Stack.of(this);
    const pullCode = () =>
      new PolicyStatement({
        actions: ['codecommit:GitPull'],
        resources: deliveredRepos.map((repo) => `arn:aws:codecommit:${region}:${account}:${repo}`),
      });
    this.build = this.#role('Build', 'enstratus-build', 'Installs, tests and synthesizes a repo');
    artifacts.grantReadWrite(this.build);
    packages.grantRead(this.build);
    this.build.addToPolicy(pullCode());

    this.check = this.#role('Check', 'enstratus-check', 'Tests what is pushed to branches', ['*-check', '*-check:*']);
    packages.grantRead(this.check);
    this.check.addToPolicy(pullCode());

    this.changes = this.#role('Changes', 'enstratus-changes', 'Tells what a deployment would change');
    artifacts.grantRead(this.changes);
    approvals.grantPublish(this.changes);
    this.changes.addToPolicy(
      new PolicyStatement({
        actions: ['sts:AssumeRole'],
        resources: organization.stages.map((stage) => {
          const there = `${stage.account}-${stage.region ?? organization.region}`;
          return `arn:aws:iam::${stage.account}:role/cdk-hnb659fds-lookup-role-${there}`;
        }),
      }),
    );

    this.overtake = this.#role('Overtake', 'enstratus-overtake', 'Ends what waits at a gate when something newer comes');
    artifacts.grantRead(this.overtake);
    this.overtake.addToPolicy(
      new PolicyStatement({
        actions: ['codepipeline:GetPipelineState', 'codepipeline:StopPipelineExecution'],
        resources: deliveredRepos.map((repo) => `arn:aws:codepipeline:${region}:${account}:${repo}`),
      }),
    );

    this.publish = this.#role('Publish', 'enstratus-publish', 'Publishes the shared packages');
    artifacts.grantRead(this.publish);
    packages.grantPublish(this.publish);

    this.smoke = this.#role('Smoke', 'enstratus-smoke', 'Asks from outside whether a stage works');
    artifacts.grantRead(this.smoke);
  }

  /** A role of builds, which may write the logs of its projects. */
  #role(id: string, roleName: string, description: string, projects: readonly string[] = ['*']): Role {
    const { region, account } = Stack.of(this);
    const logs = projects.map((project) => `arn:aws:logs:${region}:${account}:log-group:/aws/codebuild/${project}`);
    const role = new Role(this, id, { roleName, description, assumedBy: new ServicePrincipal('codebuild.amazonaws.com') });
    role.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: logs,
      }),
    );
    acknowledge(role, {
      ...Object.fromEntries(
        logs.map((group) => [`AwsSolutions-IAM5[Resource::${group}]`, 'Each project writes to a log group named after it']),
      ),
      [`AwsSolutions-IAM5[Resource::${this.#artifacts.everyObject}]`]: 'Artifacts get their names when pipelines run',
      'AwsSolutions-IAM5[Action::kms:GenerateDataKey*]': 'The two forms of one action, on one key',
      'AwsSolutions-IAM5[Action::kms:ReEncrypt*]': 'The two halves of one action, on one key',
      'AwsSolutions-IAM5[Resource::*]': 'sts:GetServiceBearerToken knows no resource; it is bound to CodeArtifact by a condition',
      [`AwsSolutions-IAM5[Resource::arn:aws:codeartifact:${region}:${account}:package/enstratus/packages/npm/enstratus/*]`]:
        'Whoever publishes makes packages of the scope that are not there yet',
    });
    return role;
  }
}
