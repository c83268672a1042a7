import { fileURLToPath } from 'node:url';
import { parameterNames } from '@enstratus/contract';
import {
  type BuildSite,
  type Deployment,
  HurtAlarm,
  publishParameter,
  readParameter,
  ServiceFunction,
  SiteHosting,
  siteAsset,
} from '@enstratus/platform/cdk';
import { deployedBuildsName } from '@enstratus/platform/site';
import { CfnOutput, CustomResource, Duration, Stack } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { buildSite } from '../site/build.ts';
import { contentSecurityPolicy } from './content-security-policy.ts';

export interface DocsStackProps extends Deployment {
  /** How the site is built: from this repo's Markdown where nothing is said. */
  readonly build?: BuildSite;
}

/** The pages of this repo: built at synthesis, put into a bucket of their own by a function when the stack is deployed, served by CloudFront. */
export class DocsStack extends Stack {
  /** For the smoke test of the stages. */
  readonly siteUrl: CfnOutput;

  constructor(scope: Construct, id: string, { stage, env, build = (directory) => void buildSite(directory) }: DocsStackProps) {
    super(scope, id, {
      // The same in every stage: a pipeline's stages would put their own name before it.
      stackName: id,
      env,
      description: 'ENStratus: how it works and why, as a site',
      terminationProtection: stage === 'prod',
      tags: { system: 'enstratus', repo: 'docs', stage },
    });
    const hosting = new SiteHosting(this, 'Hosting', {
      name: 'docs',
      bucketLogicalId: 'DocsBucket',
      contentSecurityPolicy,
      filledBy: 'docs',
      whyEverywhere: 'Whoever works with ENStratus reads it wherever they are.',
    });
    const site = siteAsset(this, 'Build', { source: fileURLToPath(new URL('../site', import.meta.url)), build });
    const deployDocs = new ServiceFunction(this, 'DeployDocs', {
      repo: 'docs',
      name: 'deploy-docs',
      entry: fileURLToPath(new URL('../src/deployment/deploy-docs.lambda.ts', import.meta.url)),
      description: 'Puts a build of the docs into the bucket of their site',
      asynchronous: true,
      timeout: Duration.minutes(2),
      memory_mib: 512,
    })
      .readsObject(site.s3BucketName, site.s3ObjectKey)
      .fillsBucket(hosting.bucket.bucketName, { remembersIn: deployedBuildsName });
    new CustomResource(this, 'Site', {
      resourceType: 'Custom::Site',
      serviceToken: deployDocs.lambda.functionArn,
      // Longer than Lambda's three tries: one that comes late must not undo a later deployment.
      serviceTimeout: Duration.minutes(12),
      properties: { BuildBucketName: site.s3BucketName, BuildKey: site.s3ObjectKey, SiteBucketName: hosting.bucket.bucketName },
    });
    if (deployDocs.deadLetters === undefined) throw new Error('deploy-docs is called asynchronously and so has dead letters');
    new HurtAlarm(this, 'DeployDocsDead', {
      hurts: 'A new version of the docs was not deployed: its deployment hangs, and people go on reading the version before.',
      runbook: 'The docs were not deployed',
      metric: deployDocs.deadLetters.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5), statistic: 'Maximum' }),
      threshold: 1,
      topic: Topic.fromTopicArn(this, 'AlarmsTopic', readParameter(this, parameterNames.alarmsTopicArn)),
    });
    publishParameter(this, parameterNames.docsUrl, hosting.url, 'Where people read how it works');
    this.siteUrl = new CfnOutput(this, 'DocsUrl', { value: hosting.url, description: 'Where people read how it works' });
  }
}
