import { afterAll, beforeAll, expect, it } from 'vitest';
import type { UsageRecord } from '../../kernel/usage.ts';
import { PipelineBench } from './testing/pipeline-bench.ts';
import { approval, build, pipelineTemplate, stage } from './testing/pipeline-template.ts';

let bench: PipelineBench;

beforeAll(async () => {
  bench = await PipelineBench.start();
});
afterAll(() => bench.stop());

it('counts started minutes of every action but approvals, and the uses of the key', async () => {
  const used: UsageRecord[] = [];
  bench.cloud.cloud.onUsage((usage) => used.push(usage));
  bench.now_ms = Date.parse('2026-11-22T10:00:00Z');
  bench.fakes.scripts.set('long', () => {
    bench.now_ms = (bench.now_ms ?? 0) + 61_000;
    return {};
  });
  const template = pipelineTemplate([stage('Gate', [approval('Approve'), build('Long', 'long', 'repo_Source', { RunOrder: 2 })])]);
  await bench.deploy('Pipeline', template);
  await bench.answer('Gate', 'Approve', 'Approved');
  await bench.ends(await bench.first(), 'Succeeded');
  const actions = used.filter(({ service }) => service === 'codepipeline');
  expect(actions.map(({ operation, resource, units }) => [operation, resource, units])).toEqual([
    ['action', 'repo', { action_minutes: 1 }],
    ['action', 'repo', { action_minutes: 1 }],
    ['action', 'repo', { action_minutes: 2 }],
  ]);
  const keys = used.filter(({ service }) => service === 'kms');
  expect(keys.map(({ operation, units }) => [operation, units])).toEqual([
    ['GenerateDataKey', { requests: 1 }],
    ['GenerateDataKey', { requests: 1 }],
  ]);
});
