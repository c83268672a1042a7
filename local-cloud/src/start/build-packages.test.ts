import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';

/** What a module imports when it is loaded, in its own folder's files and theirs: `<file> imports <package>`. */
function importsOf(file: string, seen = new Set<string>()): string[] {
  if (seen.has(file)) return [];
  seen.add(file);
  const names = [...readFileSync(file, 'utf8').matchAll(/^(?:import|export)\b(?! type\b)[^;]*?from '([^']+)';/gm)].map(
    (match) => match[1] ?? '',
  );
  return names.flatMap((name) => (name.startsWith('.') ? importsOf(join(dirname(file), name), seen) : [`${file} imports ${name}`]));
}

const shared = (file: string) => importsOf(join(import.meta.dirname, file)).filter((line) => line.includes(' imports @enstratus/'));

it('loads none of the packages that it is to build: in a fresh clone they are not there yet', () => {
  expect(shared('build-packages.ts')).toEqual([]);
  expect(shared('../../bin/start.ts')).toEqual([]);
  expect(shared('../../bin/build.ts')).toEqual([]);
  // The walk finds what it looks for.
  expect(shared('repos.ts')).not.toEqual([]);
});
