import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PipelineBench } from '../../src/services/codepipeline/testing/pipeline-bench.ts';
import { approval, pipelineTemplate, stage } from '../../src/services/codepipeline/testing/pipeline-template.ts';
import { ACCOUNT, REGION } from '../../src/testing/test-cloud.ts';
import { DebianAws, isInstalled } from './debian-aws.ts';

describe.runIf(isInstalled)("Debian's awscli, unmodified", () => {
  let bench: PipelineBench;
  let cli: DebianAws;

  beforeAll(async () => {
    bench = await PipelineBench.start();
    cli = new DebianAws({ endpoints: { aws: bench.cloud.endpoint, account: ACCOUNT, region: REGION } });
    await bench.deploy('Pipeline', pipelineTemplate([stage('Gate', [approval('Approve')])]));
  });
  afterAll(async () => {
    cli.remove();
    await bench.stop();
  });

  it('sees who waits at a gate, approves, and starts a pipeline', async () => {
    await bench.waitsForApproval('Gate', 'Approve');
    interface Answer {
      stageStates: { stageName: string; actionStates: { latestExecution?: { token?: string } }[] }[];
    }
    const { stageStates } = await cli.json<Answer>('codepipeline', 'get-pipeline-state', '--name', 'repo');
    const token = stageStates.find(({ stageName }) => stageName === 'Gate')?.actionStates[0]?.latestExecution?.token ?? '';
    const gate = ['--pipeline-name', 'repo', '--stage-name', 'Gate', '--action-name', 'Approve', '--token', token];
    const { approvedAt } = await cli.json<{ approvedAt: string }>(
      ...['codepipeline', 'put-approval-result', ...gate, '--result', 'summary=looks good,status=Approved'],
    );
    expect(Date.parse(approvedAt)).toBeGreaterThan(0);
    await bench.ends(await bench.first(), 'Succeeded');

    const started = await cli.json<{ pipelineExecutionId: string }>('codepipeline', 'start-pipeline-execution', '--name', 'repo');
    expect((await bench.executions())[0]?.pipelineExecutionId).toBe(started.pipelineExecutionId);
    await expect(cli.text('codepipeline', 'get-pipeline-state', '--name', 'absent')).rejects.toThrow('PipelineNotFoundException');
  }, 60_000);
});
