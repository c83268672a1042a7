import { setTimeout } from 'node:timers/promises';
import { CodePipelineClient, GetPipelineExecutionCommand } from '@aws-sdk/client-codepipeline';
import { deliverFirmware } from './deliver-firmware.ts';
import { isRollbackByHand } from './going-back.ts';
import { readSettings } from './program-settings.ts';

const { settings, particle, project } = readSettings(process.env);
const { pipelineExecution } = await new CodePipelineClient({}).send(
  new GetPipelineExecutionCommand({ pipelineName: settings.PIPELINE_NAME, pipelineExecutionId: settings.EXECUTION_ID }),
);
await deliverFirmware({
  particle,
  project,
  group: settings.PARTICLE_GROUP,
  goes_back: isRollbackByHand(pipelineExecution ?? {}),
  title: `Version ${project.version}, commit ${settings.COMMIT_ID.slice(0, 12)}`,
  wait_ms: settings.WAIT_MINUTES * 60_000,
  clock: { now: Date.now, sleep: (ms) => setTimeout(ms) },
  say: (line) => console.log(line),
});
