import { Duration, Stack } from 'aws-cdk-lib';
import { type BuildEnvironment, EventAction, FilterGroup, type ISource, Project, Source } from 'aws-cdk-lib/aws-codebuild';
import { Repository } from 'aws-cdk-lib/aws-codecommit';
import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { CodeBuildProject, SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { DeliveredRepo } from './delivery-names.ts';
import type { Organization } from './organization.ts';
import { packageEnvironment, serviceBuildSpec } from './service-buildspec.ts';
import type { SharedDelivery } from './shared-delivery.ts';

export interface BranchChecksProps {
  readonly organization: Organization;
  readonly repo: DeliveredRepo;
  readonly shared: SharedDelivery;
  readonly environment: BuildEnvironment;
}

/**
 * Builds and tests every push to a branch other than main, and with it every pull request: in CodeCommit their source is a branch of the same repository. Nothing is
 * deployed and nothing is kept; a failure is told like one of the pipeline's. What runs there nobody has reviewed, so it has a role of its own, which reaches no artifact of any
 * pipeline.
 */
export class BranchChecks extends Construct {
  constructor(scope: Construct, id: string, { organization, repo, shared, environment }: BranchChecksProps) {
    super(scope, id);
    const { account } = organization.delivery;
    const project = new Project(this, 'Project', {
      projectName: `${repo}-check`,
      description: `Builds and tests branches of ${repo}`,
      source: this.#source(organization, repo),
      buildSpec: serviceBuildSpec(),
      environment,
      environmentVariables: Object.fromEntries(Object.entries(packageEnvironment(account)).map(([name, value]) => [name, { value }])),
      role: shared.role('checkRoleArn'),
      timeout: Duration.minutes(30),
    });
    if (organization.source.provider === 'CodeCommit') {
      new Rule(this, 'Pushed', {
        description: `Builds and tests what is pushed to a branch of ${repo}`,
        eventPattern: {
          source: ['aws.codecommit'],
          detailType: ['CodeCommit Repository State Change'],
          resources: [Stack.of(this).formatArn({ service: 'codecommit', resource: repo })],
          detail: {
            event: ['referenceCreated', 'referenceUpdated'],
            referenceType: ['branch'],
            referenceName: [{ 'anything-but': ['main'] }],
          },
        },
        targets: [
          new CodeBuildProject(project, { event: RuleTargetInput.fromObject({ sourceVersion: EventField.fromPath('$.detail.commitId') }) }),
        ],
      });
    }
    project.onBuildFailed('Failed', {
      description: `Tells when a branch of ${repo} does not pass`,
      target: new SnsTopic(shared.failures),
    });
  }

  #source({ source }: Organization, repo: DeliveredRepo): ISource {
    if (source.provider === 'CodeCommit')
      return Source.codeCommit({ repository: Repository.fromRepositoryName(this, 'Repository', repo), cloneDepth: 1 });
    return Source.gitHub({
      owner: source.owner,
      repo,
      webhookFilters: [
        FilterGroup.inEventOf(EventAction.PUSH).andBranchIsNot('main'),
        FilterGroup.inEventOf(EventAction.PULL_REQUEST_CREATED, EventAction.PULL_REQUEST_UPDATED),
      ],
    });
  }
}
