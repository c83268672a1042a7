import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { type ProgramResult, runProgram } from './run-program.ts';

export interface CdkTarget {
  readonly endpoint: string;
  readonly account: string;
  readonly region: string;
  /** Where the CLI may keep its caches: its own, since it remembers which account a key belongs to. */
  readonly home: string;
}

/** The environment in which the unmodified CDK CLI, and any AWS client, works on a local cloud. */
export function awsEnvironment(target: CdkTarget): NodeJS.ProcessEnv {
  const kept = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_') && !name.startsWith('CDK_')));
  return {
    ...kept,
    // An app is started as `node bin/app.ts`: by this Node, not by an older one of the machine's.
    PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`,
    AWS_ENDPOINT_URL: target.endpoint,
    AWS_ACCESS_KEY_ID: target.account,
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_REGION: target.region,
    AWS_DEFAULT_REGION: target.region,
    AWS_EC2_METADATA_DISABLED: 'true',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    CDK_HOME: target.home,
    NODE_NO_WARNINGS: '1',
  };
}

/** Runs the CDK CLI that a repo has pinned, in the repo's folder unless another is given. */
export function cdk(
  repo: string,
  args: readonly string[],
  target: CdkTarget,
  { onLine, cwd = repo }: { onLine?: (line: string) => void; cwd?: string } = {},
): Promise<ProgramResult> {
  mkdirSync(target.home, { recursive: true });
  const cli = createRequire(join(repo, 'package.json')).resolve('aws-cdk/bin/cdk');
  return runProgram(process.execPath, [cli, ...args, '--no-notices', '--no-color'], {
    cwd,
    env: awsEnvironment(target),
    ...(onLine === undefined ? {} : { onLine }),
  });
}
