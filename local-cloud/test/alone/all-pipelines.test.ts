import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CodePipelineClient, GetPipelineStateCommand, PutApprovalResultCommand, type StageState } from '@aws-sdk/client-codepipeline';
import { deliveredRepos } from '@enstratus/platform/delivery';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { clientOptions, runningSystem } from '../../src/tools/running-system.ts';
import { type RunningSystem, startSystem } from '../deployed-system.ts';

/** Six builds, on two cores. */
const LONGEST_MS = 1_800_000;
const repos = deliveredRepos.filter((repo) => repo !== 'local-cloud');

let directory: string;
let running: RunningSystem | undefined;
let codePipeline: CodePipelineClient;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'enstratus-all-pipelines-'));
  // Two devices for each stage: firmware goes to nobody's group.
  running = await startSystem(directory, 0, { devices: 6, more: ['--pipelines', '--no-history'] });
  const endpoints = runningSystem(directory);
  if (endpoints.pipelines === null) throw new Error('the system has no pipelines');
  codePipeline = new CodePipelineClient(
    clientOptions({ ...endpoints, account: endpoints.pipelines.account, region: endpoints.pipelines.region }),
  );
}, 1_500_000);

afterAll(async () => {
  codePipeline?.destroy();
  await running?.stop();
  rmSync(directory, { recursive: true, force: true });
}, 120_000);

/** Approves what waits at a gate, and answers where the pipeline is: `Prod Succeeded`. Throws with what has failed. */
async function pushOn(pipelineName: string): Promise<string> {
  const { stageStates = [] } = await codePipeline.send(new GetPipelineStateCommand({ name: pipelineName }));
  let at = '';
  for (const stage of stageStates) {
    const { stageName, latestExecution } = stage;
    if (latestExecution === undefined) break;
    at = `${stageName} ${latestExecution.status}`;
    if (latestExecution.status === 'Failed') throw new Error(`${pipelineName} has failed in ${stageName}: ${failureOf(stage)}`);
    for (const { actionName, latestExecution: action } of stage.actionStates ?? []) {
      if (action?.token !== undefined && action.status === 'InProgress')
        await codePipeline.send(
          new PutApprovalResultCommand({
            pipelineName,
            stageName,
            actionName,
            token: action.token,
            result: { status: 'Approved', summary: 'by a test' },
          }),
        );
    }
  }
  return at;
}

const failureOf = ({ actionStates = [] }: StageState): string =>
  actionStates
    .flatMap(({ actionName, latestExecution }) =>
      latestExecution?.status === 'Failed' ? [`${actionName}: ${latestExecution.errorDetails?.message}`] : [],
    )
    .join('; ');

it(
  'every repo carries itself to production, all of them at once',
  async () => {
    const arrived = new Set<string>();
    const until = Date.now() + LONGEST_MS;
    while (arrived.size < repos.length) {
      if (Date.now() > until) throw new Error(`Only ${[...arrived].join(', ')} arrived`);
      for (const repo of repos) if ((await pushOn(repo)) === 'Prod Succeeded') arrived.add(repo);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
    expect([...arrived].sort()).toEqual([...repos].sort());
  },
  LONGEST_MS + 60_000,
);
