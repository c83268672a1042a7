import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { packPackage, sharedPackages } from '../publishing/pack-package.ts';

/** Beside the templates: what a build hands on carries the packages that the pipeline publishes. */
const folder = fileURLToPath(new URL('../cdk.out/packages', import.meta.url));

rmSync(folder, { recursive: true, force: true });
for (const { name, version, integrity } of await Promise.all(sharedPackages.map((source) => packPackage(source, folder))))
  console.log(`${name} ${version} ${integrity}`);
