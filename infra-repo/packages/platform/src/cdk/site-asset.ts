import { readdirSync } from 'node:fs';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';
import { contentType, pageName } from '../site/site-file.ts';

/** Builds a site into a directory. Throws an Error that says what doesn't build. */
export type BuildSite = (directory: string) => void;

/**
 * A built site as an asset, made at synthesis. Its hash is that of what was built: the same source gives the same hash, wherever the repo lies, and so a deployment
 * of what is deployed already changes nothing. `source` is a folder that is there; what is in it doesn't matter. Throws where the build could not be served.
 */
export function siteAsset(scope: Construct, id: string, { source, build }: { readonly source: string; readonly build: BuildSite }): Asset {
  return new Asset(scope, id, {
    path: source,
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Never pulled: bundling by Docker starts only when `tryBundle` answers false.
      image: DockerImage.fromRegistry('none'),
      local: {
        tryBundle: (directory) => {
          build(directory);
          requireServable(directory);
          return true;
        },
      },
    },
  });
}

/** What the deployer would refuse is refused here already, before anything is deployed. */
function requireServable(directory: string): void {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  if (!files.some(({ name, parentPath }) => name === pageName && parentPath === directory))
    throw new Error(`The site's build has no ${pageName}`);
  for (const { name } of files) contentType(name);
}
