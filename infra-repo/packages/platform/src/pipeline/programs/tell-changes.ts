import { writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { z } from 'zod';
import { stacksOfAssembly } from './assembly-stacks.ts';
import { reportOf, summaryOf } from './change-report.ts';
import { stageChanges } from './stage-changes.ts';

const environment = z
  .object({
    REPO: z.string(),
    STAGE: z.string(),
    STAGE_REGION: z.string(),
    ASSEMBLY: z.string(),
    LOOKUP_ROLE_ARN: z.string(),
    COMMIT_ID: z.string(),
    COMMIT_MESSAGE: z.string(),
    APPROVALS_TOPIC_ARN: z.string(),
    NEEDS_CONTRACT: z.string().optional(),
    /** Told by mail before a gate; a stage without one only logs it. */
    IS_GATED: z.enum(['true', 'false']),
    WAIT_MINUTES: z.coerce.number().default(45),
  })
  .parse(process.env);

const credentials = fromTemporaryCredentials({
  params: { RoleArn: environment.LOOKUP_ROLE_ARN, RoleSessionName: `changes-${environment.REPO}` },
});
const there = { region: environment.STAGE_REGION, credentials };
const changes = await stageChanges(
  { cloudFormation: new CloudFormationClient(there), ssm: new SSMClient(there) },
  {
    repo: environment.REPO,
    stage: environment.STAGE,
    stacks: stacksOfAssembly(environment.ASSEMBLY),
    needsContract: environment.NEEDS_CONTRACT,
  },
  { limit_ms: environment.WAIT_MINUTES * 60_000, now: Date.now, pause: setTimeout, say: console.log },
);
const commit = {
  repo: environment.REPO,
  stage: environment.STAGE,
  commit_id: environment.COMMIT_ID,
  message: environment.COMMIT_MESSAGE,
};
const report = reportOf(commit, changes);
console.log(report);
writeFileSync('summary.txt', summaryOf(commit, changes));
if (environment.IS_GATED === 'true') {
  await new SNSClient({}).send(
    new PublishCommand({
      TopicArn: environment.APPROVALS_TOPIC_ARN,
      // 100 characters and 256 KB ("Publish", SNS API Reference).
      Subject: `${environment.REPO} waits for ${environment.STAGE.toUpperCase()}`.slice(0, 100),
      Message: Buffer.from(report).subarray(0, 250_000).toString(),
    }),
  );
}
