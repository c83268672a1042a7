import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UpdateStackCommand } from '@aws-sdk/client-cloudformation';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { StackBench, THING, template } from '../../testing/stack-bench.ts';
import { startTestCloud } from '../../testing/test-cloud.ts';
import { createCloudFormation } from './cloudformation-service.ts';

let bench: StackBench;

beforeEach(async () => {
  bench = await StackBench.start();
});

afterEach(() => bench.stop());

test('an update that kill -9 interrupts is rolled back at the next start, half-made resources included', async () => {
  await bench.create({ Grows: { Type: THING, Properties: { Size: 1 } } });
  let letGo: () => void = () => undefined;
  bench.things.waiting.set('finish Half', new Promise((resolve) => (letGo = resolve)));
  await bench.client.send(
    new UpdateStackCommand({
      StackName: 'shop',
      TemplateBody: template({
        Grows: { Type: THING, Properties: { Size: 2 } },
        Half: { Type: THING, Properties: { Name: 'Half' }, DependsOn: 'Grows' },
      }),
    }),
  );
  await vi.waitFor(() => expect(bench.things.existing.has('Half')).toBe(true));
  // What is on disk at this moment is what a killed process leaves behind.
  const directory = mkdtempSync(join(tmpdir(), 'killed-'));
  cpSync(bench.cloud.cloud.state.root, directory, { recursive: true });
  const killed = bench.cloud;
  bench.things.waiting.clear();
  const restarted = await startTestCloud([bench.things.create, createCloudFormation], { directory });
  bench.use(restarted);
  expect((await bench.settled()).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect([...bench.things.existing.values()]).toEqual([{ size: 1, link: '' }]);
  expect(await bench.reasonOf('UPDATE_ROLLBACK_IN_PROGRESS')).toBe(
    'The local cloud was stopped while this was going on. Resource(s) in progress: [Half].',
  );
  expect((await bench.update({ Grows: { Type: THING, Properties: { Size: 3 } } })).StackStatus).toBe('UPDATE_COMPLETE');
  letGo();
  await killed.stop();
});

test('a deployment that the end of the process interrupts is rolled back at the next start', async () => {
  await bench.create({ Grows: { Type: THING, Properties: { Size: 1 } } });
  let letGo: () => void = () => undefined;
  bench.things.waiting.set('create Slow', new Promise((resolve) => (letGo = resolve)));
  await bench.client.send(
    new UpdateStackCommand({
      StackName: 'shop',
      TemplateBody: template({
        Grows: { Type: THING, Properties: { Size: 2 } },
        Slow: { Type: THING, Properties: { Name: 'Slow' }, DependsOn: 'Grows' },
        After: { Type: THING, DependsOn: 'Slow' },
      }),
    }),
  );
  await vi.waitFor(async () => expect(await bench.events()).toContain('Slow CREATE_IN_PROGRESS'));
  const restarted = bench.cloud.restart();
  letGo();
  bench.use(await restarted);
  expect((await bench.settled()).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect([...bench.things.existing.values()]).toEqual([{ size: 1, link: '' }]);
  expect(bench.things.calls).not.toContain('create After');
  expect((await bench.update({ Grows: { Type: THING, Properties: { Size: 3 } } })).StackStatus).toBe('UPDATE_COMPLETE');
});
