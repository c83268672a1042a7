import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Ends a process group by its id. One that is gone is no error. */
export function killGroup(id: number): void {
  try {
    process.kill(-id, 'SIGKILL');
  } catch (error) {
    // ESRCH: nobody is left. EPERM: only what became another user's.
    if (!(error instanceof Error && 'code' in error && (error.code === 'ESRCH' || error.code === 'EPERM'))) throw error;
  }
}

/**
 * Ends what a build has left behind when this process was killed: the groups that it noted, when they are still its own (an id can be
 * another's by now), and where /proc tells environments, whatever left its group.
 */
export function endLeftovers(workspace: {
  readonly path: string;
  readonly buildArn: string;
  readonly processGroups: readonly number[];
}): void {
  for (const id of workspace.processGroups) if (belongsTo(id, workspace.path)) killGroup(id);
  endStrays(workspace.buildArn);
}

/** Ends processes of a build that left its process group, found by CODEBUILD_BUILD_ARN in their environment. Linux alone tells it. */
export function endStrays(buildArn: string): void {
  for (const id of processIds()) {
    if (id === process.pid || !environmentOf(id).includes(`\0CODEBUILD_BUILD_ARN=${buildArn}\0`)) continue;
    try {
      process.kill(id, 'SIGKILL');
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && (error.code === 'ESRCH' || error.code === 'EPERM'))) throw error;
    }
  }
}

/** Whether this machine tells the environment of processes, by which those are found that have left their group. */
export const FINDS_STRAYS = existsSync('/proc/self/environ');

/** The group's leader is the build's shell, whose command line names the workspace. */
function belongsTo(id: number, path: string): boolean {
  const told = spawnSync('ps', ['-o', 'command=', '-p', String(id)], { encoding: 'utf8' });
  return told.status === 0 && told.stdout.includes(path);
}

function processIds(): number[] {
  if (!FINDS_STRAYS) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function environmentOf(id: number): string {
  try {
    return `\0${readFileSync(`/proc/${id}/environ`, 'utf8')}\0`;
  } catch {
    // It ended meanwhile, or is another user's.
    return '';
  }
}
