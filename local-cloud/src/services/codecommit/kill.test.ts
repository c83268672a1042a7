import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ACCOUNT } from '../../testing/test-cloud.ts';
import { GitClient } from './testing/git-client.ts';

let directory: string;
let git: GitClient;
const running: ChildProcess[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'codecommit-kill-'));
  git = new GitClient();
});
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
  git.remove();
  rmSync(directory, { recursive: true, force: true });
});

/** Starts CodeCommit on this test's state: where the repository `kept` is, and the events as they are told. */
async function start(dies = 'lives'): Promise<{ child: ChildProcess; url: string; told: string[] }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'testing', 'git-server-process.ts'), directory, dies], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  running.push(child);
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (more: string) => {
    text += more;
  });
  await expect.poll(() => text, { timeout: 10_000 }).toMatch(/^http.*\n/);
  const lines = () => text.split('\n').slice(0, -1);
  const url = `${lines()[0]}/v1/repos/kept`.replace('http://', `http://${ACCOUNT}:x@`);
  return {
    child,
    url,
    get told() {
      return lines().slice(1);
    },
  };
}

it('what was pushed is there after kill -9', async () => {
  const first = await start();
  const clone = await git.init('clone', first.url);
  const commit = await git.commit(clone, { 'a.txt': 'a' });
  await git.run(clone, 'push', '--quiet', 'origin', 'main');
  first.child.kill('SIGKILL');
  const second = await start();
  expect(await git.head(await git.clone(second.url, 'again'))).toBe(commit);
  expect(second.told).toEqual([]);
});

it('a push that nobody was told of when the process was killed is told of after the next start', async () => {
  const dying = await start('dies');
  const clone = await git.init('clone', dying.url);
  const commit = await git.commit(clone, { 'a.txt': 'a' });
  // git may have read its whole report by then.
  await git.run(clone, 'push', '--quiet', 'origin', 'main').catch(() => undefined);
  await expect.poll(() => dying.child.signalCode, { timeout: 5000 }).toBe('SIGKILL');
  const next = await start();
  await expect.poll(() => next.told, { timeout: 5000 }).toEqual([expect.stringContaining(`"commitId":"${commit}"`)]);
  next.child.kill('SIGKILL');
  const last = await start();
  await git.clone(last.url, 'again');
  expect(last.told).toEqual([]);
});
