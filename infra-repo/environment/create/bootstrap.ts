import { join } from 'node:path';
import type { Target } from '../aws.ts';
import { lastLines, runProgram } from '../run-program.ts';

/**
 * Bootstraps the account for the CDK by this repo's own command (`npm run bootstrap`), so that the pipelines may deploy there afterwards and nobody else. Where it has been done it
 * changes nothing. Throws an Error with what the CDK CLI said last.
 */
export async function bootstrap({ stage, organization }: Target, env: NodeJS.ProcessEnv): Promise<void> {
  const repo = join(import.meta.dirname, '..', '..');
  const args = [join(repo, 'bin', 'bootstrap.ts'), stage, '--organization', organization.organization];
  const { code, output } = await runProgram(process.execPath, args, { cwd: repo, env });
  if (code !== 0) throw new Error(`The account could not be bootstrapped:\n${lastLines(output)}`);
}
