import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CodePipelineClient, type StageState } from '@aws-sdk/client-codepipeline';
import { deliveredRepos } from '@enstratus/platform/delivery';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { clientOptions, runningSystem } from '../../src/tools/running-system.ts';
import { gatesOf, PipelineInUse } from '../approvals.ts';
import { type RunningSystem, startSystem } from '../deployed-system.ts';

/** Six builds, on two cores. */
const LONGEST_MS = 1_800_000;
const patience = { timeout: LONGEST_MS, interval: 1_000 };
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

/** Approves what waits at a gate, and answers whether the pipeline is through PROD. Throws with what has failed. */
async function isPushedThrough(pipeline: PipelineInUse): Promise<boolean> {
  const stages = await pipeline.stages();
  const failed = stages.find(({ latestExecution }) => latestExecution?.status === 'Failed');
  if (failed !== undefined) throw new Error(`${pipeline.name} has failed in ${failed.stageName}: ${failureOf(failed)}`);
  for (const gate of gatesOf(stages)) await pipeline.answer(gate, 'Approved');
  return stages.every(({ latestExecution }) => latestExecution?.status === 'Succeeded');
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
    const waiting = new Map(repos.map((repo) => [repo, new PipelineInUse(codePipeline, repo, patience)]));
    const allArrived = async () => {
      for (const [repo, pipeline] of waiting) if (await isPushedThrough(pipeline)) waiting.delete(repo);
      return waiting.size === 0;
    };
    await vi.waitUntil(allArrived, patience).catch((error: Error) => {
      throw new Error(`${[...waiting.keys()].join(', ')} did not arrive: ${error.message}`);
    });
    expect(repos.length).toBeGreaterThan(5);
  },
  LONGEST_MS + 60_000,
);
