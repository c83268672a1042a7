import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { StageRepo } from '../repos.ts';
import { cdk } from '../run-program.ts';
import { isDeployed, settledStatus } from '../stacks.ts';

/**
 * Deploys a repo's stacks as its pipeline does: the same assembly, by the roles of the bootstrap. What a run that was cut off has begun is waited for. A repo whose stacks all stand
 * isn't deployed again: changes come by its pipeline, through its gates. Answers whether something was deployed; throws an Error with what the CDK CLI said last.
 */
export async function deployRepo(repo: StageRepo, client: CloudFormationClient, env: NodeJS.ProcessEnv): Promise<boolean> {
  const statuses = await Promise.all(repo.stackNames.map((name) => settledStatus(client, name)));
  if (statuses.every(isDeployed)) return false;
  await cdk(repo.directory, ['deploy', '--app', repo.assembly, '--all', '--require-approval', 'never', '--progress', 'events'], env);
  return true;
}
