import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publishedTarball, type Tarball } from '../packages/platform/src/pipeline/programs/npm-registry.ts';
import { comparePackages } from './compare-packages.ts';
import type { Finding } from './finding.ts';
import { packPackage } from './pack-package.ts';
import { probes } from './probes.ts';
import { changeOf, isAtLeast, versionNeeded } from './version-needed.ts';

/** Below this repo, so that what both versions import is found. */
const cache = fileURLToPath(new URL('../node_modules/.cache', import.meta.url));

/** What came out for one package. */
export interface Verdict {
  readonly name: string;
  /** undefined: it was never published. */
  readonly published: string | undefined;
  readonly version: string;
  readonly findings: readonly Finding[];
  /** The lowest version that may be published. */
  readonly needed: string;
  readonly isRight: boolean;
}

/**
 * Compares a package as it is here with what the registry of its scope has as its latest, and says whether its version tells the difference.
 *
 * @param source The package's folder.
 */
export async function checkPublished(source: string): Promise<Verdict> {
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'published-'));
  try {
    const now = await packPackage(source, join(work, 'packed'));
    const published = await publishedTarball(`${now.name}@latest`, work);
    if (published === undefined)
      return { name: now.name, published: undefined, version: now.version, findings: [], needed: now.version, isRight: true };
    const folders = [unpack(published, join(work, 'old')), unpack(now, join(work, 'new'))] as const;
    const isSameContent = published.content === now.content;
    const findings = isSameContent ? [] : await comparePackages(...folders, work, probes[now.name] ?? {});
    const needed = versionNeeded(published.version, changeOf(findings, isSameContent));
    return {
      name: now.name,
      published: published.version,
      version: now.version,
      findings,
      needed,
      isRight: isAtLeast(now.version, needed),
    };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function unpack({ file }: Tarball, folder: string): string {
  mkdirSync(folder);
  execFileSync('tar', ['-xzf', file, '-C', folder]);
  return join(folder, 'package');
}

/** A verdict in words: what is different, what breaks first, and what to do. */
export function told({ name, published, version, findings, needed, isRight }: Verdict): string {
  if (published === undefined) return `${name} ${version} is the first one to be published.`;
  const sorted = [...findings].sort((one, other) => Number(other.kind === 'breaking') - Number(one.kind === 'breaking'));
  const lines = sorted.map((finding) => `  ${finding.kind === 'breaking' ? 'breaks' : 'adds'}  ${finding.name}: ${finding.what}`);
  const difference = lines.length > 0 ? 'differs' : needed === published ? 'is the same' : 'has another content';
  const outcome = isRight
    ? ''
    : `\n${name} must be ${needed} at least, in its package.json and in that of this repo, which pins it; then npm install`;
  return [`${name} ${version} ${difference}, compared with ${published} that is published.`, ...lines].join('\n') + outcome;
}
