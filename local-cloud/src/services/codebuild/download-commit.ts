import { execFile } from 'node:child_process';
import { devNull } from 'node:os';
import { promisify } from 'node:util';
import type { Cloud } from '../../kernel/cloud.ts';
import type { BuildRecord } from './build-record.ts';
import { PhaseFailure } from './phase-failure.ts';
import { repositoryNameOf } from './project-settings.ts';
import type { BuildSession } from './service-role.ts';
import type { Workspace } from './workspace.ts';

const execute = promisify(execFile);
const COMMIT = /^[0-9a-f]{40}$/;

/**
 * Clones a repository of CodeCommit by this machine's git and checks a branch, tag or commit out, the default branch where none is named;
 * answers the commit. The service role needs codecommit:GitPull (CodeBuild User Guide, "Create a CodeBuild service role"). A git clone depth
 * counts for branches and tags; a commit may lie deeper. Throws PhaseFailure with what git complains of.
 */
export async function downloadCommit(cloud: Cloud, build: BuildRecord, workspace: Workspace, session: BuildSession): Promise<string> {
  const { location = '', gitCloneDepth = 0 } = build.settings.source;
  const [, , , region = ''] = build.arn.split(':');
  const version = (build.sourceVersion ?? '').replace(/\^\{\w+\}$/, '').replace(/^refs\/(heads|tags)\//, '');
  const url = `${cloud.endpoint}/v1/repos/${repositoryNameOf(location)}`;
  const git = async (...args: string[]) => {
    const { stdout } = await execute('git', args, {
      cwd: workspace.source,
      env: gitEnvironment(workspace, session, region, cloud.clock()),
    });
    return stdout.trim();
  };
  const depth = gitCloneDepth > 0 && !COMMIT.test(version) ? ['--depth', String(gitCloneDepth), '--no-single-branch'] : [];
  try {
    await git('clone', '--quiet', '--no-checkout', ...depth, url, '.');
    const commit = await git('rev-parse', '--verify', `${await revisionOf(version, git)}^{commit}`);
    await git('checkout', '--quiet', '--detach', commit);
    await git('remote', 'set-url', 'origin', location);
    return commit;
  } catch (error) {
    const complaint = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    const wanted = version === '' ? '' : ` and source version ${build.sourceVersion}`;
    throw new PhaseFailure('CLIENT_ERROR', `${complaint.replaceAll(session.credentials.sessionToken, '***')} for primary source${wanted}`);
  }
}

async function revisionOf(version: string, git: (...args: string[]) => Promise<string>): Promise<string> {
  if (version === '') return 'refs/remotes/origin/HEAD';
  if (COMMIT.test(version)) return version;
  const tag = await git('for-each-ref', '--format=%(refname)', `refs/tags/${version}`);
  return tag === '' ? `refs/remotes/origin/${version}` : tag;
}

/**
 * A git without the machine's settings. It names the region by the host name of AWS, and shows the session as AWS's credential helper does; by
 * variables, so that nothing of it stays in the clone or is seen in a list of processes.
 */
function gitEnvironment(workspace: Workspace, session: BuildSession, region: string, now: number): Record<string, string> {
  const { accessKeyId, sessionToken } = session.credentials;
  const time = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
  const basic = Buffer.from(`${accessKeyId}%${sessionToken}:${time}${'0'.repeat(64)}`).toString('base64');
  const settings = [
    ['http.extraHeader', `Authorization: Basic ${basic}`],
    ['http.extraHeader', `Host: git-codecommit.${region}.amazonaws.com`],
    ['http.proxy', ''],
    ['core.hooksPath', devNull],
    ['advice.detachedHead', 'false'],
  ];
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: workspace.home,
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: devNull,
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(
      settings.flatMap(([key = '', value = ''], at) => [
        [`GIT_CONFIG_KEY_${at}`, key],
        [`GIT_CONFIG_VALUE_${at}`, value],
      ]),
    ),
  };
}
