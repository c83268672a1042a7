import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** The folder of one build, and what is in it. */
export interface Workspace {
  readonly path: string;
  /** CODEBUILD_SRC_DIR */
  readonly source: string;
  /** CODEBUILD_SRC_DIR_<name>: further inputs. */
  readonly secondarySources: Readonly<Record<string, string>>;
  readonly home: string;
  readonly temporary: string;
  /** Where `npm install -g` installs. */
  readonly npmPrefix: string;
  /** npm's settings of this machine. */
  readonly npmrc: string;
  /** The certificates that Node trusts beside its own: what this machine adds, and the local cloud's. */
  readonly certificates: string;
  /** The shell's own files. */
  readonly shell: string;
}

/**
 * Makes the folder of a build, in the machine's folder for temporary files: within a repo, Node, npm and git would find what lies above it.
 * Of mode 0700: npm's settings may hold credentials.
 */
export async function makeWorkspace(secondary: readonly string[], npmrc: string, certificate: string): Promise<Workspace> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'codebuild-')));
  const workspace: Workspace = {
    path,
    source: join(path, 'output', 'src', 'src'),
    secondarySources: Object.fromEntries(secondary.map((name) => [name, join(path, 'output', 'secondary', name)])),
    home: join(path, 'root'),
    temporary: join(path, 'tmp'),
    npmPrefix: join(path, 'npm-global'),
    npmrc: join(path, 'npmrc'),
    certificates: join(path, 'certificates.pem'),
    shell: join(path, 'shell'),
  };
  const { source, secondarySources, home, temporary, npmPrefix, shell } = workspace;
  for (const folder of [source, ...Object.values(secondarySources), home, temporary, join(npmPrefix, 'lib'), shell])
    await mkdir(folder, { recursive: true });
  await writeFile(workspace.npmrc, npmrc, { mode: 0o600 });
  const machines = process.env['NODE_EXTRA_CA_CERTS'];
  // Node warns of a file that can't be read, and goes on without it.
  const trusted = machines === undefined ? '' : await readFile(machines, 'utf8').catch(() => '');
  await writeFile(workspace.certificates, [trusted, certificate].join('\n'));
  return workspace;
}

/** Removes the folder, what a build has made read-only in it, too. Rejects when something of it can't be removed. */
export async function removeWorkspace(path: string): Promise<void> {
  const remove = () => rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  try {
    await remove();
  } catch {
    await execute('chmod', ['-R', 'u+rwX', path]);
    await remove();
  }
}
