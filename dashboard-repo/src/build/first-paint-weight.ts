import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/** The most gzipped JavaScript, in bytes, that may come before the first paint of the fleet page. */
export const firstPaintLimit = 350_000;

/** A built script: its code and the built scripts that it imports statically. */
export interface BuiltScript {
  readonly code: string | Uint8Array;
  readonly imports: readonly string[];
}

/**
 * What a browser has to fetch before it can run the given scripts: they and everything that they import statically, gzipped, in bytes.
 * @throws {Error} When a script isn't among the built ones.
 */
export function weightOf(entries: readonly string[], scripts: ReadonlyMap<string, BuiltScript>): number {
  const seen = new Set<string>();
  let total = 0;
  const visit = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    const script = scripts.get(name);
    if (script === undefined) throw new Error(`${name} is not among the built scripts`);
    total += gzipSync(script.code, { level: 9 }).length;
    script.imports.forEach(visit);
  };
  entries.forEach(visit);
  return total;
}

/** Prints at the end of a build what comes before the first paint, and fails the build when that is too much. */
export function firstPaintWeight(): Plugin {
  return {
    name: 'first-paint-weight',
    apply: 'build',
    writeBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((output) => output.type === 'chunk');
      const scripts = new Map(chunks.map(({ fileName, code, imports }) => [fileName, { code, imports }]));
      const entries = chunks.filter(({ isEntry }) => isEntry).map(({ fileName }) => fileName);
      const weight = weightOf(entries, scripts);
      const figure = `${(weight / 1000).toFixed(1)} kB of at most ${firstPaintLimit / 1000} kB`;
      if (weight > firstPaintLimit) throw new Error(`Too much gzipped JavaScript before the first paint of the fleet page: ${figure}`);
      this.info(`gzipped JavaScript before the first paint of the fleet page: ${figure}`);
    },
  };
}
