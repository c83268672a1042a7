import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type MemoryRegistry, memoryRegistry } from '../testing/memory-registry.ts';

const run = promisify(execFile);
const program = fileURLToPath(new URL('./publish-packages.ts', import.meta.url));

let folder: string;
let registry: MemoryRegistry;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'publish-'));
  registry = await memoryRegistry();
  mkdirSync(join(folder, 'packages'));
  const scope = `@enstratus:registry=${registry.url}/\n//${new URL(registry.url).host}/:_authToken=token\n`;
  writeFileSync(join(folder, '.npmrc'), `${scope}cache=${join(folder, 'cache')}\nupdate-notifier=false\n`);
});
afterEach(async () => {
  await registry.stop();
  rmSync(folder, { recursive: true, force: true });
});

const environment = () => ({ ...process.env, npm_config_userconfig: join(folder, '.npmrc') });

/** Packs a package of one file, as `npm run package` does. */
async function pack(name: string, version: string, content: string): Promise<void> {
  const source = mkdtempSync(join(folder, 'source-'));
  writeFileSync(join(source, 'package.json'), JSON.stringify({ name: `@enstratus/${name}`, version }));
  writeFileSync(join(source, 'index.js'), content);
  await run('npm', ['pack', source, '--pack-destination', join(folder, 'packages')], { env: environment() });
}

async function publish(): Promise<string> {
  const { stdout } = await run(process.execPath, [program], { cwd: folder, env: environment() });
  return stdout;
}

describe('publishing what a build has packed', () => {
  it('publishes what the registry lacks, once', async () => {
    await pack('contract', '0.1.0', 'export const a = 1;');
    await pack('platform', '0.1.0', 'export const b = 1;');
    expect(await publish()).toContain('Published @enstratus/contract 0.1.0.');
    expect(registry.published().sort()).toEqual(['@enstratus/contract@0.1.0', '@enstratus/platform@0.1.0']);
    await pack('platform', '0.1.1', 'export const b = 2;');
    const again = await publish();
    expect(again).toContain('@enstratus/contract 0.1.0 is published already.');
    expect(again).toContain('Published @enstratus/platform 0.1.1.');
    expect(registry.published().sort()).toEqual(['@enstratus/contract@0.1.0', '@enstratus/platform@0.1.0', '@enstratus/platform@0.1.1']);
  });

  it('publishes nothing when one of them has another content than its version has, and names it', async () => {
    await pack('contract', '0.1.0', 'export const a = 1;');
    await publish();
    await pack('contract', '0.1.0', 'export const a = 2;');
    await pack('platform', '0.1.0', 'export const b = 1;');
    await expect(publish()).rejects.toThrow('@enstratus/contract 0.1.0 is published with another content: count its version up');
    expect(registry.published()).toEqual(['@enstratus/contract@0.1.0']);
  });

  it('fails when there is nothing to publish', async () => {
    await expect(publish()).rejects.toThrow('packages holds no packages');
  });

  it('fails when the registry does not answer', async () => {
    await pack('contract', '0.1.0', 'export const a = 1;');
    await registry.stop();
    writeFileSync(join(folder, '.npmrc'), `@enstratus:registry=${registry.url}/\nfetch-retries=0\ncache=${join(folder, 'cache')}\n`);
    await expect(publish()).rejects.toThrow('npm could not ask for @enstratus/contract@0.1.0');
    registry = await memoryRegistry();
  });
});
