import {
  type CloudFormationClient,
  DeleteStackCommand,
  DescribeStacksCommand,
  paginateListStackResources,
  type StackResourceSummary,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation';
import { settledStatus } from '../stacks.ts';

/** Some deletions need a second try, such as one that came before what it waits for was gone everywhere. */
const maxTries = 4;

/**
 * Deletes a stack, even one that is protected, and waits until it is gone. What it can't delete and is of `leftTypes` is left to whoever deletes those afterwards (in production CloudFormation may not
 * delete what holds data: infra-repo/cdk/bootstrap). Throws an Error that names what else can't be deleted, and why.
 */
export async function deleteStack(client: CloudFormationClient, StackName: string, leftTypes: ReadonlySet<string>): Promise<void> {
  if ((await settledStatus(client, StackName)) === undefined) return;
  const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName }));
  if (Stacks[0]?.EnableTerminationProtection === true)
    await client.send(new UpdateTerminationProtectionCommand({ StackName, EnableTerminationProtection: false }));
  let failed = await failedResources(client, StackName);
  for (let tries = 1; tries <= maxTries; tries += 1) {
    const RetainResources = failed.flatMap(({ ResourceType = '', LogicalResourceId = '' }) =>
      leftTypes.has(ResourceType) ? [LogicalResourceId] : [],
    );
    await client.send(new DeleteStackCommand({ StackName, ...(RetainResources.length === 0 ? {} : { RetainResources }) }));
    if ((await settledStatus(client, StackName)) === undefined) return;
    failed = await failedResources(client, StackName);
  }
  const reasons = failed.map(
    ({ LogicalResourceId, ResourceType, ResourceStatusReason }) => `  ${LogicalResourceId} (${ResourceType}): ${ResourceStatusReason}`,
  );
  throw new Error(`${StackName} can't be deleted:\n${reasons.join('\n')}`);
}

async function failedResources(client: CloudFormationClient, StackName: string): Promise<StackResourceSummary[]> {
  const failed: StackResourceSummary[] = [];
  for await (const { StackResourceSummaries = [] } of paginateListStackResources({ client }, { StackName }))
    failed.push(...StackResourceSummaries.filter(({ ResourceStatus }) => ResourceStatus === 'DELETE_FAILED'));
  return failed;
}
