import { copyFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Stage } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { buildSync } from 'esbuild';

/** Where a cloud assembly carries the programs that its pipeline's builds run. */
const folder = 'delivery/programs';

/** The folder of a cloud assembly for what else the pipeline's builds need: `delivery`, which no assembly of the CDK has. */
export const deliveryProgramFolder = 'delivery';

/**
 * Bundles a program with all that it imports into the cloud assembly, so that a build which is handed the assembly alone can run it: nothing
 * is installed there, and each commit is checked by its own version.
 *
 * @param entry The program's file.
 * @returns The command that runs it in a folder that holds the assembly: `node delivery/programs/<name>.mjs`.
 */
export function deliveryProgram(scope: IConstruct, name: string, entry: URL | string): string {
  const outdir = (scope.node.root as Stage).outdir;
  buildSync({
    entryPoints: [typeof entry === 'string' ? entry : fileURLToPath(entry)],
    outfile: join(outdir, folder, `${name}.mjs`),
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    mainFields: ['module', 'main'],
    // What is CommonJS of the libraries calls `require` and reads `__dirname`, which an ES module lacks.
    // Node shows the line that an uncaught error comes from: of a bundle, that is all of it, and what went wrong stands below some tens of thousands of characters.
    banner: {
      js: "process.on('uncaughtException', (error) => { console.error(error); process.exit(1); });import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);const __dirname = import.meta.dirname;",
    },
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  return `node ${folder}/${name}.mjs`;
}

/** The command of the program that ends what waits at a gate when something newer comes. */
export const overtakeProgram = (scope: IConstruct): string =>
  deliveryProgram(scope, 'overtake-older', new URL('./programs/overtake-older.js', import.meta.url));

/** The command of the program that tells changes, with the data by which CDK's template difference knows what replaces a resource: a file beside its folder. */
export function tellChangesProgram(scope: IConstruct): string {
  const command = deliveryProgram(scope, 'tell-changes', new URL('./programs/tell-changes.js', import.meta.url));
  const outdir = (scope.node.root as Stage).outdir;
  const difference = createRequire(import.meta.url).resolve('@aws-cdk/cloudformation-diff');
  const specification = dirname(createRequire(difference).resolve('@aws-cdk/aws-service-spec'));
  copyFileSync(join(specification, '..', 'db.json.gz'), join(outdir, dirname(folder), 'db.json.gz'));
  return command;
}
