import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const here = import.meta.dirname;
const source = join(here, 'registry');

/** Installs Verdaccio below .local, when its lock file is another than the installed one. Resolves to the folder. */
export async function installRegistry(root, npm) {
  const folder = join(root, '.local', 'standalone', 'registry');
  const lock = createHash('sha256')
    .update(readFileSync(join(source, 'package-lock.json')))
    .digest('hex');
  const stamp = join(folder, 'installed');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const file of ['package.json', 'package-lock.json']) cpSync(join(source, file), join(folder, file));
  await npm(['ci', '--ignore-scripts', '--prefer-offline'], folder);
  writeFileSync(stamp, lock);
  return folder;
}

/**
 * Starts an empty registry on 127.0.0.1 and a free port, on Node 24. Resolves to its URL and how to stop it; it also ends with this process. It has the packages that are
 * published to it and no others.
 */
export async function startRegistry(node, installed) {
  const storage = mkdtempSync(join(tmpdir(), 'standalone-registry-'));
  const child = spawn(node, [join(source, 'serve.mjs'), installed, storage], { stdio: ['pipe', 'pipe', 'pipe'] });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  let output = '';
  const port = await new Promise((resolve, reject) => {
    const take = (chunk) => {
      output += chunk;
      const [, port] = /^listening on (\d+)$/m.exec(output) ?? [];
      if (port !== undefined) resolve(port);
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    child.once('error', reject);
    void exited.then((code) => reject(new Error(`The registry ended with code ${code}:\n${output}`)));
  });
  return {
    url: `http://127.0.0.1:${port}/`,
    async stop() {
      child.stdin.end();
      await exited;
      rmSync(storage, { recursive: true, force: true });
    },
  };
}
