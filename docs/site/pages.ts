import { existsSync, globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, posix } from 'node:path';

/** The folder of this repo. */
const repo = join(import.meta.dirname, '..');

/**
 * A page of the site. `source` is where its Markdown stands in the workspace of all repos, by which its links are read; `file` where it was read here; `address` where it is
 * on the site, without a slash at the beginning.
 */
export interface Page {
  readonly source: string;
  readonly file: string;
  readonly address: string;
  readonly title: string;
  readonly markdown: string;
}

/** What of other repos is shown: copies that the workspace's tests hold equal (`npm run docs:gather`). */
const gathered = join(repo, 'gathered');

/** The contract's own page comes with its package. */
const protocol = {
  source: 'infra-repo/packages/contract/PROTOCOL.md',
  file: join(packageFolder('@enstratus/contract'), 'PROTOCOL.md'),
  address: 'protocol.html',
};

/** Every page, by its source. Throws an Error for a page without a heading, or two with one address. */
export function readPages(): Page[] {
  const own = globSync('**/*.md', {
    cwd: repo,
    exclude: (name) => ['node_modules', 'gathered', 'dist', 'cdk.out'].includes(name.split('/').at(-1) ?? ''),
  })
    .filter((file) => file !== 'README.md')
    .map((file) => ({
      source: posix.join('docs', file),
      file: join(repo, file),
      address: file === 'RUNBOOK.md' ? 'repos/docs/runbook.html' : addressOf(file),
    }));
  const others = globSync('**/*.md', { cwd: gathered }).map((file) => ({
    source: file,
    file: join(gathered, file),
    address: file === 'local-cloud/LIMITS.md' ? 'limits.html' : posix.join('repos', addressOf(file)),
  }));
  const pages = [...own, ...others, protocol].map((page) => {
    const markdown = readFileSync(page.file, 'utf8');
    const [, title] = /^# (.+)$/m.exec(markdown) ?? [];
    if (title === undefined) throw new Error(`${page.file} has no heading of its own`);
    return { ...page, title: title.replaceAll('`', ''), markdown };
  });
  const addresses = new Set<string>();
  for (const { address, source } of pages) {
    if (addresses.has(address)) throw new Error(`${source} would be a second ${address}`);
    addresses.add(address);
  }
  return pages.sort((one, other) => one.address.localeCompare(other.address));
}

/** `journeys/README.md` is `journeys/index.html`; `ingest-repo/RUNBOOK.md` is `ingest-repo/runbook.html`. */
function addressOf(file: string): string {
  const { dir, name } = posix.parse(file);
  return posix.join(dir, `${name === 'README' ? 'index' : name.toLowerCase()}.html`);
}

/** An installed package's folder, by its entry: a package need not export its package.json. */
function packageFolder(name: string): string {
  let folder = posix.dirname(createRequire(import.meta.url).resolve(name));
  while (!existsSync(join(folder, 'package.json'))) folder = posix.dirname(folder);
  return folder;
}
