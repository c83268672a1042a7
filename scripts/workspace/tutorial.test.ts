import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { root } from './source-files.ts';

const tutorial = readFileSync(join(root, 'docs', 'tutorial.md'), 'utf8');

/** The fenced blocks of a language, in their order. */
const blocks = (language: string): string[] =>
  [...tutorial.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, text = '']) => text);

/** Each program that a reader is told to run, pipes taken apart. */
const commands = blocks('sh')
  .flatMap((block) => block.trimEnd().split('\n'))
  .flatMap((line) => line.split(' | '));

const packageFile = z.object({ scripts: z.record(z.string(), z.string()).default({}) });
const scriptsOf = (folder: string) => packageFile.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))).scripts;

/** Why a command can't be run as it stands; undefined when it can. */
function problemOf(command: string): string | undefined {
  const [program = '', ...words] = command.split(' ');
  if (program === 'git' || program === 'cd') return undefined;
  if (program === 'npx') return words.slice(2).find((path) => !existsSync(join(root, path)));
  if (program !== 'npm') return `nobody knows ${program}`;
  const workspace = words.includes('-w') ? (words[words.indexOf('-w') + 1] ?? '') : '.';
  const rest = words.filter((word) => word !== '--silent');
  const script = rest[0] === 'run' ? rest[1] : rest[0];
  if (script === undefined || scriptsOf(join(root, workspace))[script] === undefined) return `there is no script ${script} in ${workspace}`;
  const file = script === 'test' ? rest.at(-1) : undefined;
  if (file !== undefined && globSync(`${workspace}/src/**/*${file}*.test.ts`, { cwd: root }).length === 0)
    return `no test is named ${file}`;
  return undefined;
}

/** What a hunk of a diff must find in its file. */
function beforeOf(hunk: string): string {
  const lines = hunk.split('\n').slice(1);
  return lines
    .filter((line) => line.startsWith(' ') || line.startsWith('-') || line === '')
    .map((line) => line.slice(1))
    .join('\n')
    .trimEnd();
}

describe('the tutorial', () => {
  it('has commands to run and changes to make', () => {
    expect(commands.length).toBeGreaterThan(15);
    expect(blocks('diff')).toHaveLength(3);
  });

  it.each(commands)('%s can be run', (command) => {
    expect(problemOf(command)).toBeUndefined();
  });

  it.each(commands.filter((command) => / event -- \w/.test(command) && !command.includes('device.reported')))(
    '%s makes an event',
    (command) => {
      // Its options are read before the help is told.
      const options = command.split(' event -- ')[1]?.split(' ') ?? [];
      const { status, stderr } = spawnSync(process.execPath, ['local-cloud/bin/event.ts', ...options, '--help'], {
        cwd: root,
        encoding: 'utf8',
      });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    },
  );

  const hunks = blocks('diff').flatMap((diff) =>
    diff.split(/^(?=--- )/m).flatMap((ofFile) => {
      const file = /^\+\+\+ b\/(.*)$/m.exec(ofFile)?.[1] ?? '';
      return ofFile
        .split(/^(?=@@ )/m)
        .slice(1)
        .map((hunk) => [file, hunk] as const);
    }),
  );
  it.each(hunks)('%s is as the change expects it', (file, hunk) => {
    expect(readFileSync(join(root, file), 'utf8')).toContain(beforeOf(hunk));
  });
});
