import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheControl, contentType, maxFiles, maxUnzippedBytes } from '@enstratus/platform/site';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { buildWithVite } from './site-build.ts';

const outdir = mkdtempSync(join(tmpdir(), 'dashboard-build-'));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

/** A build in a folder of its own: its files by name. */
function build(name: string): Map<string, Buffer> {
  const directory = join(outdir, name);
  mkdirSync(directory);
  buildWithVite(directory);
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((file) => statSync(join(directory, file)).isFile());
  return new Map(files.sort().map((file) => [file.replaceAll('\\', '/'), readFileSync(join(directory, file))]));
}

describe('the build of the dashboard', () => {
  let built: Map<string, Buffer>;
  beforeAll(() => {
    built = build('first');
  });

  it('is the same twice, whatever the environment says', () => {
    vi.stubEnv('VITE_STAGE', 'prod');
    vi.stubEnv('NODE_ENV', 'development');
    expect(build('second')).toEqual(built);
  });

  it('fits through its deployer', () => {
    expect([...built.keys()]).toContain('index.html');
    expect([...built.keys()].map(contentType)).not.toContain(undefined);
    expect(built.size).toBeLessThan(maxFiles);
    expect([...built.values()].reduce((sum, { length }) => sum + length, 0)).toBeLessThan(maxUnzippedBytes);
  });

  it('names by their content what is kept for good, and nothing else', () => {
    const kept = [...built.keys()].filter((name) => cacheControl(name).includes('immutable'));
    expect(kept).toEqual([...built.keys()].filter((name) => name.startsWith('assets/')));
    expect(kept.length).toBeGreaterThan(2);
  });

  it('holds no address and nothing of a stage', () => {
    const text = [...built].filter(([name]) => /\.(js|html)$/.test(name)).map(([, body]) => body.toString('utf8'));
    for (const file of text)
      expect(file).not.toMatch(/appsync-api\.[a-z]+-[a-z]+-\d|amazoncognito\.com\/|us-(east|west)-\d_[A-Za-z0-9]{9}|127\.0\.0\.1/);
  });
});
