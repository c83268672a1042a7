import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { temporaryFolder } from '../testing/temporary-folder.ts';

const buildspec = z
  .object({ phases: z.object({ install: z.object({ commands: z.array(z.string()) }) }) })
  .parse(parse(readFileSync(new URL('../../buildspecs/service.yaml', import.meta.url), 'utf8')));
const wait = buildspec.phases.install.commands.find((command) => command.includes('npm view')) ?? 'exit 99';

/** Runs the step of the buildspec with an npm that knows a package after it was asked for it so often, and a sleep that takes no time. */
function run(packages: object, isThereAfter: number) {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'bin'));
  const program = (name: string, text: string) => {
    writeFileSync(join(folder, 'bin', name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, 'bin', name), 0o755);
  };
  program('npm', `echo "$2" >> "${folder}/asked"; [ $(wc -l < "${folder}/asked") -gt ${isThereAfter} ] || { echo "404 $2" >&2; exit 1; }`);
  program('sleep', 'exit 0');
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages }));
  const { status, stdout } = spawnSync('bash', ['-c', wait], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${join(folder, 'bin')}${delimiter}${process.env['PATH']}` },
  });
  const asked = existsSync(join(folder, 'asked')) ? readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n') : [];
  return { status, stdout, asked };
}

const locked = { '': {}, 'node_modules/zod': { version: '4.0.0' }, 'node_modules/@enstratus/contract': { version: '0.1.0' } };

describe('a build', () => {
  it('goes on when what it pins is published, and asks for nothing else', () => {
    expect(run(locked, 0)).toMatchObject({ status: 0, asked: ['@enstratus/contract@0.1.0'] });
  });

  it('waits until it is', () => {
    const { status, stdout, asked } = run(locked, 3);
    expect(status).toBe(0);
    expect(asked).toHaveLength(4);
    expect(stdout).toContain("Waiting until infra-repo's pipeline has published @enstratus/contract@0.1.0");
  });

  it('gives up after half an hour, and says what is missing and why', () => {
    const { status, stdout, asked } = run(locked, 1000);
    expect(status).toBe(1);
    expect(asked).toHaveLength(60);
    expect(stdout).toContain('404 @enstratus/contract@0.1.0');
    expect(stdout).toContain('@enstratus/contract@0.1.0 is not there');
  });

  it('waits for nothing where the packages are its own', () => {
    const own = {
      'node_modules/@enstratus/contract': { resolved: 'packages/contract', link: true },
      'packages/contract': { version: '0.2.0' },
    };
    expect(run(own, 1000)).toMatchObject({ status: 0, asked: [] });
  });
});
