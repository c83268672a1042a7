import { basename, dirname, join } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';

/**
 * The code of an entry file, bundled into one CommonJS file with everything it imports, the AWS SDK included: what was tested is what
 * runs, and the runtime's own SDK version doesn't matter. The asset's hash is that of the bundle: the same source gives the same hash,
 * wherever the repo lies.
 *
 * CDK's NodejsFunction does the same through a shell and `npx`, several hundred milliseconds a function, and wants a lock file; this calls
 * the same esbuild in the process. CommonJS, because in an ES module a dependency that calls `require` fails only when it runs.
 */
export function bundledCode(entry: string): Code {
  return Code.fromAsset(dirname(entry), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Never pulled: bundling by Docker starts only when `tryBundle` answers false.
      image: DockerImage.fromRegistry('none'),
      local: {
        tryBundle: (directory) => {
          buildSync({
            entryPoints: [entry],
            absWorkingDir: dirname(entry),
            outfile: join(directory, 'index.js'),
            bundle: true,
            platform: 'node',
            target: 'node24',
            format: 'cjs',
            // ES module builds first: only they can be shaken down to what is used.
            mainFields: ['module', 'main'],
            minify: true,
            legalComments: 'none',
            logLevel: 'warning',
          });
          return true;
        },
      },
      // Part of the key by which CDK finds a bundle it has made already.
      command: [basename(entry)],
    },
  });
}
