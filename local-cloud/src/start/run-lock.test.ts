import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { holdDirectory, holderOf } from './run-lock.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'run-lock-'));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

it('lets one at a time, and the next when it has let go', async () => {
  const letGo = await holdDirectory(directory);
  expect(await holderOf(directory)).toBe(process.pid);
  await expect(holdDirectory(directory)).rejects.toThrow(`process ${process.pid}`);
  await letGo();
  expect(await holderOf(directory)).toBeUndefined();
  await (await holdDirectory(directory))();
});

it('is free after the holder was killed', async () => {
  const module = JSON.stringify(join(import.meta.dirname, 'run-lock.ts'));
  const code = `const { holdDirectory } = await import(${module}); await holdDirectory(${JSON.stringify(directory)}); console.log('held'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  await expect(holdDirectory(directory)).rejects.toThrow(`process ${child.pid}`);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
  await (await holdDirectory(directory))();
});
