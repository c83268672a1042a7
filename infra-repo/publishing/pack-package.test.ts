import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Tarball } from '../packages/platform/src/pipeline/programs/npm-registry.ts';
import { packPackage, sharedPackages } from './pack-package.ts';

const folder = mkdtempSync(join(tmpdir(), 'pack-package-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const filesOf = ({ file }: Tarball): string[] => execFileSync('tar', ['-tzf', file], { encoding: 'utf8' }).trim().split('\n');
const manifestSchema = z.object({
  exports: z.record(z.string(), z.union([z.string(), z.object({ types: z.string(), default: z.string() })])),
});

describe.each(sharedPackages)('%s', (source) => {
  let packed: Tarball;
  beforeAll(async () => {
    packed = await packPackage(source, join(folder, basename(source)));
  });

  it('packs all that it exports, and no test', () => {
    const files = filesOf(packed).map((file) => file.replace('package/', './'));
    const { exports } = manifestSchema.parse(JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')));
    for (const target of Object.values(exports).flatMap((entry) => (typeof entry === 'string' ? [entry] : Object.values(entry)))) {
      if (target.includes('*')) expect(files.some((file) => file.startsWith(target.split('*')[0] ?? ''))).toBe(true);
      else expect(files).toContain(target);
    }
    // What platform bundles programs from, and what it reads at synthesis.
    if (source.endsWith('platform')) {
      const programs = ['tell-changes', 'overtake-older', 'publish-packages'].map((name) => `./dist/pipeline/programs/${name}.js`);
      expect(files).toEqual(expect.arrayContaining([...programs, './buildspecs/service.yaml', './organizations/enfusion.json']));
    }
    expect(files.filter((file) => /\.test\.|\/testing\/|\.tsbuildinfo$|^\.\/src\//.test(file))).toEqual([]);
  });

  it('makes the same bytes of the same sources, wherever they lie and whatever was built there before', async () => {
    const elsewhere = join(source, '..', '..', 'node_modules', '.cache', mkdtempSync(join(folder, 'copy-')).slice(-6), basename(source));
    mkdirSync(elsewhere, { recursive: true });
    try {
      cpSync(source, elsewhere, { recursive: true, filter: (path) => !/\/(dist|node_modules|.*\.tsbuildinfo)$/.test(path) });
      mkdirSync(join(elsewhere, 'dist'));
      writeFileSync(join(elsewhere, 'dist', 'of-a-source-that-is-gone.js'), '');
      chmodSync(join(elsewhere, 'package.json'), 0o600);
      const again = await packPackage(elsewhere, join(folder, 'again'));
      expect({ ...again, file: '' }).toEqual({ ...packed, file: '' });
    } finally {
      rmSync(join(elsewhere, '..'), { recursive: true, force: true });
    }
  });
});
