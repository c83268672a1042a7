import { dirname } from 'node:path';
import { buildSync } from 'esbuild';

/**
 * The code of an APPSYNC_JS resolver, bundled into one ES module that imports nothing but what the runtime has (`@aws-appsync/utils`), as
 * "Bundling, TypeScript, and source maps" of the AWS AppSync Developer Guide describes it. Not minified, so that it can be read in the console; without a
 * source map, which would hold this machine's paths. AWS takes at most 32,000 characters.
 *
 * @param entry The file of the resolver (`*.resolver.ts`), which exports `request` and `response`.
 */
export function bundledResolver(entry: string): string {
  const { outputFiles } = buildSync({
    entryPoints: [entry],
    absWorkingDir: dirname(entry),
    write: false,
    bundle: true,
    platform: 'node',
    target: 'esnext',
    format: 'esm',
    external: ['@aws-appsync/utils'],
    sourcemap: false,
    legalComments: 'none',
    logLevel: 'warning',
  });
  const [output] = outputFiles;
  if (output === undefined) throw new Error(`${entry} was bundled into nothing`);
  // The first line is the path of the source as a comment.
  return output.text.replaceAll(/^\/\/ .*\n/gm, '');
}
