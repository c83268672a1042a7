/**
 * Puts the adapter and the core into one folder in the form of a Particle project (docs.particle.io, "Project structure": `project.properties` and `src/`), because
 * Particle's compilers take nothing from outside of a project. Run with `node boron/assemble.ts`; the result is dist/boron.
 */
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** @param target The folder to make; what is in it is removed first. */
export function assembleProject(target: string): void {
  const boron = fileURLToPath(new URL('.', import.meta.url));
  const core = fileURLToPath(new URL('../core', import.meta.url));
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  for (const part of ['project.properties', '.vscode', 'src']) cpSync(`${boron}/${part}`, `${target}/${part}`, { recursive: true });
  cpSync(core, `${target}/src/core`, { recursive: true, filter: (source) => !/\.(?:ts|md|json)$/.test(source) });
}

if (import.meta.main) {
  const target = fileURLToPath(new URL('../dist/boron', import.meta.url));
  assembleProject(target);
  process.stdout.write(`${target}\n`);
}
