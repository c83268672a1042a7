import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, dirname, join, sep } from 'node:path';

/**
 * Copies what a clone of this repo would hold (git's files, as they are in the work tree) to a temporary folder where nothing else is. Returns the copy's folder. Throws
 * where something lies above it that Node or npm would find.
 */
export function copyToEmptyPlace(root, repo) {
  const folder = join(mkdtempSync(join(realpathSync(tmpdir()), 'standalone-')), repo);
  for (let above = dirname(folder); above !== dirname(above); above = dirname(above)) {
    const found = ['node_modules', 'package.json', 'tsconfig.json', 'biome.json'].find((name) => existsSync(join(above, name)));
    if (found !== undefined) throw new Error(`${join(above, found)} can be reached from ${folder}: name another folder in TMPDIR.`);
  }
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', `${repo}/`], {
    cwd: root,
    encoding: 'utf8',
  });
  for (const file of listed.split('\0')) {
    // A file that was deleted and not yet committed is still listed.
    if (file === '' || !existsSync(join(root, file))) continue;
    const target = join(dirname(folder), file);
    mkdirSync(dirname(target), { recursive: true });
    cpSync(join(root, file), target, { mode: 0, preserveTimestamps: statSync(join(root, file)).isFile() });
  }
  return folder;
}

/**
 * Writes npm's settings of a user whom somebody has told which registry has the shared packages, as `aws codeartifact login` tells it: those of this machine's user, and that. Returns their
 * file. In the repo's own settings it would win over what a test says.
 */
export function writeUserSettings(registry) {
  const file = join(mkdtempSync(join(realpathSync(tmpdir()), 'standalone-npm-')), 'npmrc');
  const users = join(homedir(), '.npmrc');
  const { host } = new URL(registry);
  // Any token: npm publishes to nobody without one.
  const lines = [
    existsSync(users) ? readFileSync(users, 'utf8') : '',
    `@enstratus:registry=${registry}`,
    `//${host}/:_authToken=standalone`,
    '',
  ];
  writeFileSync(file, lines.join('\n'), { mode: 0o600 });
  return file;
}

/** The environment without everything that the workspace's `npm run` has put there. Whom the machine trusts on its way to a registry stays. */
export function environmentWithout(root) {
  const inside = (path) => path === root || path.startsWith(`${root}${sep}`);
  const kept = Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_(?!EXTRA_CA_CERTS$)|INIT_CWD$|VITEST|ENSTRATUS_)/i.test(name));
  const path = (process.env.PATH ?? '').split(delimiter).filter((entry) => !inside(entry) && !entry.includes('node_modules'));
  return { ...Object.fromEntries(kept), PATH: path.join(delimiter), NODE_PATH: '' };
}
