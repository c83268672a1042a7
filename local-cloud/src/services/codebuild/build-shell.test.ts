import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BuildShell } from './build-shell.ts';

let directory: string;
let lines: string[];
let groups: number[];
let shell: BuildShell;

const open = (name: string) =>
  new BuildShell({
    shell: name,
    directory: join(directory, 'shell'),
    cwd: directory,
    env: { PATH: process.env['PATH'] ?? '' },
    onLine: (line) => void lines.push(line),
    onProcessGroup: (id) => void groups.push(id),
  });

beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'build-shell-')));
  lines = [];
  groups = [];
});
afterEach(() => {
  shell.end();
  rmSync(directory, { recursive: true, force: true });
});

describe.each(['sh', 'bash'])('%s', (name) => {
  beforeEach(() => {
    shell = open(name);
  });

  it('keeps variables, functions and the folder from one command to the next', async () => {
    expect(await shell.run('mkdir -p deep/er && cd deep/er')).toBe(0);
    expect(await shell.run('PLAIN=1; export OUT="a  b"; twice() { echo "$1$1"; }')).toBe(0);
    expect(await shell.run('pwd; echo "$PLAIN/$OUT"; twice x')).toBe(0);
    expect(lines).toEqual([`${directory}/deep/er`, '1/a  b', 'xx']);
    expect(groups).toHaveLength(1);
  });

  it('tells exit statuses, and outlives a command that ends the shell', async () => {
    expect(await shell.run('(exit 7)')).toBe(7);
    expect(await shell.run('export KEPT="it\'s"; mkdir d; cd d; exit 3')).toBe(3);
    expect(await shell.run('echo "$KEPT"; pwd')).toBe(0);
    expect(await shell.run('if then')).not.toBe(0);
    expect(await shell.run('set -e; false; echo not here')).toBe(1);
    expect(await shell.run('echo "$KEPT again"; exit 0')).toBe(0);
    expect(await shell.run('kill -9 $$')).toBe(137);
    expect(await shell.run('echo still here')).toBe(0);
    expect(lines.filter((line) => !/syntax|unexpected|Killed|if then/i.test(line))).toEqual([
      "it's",
      `${directory}/d`,
      "it's again",
      'still here',
    ]);
  });

  it('keeps output as it was written, in order, whatever its last line ends with', async () => {
    await shell.run("printf 'a\\n\\nb'; echo err >&2; printf c");
    await shell.run("printf '\\n\\nd\\n'");
    await shell.run('true');
    await shell.run('echo on >/dev/stdout; echo e >/dev/stderr');
    expect(lines).toEqual(['a', '', 'berr', 'c', '', '', 'd', 'on', 'e']);
  });

  it('waits for its own children only, and reads nothing', async () => {
    expect(await shell.run('(echo one) & wait; cat; echo two')).toBe(0);
    expect(lines).toEqual(['one', 'two']);
  });

  it('sets and reads any value', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 40 }), async (text) => {
        const value = text.replaceAll('\0', '');
        await shell.set('VALUE', value);
        expect(await shell.read(['VALUE', 'NOT_SET'])).toEqual([{ name: 'VALUE', value }]);
      }),
      { numRuns: 40 },
    );
  });

  it('ends everything it has started, at once', async () => {
    const running = shell.run('sleep 1000 & sleep 1000');
    await expect.poll(() => isAlive(groups[0])).toBe(true);
    shell.end();
    expect(await running).toBe(137);
    await expect.poll(() => isAlive(groups[0])).toBe(false);
  });
});

/** Whether a process of the group still does something; what has ended stays in the group until its parent has asked for it. */
function isAlive(group = 0): boolean {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pgid=,stat='], { encoding: 'utf8' });
  return stdout.split('\n').some((line) => new RegExp(`^\\s*${group}\\s+[^Z\\s]`).test(line));
}
