import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { npm } from '../packages/platform/src/pipeline/programs/npm-registry.ts';
import { type MemoryRegistry, memoryRegistry } from '../packages/platform/src/pipeline/testing/memory-registry.ts';
import { packPackage } from './pack-package.ts';
import { checkPublished, told } from './published-check.ts';

let folder: string;
let registry: MemoryRegistry;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'published-check-'));
});
beforeEach(async () => {
  registry = await memoryRegistry();
  const home = mkdtempSync(join(folder, 'npm-'));
  const file = join(home, '.npmrc');
  writeFileSync(file, `@enstratus:registry=${registry.url}/\n//${new URL(registry.url).host}/:_authToken=token\nupdate-notifier=false\n`);
  vi.stubEnv('npm_config_userconfig', file);
  // A cache of each test's own: a port may come again, and npm would remember what was published to the registry that had it before. It is said here, since
  // an `npm run` around these tests may have said another, which wins over what stands in a file.
  vi.stubEnv('npm_config_cache', join(home, 'cache'));
});
afterEach(() => registry.stop());
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** A package's folder with one source file, compiled as the shared ones are. */
function source(version: string, text: string): string {
  const into = join(mkdtempSync(join(folder, 'source-')), 'some');
  mkdirSync(join(into, 'src'), { recursive: true });
  const entry = { types: './dist/index.d.ts', default: './dist/index.js' };
  writeFileSync(
    join(into, 'package.json'),
    JSON.stringify({ name: '@enstratus/some', version, type: 'module', files: ['dist'], exports: { '.': entry } }),
  );
  const { compilerOptions } = JSON.parse(readFileSync(new URL('../packages/contract/tsconfig.json', import.meta.url), 'utf8'));
  writeFileSync(join(into, 'tsconfig.json'), JSON.stringify({ compilerOptions: { ...compilerOptions, types: [] }, include: ['src'] }));
  writeFileSync(join(into, 'src', 'index.ts'), text);
  return into;
}

const publish = async (folderOfSource: string) =>
  npm(['publish', (await packPackage(folderOfSource, mkdtempSync(join(folder, 'packed-')))).file]);
const first =
  "export interface Props { readonly name: string; readonly depth_m?: number }\nexport const key = (props: Props): string => 'KEY#' + props.name;\nexport const states = ['on', 'off'] as const;\n";

describe('the check against what is published', () => {
  it('lets the first publication pass, whatever it is', async () => {
    const verdict = await checkPublished(source('0.1.0', first));
    expect(verdict).toMatchObject({ published: undefined, isRight: true });
    expect(told(verdict)).toBe('@enstratus/some 0.1.0 is the first one to be published.');
  });

  it('asks for nothing when the same is published', async () => {
    await publish(source('0.1.0', first));
    expect(await checkPublished(source('0.1.0', first))).toMatchObject({ published: '0.1.0', findings: [], isRight: true });
  });

  it('refuses a breaking change below the next major version, names it, and lets it pass with that one', async () => {
    await publish(source('1.0.0', first));
    const narrowed = first.replace("['on', 'off']", "['on']").replace('readonly depth_m?: number', '');
    const refused = await checkPublished(source('1.9.9', narrowed));
    expect(refused).toMatchObject({ needed: '2.0.0', isRight: false });
    const words = told(refused);
    expect(words).toContain('breaks  states: no longer has "off"');
    expect(words).toContain('breaks  key(0).depth_m: is gone');
    expect(words).toContain('@enstratus/some must be 2.0.0 at least');
    expect(await checkPublished(source('2.0.0', narrowed))).toMatchObject({ isRight: true });
  });

  it('takes the minor version for the major one below 1.0.0', async () => {
    await publish(source('0.1.0', first));
    const narrowed = first.replace("['on', 'off']", "['on']");
    expect(await checkPublished(source('0.1.1', narrowed))).toMatchObject({ needed: '0.2.0', isRight: false });
  });

  it('takes another version for an addition, and for any other content', async () => {
    await publish(source('0.1.0', first));
    const added = `${first}export const more = 1;\n`;
    expect(await checkPublished(source('0.1.0', added))).toMatchObject({
      findings: [{ kind: 'addition', name: 'more' }],
      needed: '0.1.1',
      isRight: false,
    });
    const inside = first.replace("'KEY#' + props.name", "['KEY', props.name].join('#')");
    expect(await checkPublished(source('0.1.0', inside))).toMatchObject({ findings: [], needed: '0.1.1', isRight: false });
  });
});
