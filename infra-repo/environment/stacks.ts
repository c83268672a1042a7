import { setTimeout } from 'node:timers/promises';
import { type CloudFormationClient, DescribeStacksCommand, paginateListStacks, type StackStatus } from '@aws-sdk/client-cloudformation';

/** What every stack of the system is named with, in each repo. */
export const stackPrefix = 'Enstratus';
/** The stack that `cdk bootstrap` makes ("Bootstrapping", AWS CDK Developer Guide). */
export const bootstrapStack = 'CDKToolkit';

/** How often CloudFormation is asked: at first often, since small stacks take a second. */
const firstPause_ms = 300;
const longestPause_ms = 5_000;

/** A stack's status; undefined when there is none. Throws what CloudFormation throws. */
export async function stackStatus(client: CloudFormationClient, name: string): Promise<StackStatus | undefined> {
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
    return Stacks[0]?.StackStatus;
  } catch (error) {
    if (error instanceof Error && error.name === 'ValidationError' && error.message.includes('does not exist')) return undefined;
    throw error;
  }
}

/** Waits until nothing goes on in a stack, such as what a run that was cut off has begun. Answers its status then. */
export async function settledStatus(client: CloudFormationClient, name: string): Promise<StackStatus | undefined> {
  for (let pause_ms = firstPause_ms; ; pause_ms = Math.min(pause_ms * 1.5, longestPause_ms)) {
    const status = await stackStatus(client, name);
    // A stack whose first change set was never executed: the CDK CLI makes it anew.
    if (status === undefined || status === 'REVIEW_IN_PROGRESS' || !status.endsWith('_IN_PROGRESS')) return status;
    await setTimeout(pause_ms);
  }
}

/** Whether a stack stands as its last deployment, or the one before it, wanted it. */
export const isDeployed = (status: StackStatus | undefined): boolean => /^(CREATE|UPDATE|UPDATE_ROLLBACK)_COMPLETE$/.test(status ?? '');

/** The names of all stacks of the system that are there, in whatever state. */
export async function systemStacks(client: CloudFormationClient): Promise<string[]> {
  const names: string[] = [];
  for await (const { StackSummaries = [] } of paginateListStacks({ client }, {}))
    for (const { StackName, StackStatus } of StackSummaries)
      if (StackStatus !== 'DELETE_COMPLETE' && StackName?.startsWith(stackPrefix)) names.push(StackName);
  return names;
}
