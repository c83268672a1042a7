import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, it } from 'vitest';
import type { TestCloud } from '../../testing/test-cloud.ts';
import { FINDS_STRAYS } from './build-processes.ts';
import { ACCOUNT, BuildBench, phasesOf, REGION } from './test-bench.ts';

let child: ChildProcess | undefined;
const directory = mkdtempSync(join(tmpdir(), 'local-cloud-kill-'));

const notes = join(directory, 'notes');
/** What the build's commands have noted: its folder, and the ids of its processes. */
const noted = () => (existsSync(notes) ? readFileSync(notes, 'utf8').trim().split('\n') : []);

afterEach(() => {
  child?.kill('SIGKILL');
  // Where the test has failed, what it is about may still be there.
  const [source, shell, stray] = noted();
  if (shell !== undefined && isAlive(Number(shell))) process.kill(-Number(shell), 'SIGKILL');
  if (stray !== undefined && isAlive(Number(stray))) process.kill(Number(stray), 'SIGKILL');
  if (source !== undefined) rmSync(join(source, '..', '..', '..'), { recursive: true, force: true });
  rmSync(directory, { recursive: true, force: true });
});

/** A local cloud in a process of its own, on the same state each time. */
async function startProcess(): Promise<BuildBench> {
  const path = new URL('restart-process.ts', import.meta.url).pathname;
  const started = spawn(process.execPath, ['--no-warnings', path, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  child = started;
  const [endpoint] = (await once(createInterface(started.stdout), 'line')) as [string];
  const client = {
    endpoint,
    region: REGION,
    credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'any' },
    maxAttempts: 1,
    forcePathStyle: true,
  };
  return new BuildBench({ client, endpoint } as TestCloud);
}

function isAlive(id: number): boolean {
  return /^\s*[^Z\s]/.test(spawnSync('ps', ['-o', 'stat=', '-p', String(id)], { encoding: 'utf8' }).stdout);
}

it('after kill -9 a build that ran has failed and its processes are ended, one that waited has its turn', { timeout: 60_000 }, async () => {
  const bench = await startProcess();
  // The second process has left the shell's group, as daemons do.
  const left = `const c = require('child_process').spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' }); console.log(c.pid); c.unref()`;
  const daemon = FINDS_STRAYS ? `node -e "${left}"` : 'sleep 1000 & echo $!';
  const commands = [`echo $PWD >${notes}`, `echo $$ >>${notes}`, `${daemon} >>${notes}`, `echo go >>${notes}; sleep 1000`];
  await bench.project('long', { version: 0.2, phases: { build: { commands } } });
  await bench.project('short', { version: 0.2, phases: { build: { commands: ['pwd'] } } });
  const long = await bench.startBuild('long');
  const short = await bench.startBuild('short');
  await expect.poll(noted, { timeout: 15_000 }).toContain('go');
  const [source = '', ...processes] = noted().slice(0, 3);
  expect(processes.map(Number).map(isAlive)).toEqual([true, true]);
  child?.kill('SIGKILL');
  await once(child as ChildProcess, 'exit');
  expect(processes.map(Number).map(isAlive)).toContain(true);

  const again = await startProcess();
  const ended = await again.ended(long);
  expect(ended.buildStatus).toBe('FAILED');
  expect(phasesOf(ended).slice(-2)).toEqual(['BUILD FAILED', 'COMPLETED']);
  expect(ended.phases?.at(-2)?.contexts?.[0]?.message).toBe('The local cloud ended while the build was running.');
  await expect.poll(() => processes.map(Number).some(isAlive)).toBe(false);
  expect(existsSync(source)).toBe(false);
  const waited = await again.ended(short);
  expect(waited.buildStatus).toBe('SUCCEEDED');
  const [folder = '/'] = await again.output(waited);
  expect(folder).toMatch(/\/src$/);
  await expect.poll(() => existsSync(folder)).toBe(false);
});
