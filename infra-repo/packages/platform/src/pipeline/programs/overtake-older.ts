import { CodePipelineClient, GetPipelineStateCommand, StopPipelineExecutionCommand } from '@aws-sdk/client-codepipeline';
import { z } from 'zod';

const { PIPELINE_NAME: name, GATE_STAGE } = z.object({ PIPELINE_NAME: z.string(), GATE_STAGE: z.string() }).parse(process.env);
const client = new CodePipelineClient({});

const { stageStates = [] } = await client.send(new GetPipelineStateCommand({ name }));
const gate = stageStates.find(({ stageName }) => stageName === GATE_STAGE);
const waiting = gate?.latestExecution?.status === 'InProgress' ? gate.latestExecution.pipelineExecutionId : undefined;
if (waiting === undefined) console.log(`Nothing waits at ${GATE_STAGE}.`);
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
