import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './source-files.ts';

// What is gathered stands as it does in its own repo.
const SKIPPED = new Set(['gathered', 'node_modules', 'cdk.out', 'dist', '.local', '.git']);

const pages = globSync('**/*.md', { cwd: root, exclude: (entry) => SKIPPED.has(entry.split('/').at(-1) ?? '') }).map((file) =>
  join(root, file),
);

/** Targets of a page's links, without those that lead out of the workspace. */
function linksOf(page: string): string[] {
  const text = readFileSync(page, 'utf8').replaceAll(/```[\s\S]*?```/g, '');
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target).filter((target) => !/^[a-z]+:/.test(target));
}

/** A heading's anchor as Git hosts make it: lower case, words joined by hyphens, other signs left out. */
function anchorsOf(page: string): Set<string> {
  const headings = readFileSync(page, 'utf8').matchAll(/^#+ (.+)$/gm);
  return new Set(
    [...headings].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

describe('every link in the Markdown leads somewhere', () => {
  it.each(pages.map((page) => [relative(root, page), page]))('%s', (_, page) => {
    const broken = linksOf(page).filter((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : join(dirname(page), path);
      return !existsSync(target) || (anchor !== undefined && target.endsWith('.md') && !anchorsOf(target).has(anchor));
    });
    expect(broken).toEqual([]);
  });
});
