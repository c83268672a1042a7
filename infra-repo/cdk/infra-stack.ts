import { readFileSync } from 'node:fs';
import { parameterNames } from '@enstratus/contract';
import { type Deployment, publishParameter } from '@enstratus/platform/cdk';
import { contractVersionParameterName } from '@enstratus/platform/pipeline';
import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { z } from 'zod';
import { Buckets } from './buckets.ts';
import { InfraAlarms } from './infra-alarms.ts';
import { People } from './people.ts';
import { Site } from './site.ts';
import type { SiteDomain } from './site-domain.ts';
import { SystemTable } from './table.ts';
import { Topics } from './topics.ts';

export interface InfraStackProps extends Deployment {
  /** None where nothing is said: the dashboard is then reached under the name that CloudFront gives. */
  readonly site?: SiteDomain | undefined;
}

const contractManifest = new URL('../packages/contract/package.json', import.meta.url);

/** The global stack: what every repo uses and none of them owns. */
export class InfraStack extends Stack {
  /** For the smoke test of the stages. */
  readonly issuer: CfnOutput;

  constructor(scope: Construct, id: string, { stage, env, site: domain }: InfraStackProps) {
    super(scope, id, {
      // The same in every stage: a pipeline's stages would put their own name before it.
      stackName: id,
      env,
      description: 'ENStratus: table, people, topics, buckets and site hosting that all repos share',
      terminationProtection: stage === 'prod',
      tags: { system: 'enstratus', repo: 'infra-repo', stage },
    });
    const { table } = new SystemTable(this, 'Data');
    const { userPool, client, addClaims } = new People(this, 'People', { tableName: table.tableName });
    const { deviceEvents, alarms } = new Topics(this, 'Topics');
    const { archive, quarantine } = new Buckets(this, 'Buckets');
    const site = new Site(this, 'Site', { userPool, domain });
    new InfraAlarms(this, 'Watch', { table, deviceEvents, addClaims, topic: alarms });
    new CfnOutput(this, 'SiteDomainName', {
      description: "CloudFront's name of the dashboard, to which a domain of our own leads by an alias record",
      value: site.distribution.distributionDomainName,
    });
    this.issuer = new CfnOutput(this, 'UserPoolIssuer', {
      description: 'Who issues the tokens of people',
      value: userPool.userPoolProviderUrl,
    });
    const publish = (name: string, value: string, description: string) => publishParameter(this, name, value, description);
    publish(
      parameterNames.tableName,
      table.tableName,
      'The one table of the system. A restore makes a new one: this is what is changed then',
    );
    publish(parameterNames.tableArn, table.tableArn, 'The table, for grants');
    publish(parameterNames.userPoolId, userPool.userPoolId, 'The people of the dashboard');
    publish(parameterNames.userPoolArn, userPool.userPoolArn, 'The user pool, for grants');
    publish(parameterNames.userPoolClientId, client.userPoolClientId, 'With which the dashboard signs people in');
    publish(parameterNames.userPoolIssuer, userPool.userPoolProviderUrl, 'Who issues the tokens: their iss, with the keys below it');
    publish(parameterNames.deviceEventsTopicArn, deviceEvents.topicArn, 'Where it is told what happens to devices');
    publish(parameterNames.alarmsTopicArn, alarms.topicArn, 'Where it is told what goes wrong here');
    publish(parameterNames.archiveBucketName, archive.bucketName, 'Documents kept for good');
    publish(parameterNames.quarantineBucketName, quarantine.bucketName, 'Documents that could not be understood, for 90 days');
    publish(parameterNames.siteBucketName, site.bucket.bucketName, 'Where the files of the dashboard are put');
    publish(parameterNames.siteUrl, site.url, 'Where people open the dashboard');
    const { version } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(contractManifest, 'utf8')));
    publish(
      contractVersionParameterName,
      version,
      "The version of the contract that is deployed here: other repos' stages wait for theirs",
    );
  }
}
