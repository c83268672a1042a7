import { BatchGetProjectsCommand, ListBuildsCommand, StopBuildCommand } from '@aws-sdk/client-codebuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BuildBench, phasesOf } from './test-bench.ts';

let bench: BuildBench;
let hasRoom = false;

beforeAll(async () => {
  // A minute of a timeout is 40 ms here.
  bench = await BuildBench.start({ atOnce: 2, minute_ms: 40, hasRoom: () => hasRoom });
});
afterAll(() => bench.stop());

const WAIT = 'sleep 1000 & sleep 1000';
const project = (name: string, command: string, members: object = {}) =>
  bench.project(name, { version: 0.2, phases: { build: { commands: [command] }, post_build: { commands: ['echo never'] } } }, members);
const currentPhase = async (id: string) => (await bench.build(id)).currentPhase;
const stop = (id: string) => bench.client.send(new StopBuildCommand({ id }));

it('runs two at once, the third waits for its turn, and a stopped build ends with all that it has started', async () => {
  await project('waits', WAIT, { timeoutInMinutes: 2160 });
  const ids = [await bench.startBuild('waits'), await bench.startBuild('waits'), await bench.startBuild('waits')];
  const [first = '', second = '', third = ''] = ids;
  await expect.poll(async () => [await currentPhase(first), await currentPhase(second)]).toEqual(['BUILD', 'BUILD']);
  expect(await currentPhase(third)).toBe('QUEUED');
  const { build } = await stop(first);
  expect(build).toMatchObject({ buildStatus: 'STOPPED', buildComplete: true });
  expect(phasesOf(await bench.build(first)).slice(6)).toEqual(['BUILD STOPPED', 'FINALIZING SUCCEEDED', 'COMPLETED']);
  await expect.poll(() => currentPhase(third)).toBe('BUILD');
  await stop(second);
  await stop(third);
  expect(await bench.output(await bench.build(third))).toEqual([]);
  const listed = (await bench.client.send(new ListBuildsCommand({ sortOrder: 'ASCENDING' }))).ids ?? [];
  expect(listed.filter((id) => id.startsWith('waits:'))).toEqual(ids);
});

it('one more runs when those that run have nothing to do', async () => {
  await project('idle', WAIT, { timeoutInMinutes: 2160 });
  const ids = [await bench.startBuild('idle'), await bench.startBuild('idle'), await bench.startBuild('idle')];
  expect(await currentPhase(ids[2] ?? '')).toBe('QUEUED');
  hasRoom = true;
  await expect.poll(() => currentPhase(ids[2] ?? ''), { timeout: 5000 }).toBe('BUILD');
  hasRoom = false;
  await Promise.all(ids.map(stop));
});

it('a build that waits can be stopped, and gives up by itself in time', async () => {
  await project('busy', WAIT, { timeoutInMinutes: 2160 });
  await project('patient', 'true');
  await project('impatient', 'true', { queuedTimeoutInMinutes: 5 });
  const busy = [await bench.startBuild('busy'), await bench.startBuild('busy')];
  const patient = await bench.startBuild('patient');
  const impatient = await bench.startBuild('impatient');
  expect((await stop(patient)).build?.buildStatus).toBe('STOPPED');
  expect(phasesOf(await bench.build(patient))).toEqual(['SUBMITTED SUCCEEDED', 'QUEUED STOPPED', 'COMPLETED']);
  const late = await bench.ended(impatient);
  expect(late.buildStatus).toBe('TIMED_OUT');
  expect(phasesOf(late)).toEqual(['SUBMITTED SUCCEEDED', 'QUEUED TIMED_OUT', 'COMPLETED']);
  await Promise.all(busy.map(stop));
});

it('a build that takes too long is ended', async () => {
  await project('slow', WAIT, { timeoutInMinutes: 20 });
  const build = await bench.ended(await bench.startBuild('slow'));
  expect(build.buildStatus).toBe('TIMED_OUT');
  expect(phasesOf(build).slice(6)).toEqual(['BUILD TIMED_OUT', 'FINALIZING SUCCEEDED', 'COMPLETED']);
  expect(build.phases?.[6]?.contexts?.[0]?.statusCode).toBe('BUILD_TIMED_OUT');
});

it('starts once for one token, and no more than the project allows', async () => {
  await project('limited', WAIT, { timeoutInMinutes: 2160, concurrentBuildLimit: 1 });
  const id = await bench.startBuild('limited', { idempotencyToken: 'once' });
  expect(await bench.startBuild('limited', { idempotencyToken: 'once' })).toBe(id);
  await expect(bench.startBuild('limited')).rejects.toThrow('Cannot have more than 1 builds');
  await stop(id);
  const { projects } = await bench.client.send(new BatchGetProjectsCommand({ names: ['limited', 'none'] }));
  expect(projects).toMatchObject([{ name: 'limited', concurrentBuildLimit: 1, timeoutInMinutes: 2160, queuedTimeoutInMinutes: 480 }]);
});

it('refuses what is not there', async () => {
  await expect(bench.startBuild('none')).rejects.toThrow('Project cannot be found');
  await expect(stop('none:1')).rejects.toThrow('Build cannot be found');
});
