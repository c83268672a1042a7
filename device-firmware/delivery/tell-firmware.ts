import { writeFileSync } from 'node:fs';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { reportOf, summaryOf } from './firmware-report.ts';
import { readSettings } from './program-settings.ts';

const { settings, particle, project } = readSettings(process.env);
const [versions, devices] = await Promise.all([particle.firmware(), particle.devicesOf(settings.PARTICLE_GROUP)]);
const told = {
  repo: settings.PIPELINE_NAME,
  stage: settings.STAGE,
  group: settings.PARTICLE_GROUP,
  commit_id: settings.COMMIT_ID,
  message: settings.COMMIT_MESSAGE,
  project,
  versions,
  devices,
};
const report = reportOf(told);
console.log(report);
writeFileSync('summary.txt', summaryOf(told));
await new SNSClient({}).send(
  new PublishCommand({
    TopicArn: settings.APPROVALS_TOPIC_ARN,
    // 100 characters and 256 KB ("Publish", SNS API Reference).
    Subject: `${settings.PIPELINE_NAME} waits for ${settings.STAGE.toUpperCase()}`.slice(0, 100),
    Message: Buffer.from(report).subarray(0, 250_000).toString(),
  }),
);
