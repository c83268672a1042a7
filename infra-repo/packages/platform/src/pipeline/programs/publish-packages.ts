import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { npm, publishedTarball, tarballIn } from './npm-registry.ts';

/** Where `npm run package` puts what is published, in the cloud assembly. */
const { PACKAGES_FOLDER: folder } = z.object({ PACKAGES_FOLDER: z.string().default('packages') }).parse(process.env);

const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.tgz')) : [];
if (files.length === 0) throw new Error(`${folder} holds no packages: does the repo's "npm run package" put them there?`);

const work = mkdtempSync(join(tmpdir(), 'publish-packages-'));
try {
  const packed = await Promise.all(files.map((file) => tarballIn(join(folder, file))));
  const published = await Promise.all(packed.map(({ name, version }) => publishedTarball(`${name}@${version}`, work)));
  const changed = packed.filter(({ content }, index) => published[index] !== undefined && published[index].content !== content);
  // All or none: what belongs together is published together.
  if (changed.length > 0) {
    const named = changed.map(({ name, version }) => `${name} ${version} is published with another content: count its version up`);
    throw new Error(named.join('\n'));
  }
  for (const [index, { name, version, file }] of packed.entries()) {
    if (published[index] !== undefined) console.log(`${name} ${version} is published already.`);
    else {
      // A relative one with a slash would be somebody's repository on GitHub.
      await npm(['publish', resolve(file)]);
      console.log(`Published ${name} ${version}.`);
    }
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
