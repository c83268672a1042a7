// Runs on the machine's own Node (20.19 or newer) and without any package: it is what installs them.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, 'node_modules', '.enstratus-installed');

/** Ends with one clear sentence. */
export function fail(sentence) {
  console.error(`\n✖ ${sentence}`);
  process.exit(1);
}

/** Where progress goes: a program that prints figures for others has the standard output for itself. */
const told = process.argv.includes('--json') ? process.stderr : process.stdout;

/** Prints a step and, when `work` is done, the time that it took. */
export async function step(title, work) {
  const started = performance.now();
  told.write(`  ${title} …\n`);
  const result = await work();
  told.write(`✔ ${title} (${((performance.now() - started) / 1000).toFixed(1)} s)\n`);
  return result;
}

/** Runs a program to its end; resolves to its exit code (128 + signal number when a signal ended it). */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)));
  });
}

/** Checks the machine's Node and installs the packages when the lock file isn't the installed one. */
export async function prepare() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19))
    fail(`Node ${process.versions.node} is too old: ENStratus Cloud needs Node 20.19 or newer to install itself.`);
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
    await step('Installing packages', async () => {
      const npm = process.env.npm_execpath;
      const output = { stdio: ['inherit', told.fd, 'inherit'] };
      const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
      const code = await (npm?.endsWith('.js')
        ? run(process.execPath, [npm, ...args], output)
        : run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, output)
      ).catch(() => fail('npm was not found: it comes with Node, install both.'));
      if (code !== 0) fail('The packages could not be installed: npm says why above (most often: no network, or a full disk).');
      writeFileSync(stamp, lock);
    });
  }
  const node = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (!existsSync(node))
    fail(
      'Node 24 is missing in node_modules although it was installed: was npm told to ignore install scripts? Delete node_modules and try again.',
    );
  return node;
}

/** Builds what programs import that don't go by `npm start`, which builds it itself. Ends with the compiler's words when it can't be. */
export async function build(node) {
  const code = await run(node, [join(root, 'local-cloud', 'bin', 'build.ts')], { env: environment() });
  if (code !== 0) process.exit(code);
}

/** The environment for children: the workspace's programs first, Node 24 among them. */
export function environment() {
  const bin = join(root, 'node_modules', '.bin');
  return { ...process.env, PATH: `${bin}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH}`, NODE_NO_WARNINGS: '1' };
}
