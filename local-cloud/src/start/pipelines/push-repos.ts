import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { deliveredRepos } from '@enstratus/platform/delivery';
import type { Cloud } from '../../kernel/cloud.ts';
import type { Caller } from '../../kernel/service.ts';
import { type Progress, StartError } from '../progress.ts';
import { runProgram } from '../run-program.ts';

export interface PushOptions {
  readonly root: string;
  readonly directory: string;
  readonly cloud: Cloud;
  readonly caller: Caller;
  readonly progress: Progress;
}

/** Where a repository of the local CodeCommit is cloned from: an access key id of 12 digits stands for the account, with any password. */
export const cloneUrl = (endpoint: string, account: string, repo: string): string =>
  `${endpoint.replace('://', `://${account}:local@`)}/v1/repos/${repo}`;

/**
 * Splits the workspace into its repos, with their histories, and pushes each into its repository in CodeCommit while that is empty: what is there belongs to whoever
 * pushes. Answers where each is cloned from. Throws StartError with git's words.
 */
export async function pushRepos({ root, directory, cloud, caller, progress }: PushOptions): Promise<Record<string, string>> {
  const urls = Object.fromEntries(deliveredRepos.map((repo) => [repo, cloneUrl(cloud.endpoint, caller.account, repo)]));
  const empty: string[] = [];
  for (const repo of deliveredRepos) if (!(await hasMain(cloud, caller, repo))) empty.push(repo);
  if (empty.length === 0) return urls;
  const folder = join(directory, 'repos');
  await progress.step('Splitting the workspace into git repositories', async (tell) => {
    const { code, output } = await runProgram(process.execPath, [join(root, 'scripts', 'split.mjs'), folder, ...empty], {
      cwd: root,
      env: process.env,
    });
    if (code !== 0) throw new StartError(`The workspace could not be split:\n${output}`);
    tell(`${empty.length} repositories in ${folder}`);
  });
  await progress.step(`Pushing ${empty.length} repositories to CodeCommit`, async () => {
    await Promise.all(
      empty.map(async (repo) => {
        const at = join(folder, repo);
        if (!existsSync(at)) throw new StartError(`The split has made no ${repo}.`);
        const { code, output } = await runProgram('git', ['push', '--quiet', urls[repo] as string, 'HEAD:refs/heads/main'], {
          cwd: at,
          env: quietGit(),
        });
        if (code !== 0) throw new StartError(`${repo} could not be pushed:\n${output}`);
      }),
    );
  });
  return urls;
}

/** Git without questions on the terminal, and without what this machine's user has configured for other hosts. */
const quietGit = (): NodeJS.ProcessEnv => ({
  ...process.env,
  GIT_TERMINAL_PROMPT: '0',
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: 'credential.helper',
  GIT_CONFIG_VALUE_0: '',
});

async function hasMain(cloud: Cloud, caller: Caller, repositoryName: string): Promise<boolean> {
  const { branches } = await cloud.call<{ branches: string[] }>('codecommit', 'ListBranches', { repositoryName }, caller);
  return branches.includes('main');
}
