import { publishParameter } from '@enstratus/platform/cdk';
import { deliveredRepos, deliveryParameterNames, type Organization } from '@enstratus/platform/pipeline';
import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-codecommit';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { CfnTopic } from 'aws-cdk-lib/aws-sns';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { Artifacts } from './artifacts.ts';
import { BuildRoles } from './build-roles.ts';
import { Packages } from './packages.ts';
import { People } from './people.ts';

/** AWS's own image for arm64, on which a build minute costs least ("Docker images provided by CodeBuild"). */
const buildImage = 'aws/codebuild/amazonlinux-aarch64-standard:3.0';

/**
 * Day 0 of the delivery account, deployed once by hand: what every repo's pipeline needs before there is one. It holds the registry of the shared packages too, so that
 * infra-repo, which publishes them, waits for nobody.
 */
export class DeliveryStack extends Stack {
  constructor(scope: Construct, id: string, organization: Organization) {
    super(scope, id, {
      stackName: id,
      env: { account: organization.delivery.account, region: organization.region },
      description: 'ENStratus: repositories, package registry, and what all pipelines share',
      terminationProtection: true,
      tags: { system: 'enstratus', repo: 'infra-repo' },
    });
    if (organization.source.provider === 'CodeCommit') {
      for (const repositoryName of deliveredRepos) {
        const repository = new Repository(this, `Repository-${repositoryName}`, {
          repositoryName,
          description: `ENStratus: ${repositoryName}`,
        });
        // It holds what nobody else holds.
        repository.applyRemovalPolicy(RemovalPolicy.RETAIN);
      }
    }
    const packages = new Packages(this, 'Packages');
    const artifacts = new Artifacts(this, 'Artifacts', organization);
    const approvals = this.#topic('Approvals', 'ENStratus approvals');
    const failures = this.#topic('Failures', 'ENStratus failed pipelines');
    failures.grantPublish(new ServicePrincipal('events.amazonaws.com'));
    const roles = new BuildRoles(this, 'Roles', { organization, artifacts, packages, approvals });
    new People(this, 'People', { approvals });
    const publish = (name: keyof typeof deliveryParameterNames, value: string, description: string) =>
      publishParameter(this, deliveryParameterNames[name], value, description);
    publish('artifactsBucketName', artifacts.bucket.bucketName, 'Where pipelines hand on what they build');
    publish('artifactsKeyArn', artifacts.key.keyArn, 'With which that is encrypted: the accounts of all stages read it');
    publish('buildImage', buildImage, 'In which everything is built');
    publish('buildRoleArn', roles.build.roleArn, 'Installs, tests and synthesizes');
    publish('changesRoleArn', roles.changes.roleArn, 'Reads what is deployed, and tells what would change');
    publish('checkRoleArn', roles.check.roleArn, 'Tests what is pushed to branches');
    publish('overtakeRoleArn', roles.overtake.roleArn, 'Ends what waits at a gate when something newer comes');
    publish('publishRoleArn', roles.publish.roleArn, 'Publishes the shared packages');
    publish('smokeRoleArn', roles.smoke.roleArn, 'Asks from outside whether it works');
    publish('approvalsTopicArn', approvals.topicArn, 'Where it is told what waits at a gate');
    publish('failuresTopicArn', failures.topicArn, 'Where it is told what failed');
  }

  #topic(id: string, displayName: string): Topic {
    const topic = new Topic(this, id, { displayName, enforceSSL: true });
    // A new logical id would mean a new topic, to which nobody has subscribed.
    (topic.node.defaultChild as CfnTopic).overrideLogicalId(`${id}Topic`);
    return topic;
  }
}
