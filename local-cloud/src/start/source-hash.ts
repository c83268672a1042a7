import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const NOT_SOURCE = new Set(['node_modules', 'cdk.out', 'dist', '.local', 'coverage']);
/** A repo's own words about itself; what else is Markdown is a page of a site. */
const NOT_SYNTHESIZED = /^(README|RUNBOOK|LIMITS)\.md$|\.(test\.ts|tsbuildinfo)$/;

/** SHA-256 over the names and contents of all files in these folders, without what is built, tests, READMEs and RUNBOOKs. */
export function hashOf(paths: readonly string[], salt: string): string {
  const hash = createHash('sha256').update(salt);
  for (const path of paths) {
    const files = globSync('**/*', {
      cwd: path,
      exclude: (entry) => NOT_SOURCE.has(entry.split('/').at(-1) ?? ''),
    })
      .filter((file) => !NOT_SYNTHESIZED.test(file))
      .sort();
    for (const file of files) {
      const full = join(path, file);
      try {
        hash.update(`\0${file}\0`).update(readFileSync(full));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EISDIR') throw error;
      }
    }
  }
  return hash.digest('hex');
}
