import { CodePipelineClient, GetPipelineStateCommand, StopPipelineExecutionCommand } from '@aws-sdk/client-codepipeline';
import { z } from 'zod';
import { olderAtGate } from './older-at-gate.ts';

const { PIPELINE_NAME: name, GATE_STAGE } = z.object({ PIPELINE_NAME: z.string(), GATE_STAGE: z.string() }).parse(process.env);
const client = new CodePipelineClient({});

const { stageStates = [] } = await client.send(new GetPipelineStateCommand({ name }));
const waiting = olderAtGate(stageStates, GATE_STAGE);
if (waiting === undefined) console.log(`Nothing older waits at ${GATE_STAGE}.`);
else {
  await client.send(
    new StopPipelineExecutionCommand({
      pipelineName: name,
      pipelineExecutionId: waiting,
      abandon: true,
      // 200 characters ("StopPipelineExecution", CodePipeline API Reference).
      reason: `A newer push has come as far as ${GATE_STAGE}`,
    }),
  );
  console.log(`Ended ${waiting}, which waited at ${GATE_STAGE}: a newer push is here.`);
}
