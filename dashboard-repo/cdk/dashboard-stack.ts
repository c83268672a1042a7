import { fileURLToPath } from 'node:url';
import { parameterNames } from '@enstratus/contract';
import { type BuildSite, type Deployment, readParameter, ServiceFunction, siteAsset } from '@enstratus/platform/cdk';
import { deployedBuildsName } from '@enstratus/platform/site';
import { CfnOutput, CustomResource, Duration, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { DashboardAlarms } from './dashboard-alarms.ts';
import { buildWithVite } from './site-build.ts';

export interface DashboardStackProps extends Deployment {
  /** How the site is built: with Vite where nothing is said. */
  readonly build?: BuildSite;
}

/** The dashboard: built at synthesis, put into infra-repo's site by a function when the stack is deployed. */
export class DashboardStack extends Stack {
  /** For the smoke test of the stages. */
  readonly siteUrl: CfnOutput;

  constructor(scope: Construct, id: string, { stage, env, build = buildWithVite }: DashboardStackProps) {
    super(scope, id, {
      // The same in every stage: a pipeline's stages would put their own name before it.
      stackName: id,
      env,
      description: 'ENStratus: the dashboard, deployed to its site',
      terminationProtection: stage === 'prod',
      tags: { system: 'enstratus', repo: 'dashboard-repo', stage },
    });
    const siteBucketName = readParameter(this, parameterNames.siteBucketName);
    const site = siteAsset(this, 'Build', { source: fileURLToPath(new URL('../src', import.meta.url)), build });

    const deploySite = new ServiceFunction(this, 'DeploySite', {
      repo: 'dashboard-repo',
      name: 'deploy-site',
      entry: fileURLToPath(new URL('../src/site/deploy-site.lambda.ts', import.meta.url)),
      description: 'Puts a build of the dashboard into the bucket of its site',
      asynchronous: true,
      timeout: Duration.minutes(2),
      memory_mib: 512,
    })
      .readsObject(site.s3BucketName, site.s3ObjectKey)
      .fillsBucket(siteBucketName, { remembersIn: deployedBuildsName });

    new CustomResource(this, 'Site', {
      resourceType: 'Custom::Site',
      serviceToken: deploySite.lambda.functionArn,
      // Longer than Lambda's three tries: one that comes late must not undo a later deployment.
      serviceTimeout: Duration.minutes(12),
      properties: {
        BuildBucketName: site.s3BucketName,
        BuildKey: site.s3ObjectKey,
        SiteBucketName: siteBucketName,
        Configuration: {
          region: this.region,
          user_pool_id: readParameter(this, parameterNames.userPoolId),
          user_pool_client_id: readParameter(this, parameterNames.userPoolClientId),
          user_pool_issuer: readParameter(this, parameterNames.userPoolIssuer),
          graphql_url: readParameter(this, parameterNames.graphqlUrl),
          graphql_realtime_url: readParameter(this, parameterNames.graphqlRealtimeUrl),
        },
      },
    });

    new DashboardAlarms(this, 'Alarms', { alarmsTopicArn: readParameter(this, parameterNames.alarmsTopicArn), deploySite });
    this.siteUrl = new CfnOutput(this, 'SiteUrl', {
      value: readParameter(this, parameterNames.siteUrl),
      description: 'Where people open the dashboard',
    });
  }
}
