import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { AwsError } from '../../kernel/aws-error.ts';
import { type ResourceContext, unlessCode } from '../../kernel/resource-type.ts';

type AliasUpdate = NonNullable<ResourceContext['aliasUpdate']>;

const unlessOver = unlessCode('DeploymentAlreadyCompletedException');

/** How often CloudFormation asks what has become of a deployment. */
const POLL_MS = 200;

interface DeploymentInfo {
  readonly deploymentId: string;
  readonly status: string;
  readonly errorInformation?: { readonly code?: string; readonly message?: string };
  readonly rollbackInfo?: { readonly rollbackDeploymentId?: string };
}

/**
 * Has CodeDeploy shift an alias from one version to another, with the rights of the stack's role, and waits for the end of it (CloudFormation Template
 * Reference, "UpdatePolicy attribute", CodeDeployLambdaAliasUpdate). Throws when the deployment fails or is stopped, once the alias is back.
 */
export async function shiftAlias(
  update: AliasUpdate,
  { aliasArn, from, to }: { aliasArn: string; from: string; to: string },
  context: ResourceContext,
): Promise<void> {
  const [, , , , , , Name, Alias] = aliasArn.split(':');
  // CodeDeploy User Guide, "AppSpec 'resources' section for AWS Lambda deployments".
  const content = JSON.stringify({
    version: 0,
    Resources: [
      { [context.logicalId]: { Type: 'AWS::Lambda::Function', Properties: { Name, Alias, CurrentVersion: from, TargetVersion: to } } },
    ],
  });
  const { deploymentId } = await context.call<{ deploymentId: string }>('codedeploy', 'CreateDeployment', {
    applicationName: update.applicationName,
    deploymentGroupName: update.deploymentGroupName,
    revision: {
      revisionType: 'AppSpecContent',
      appSpecContent: { content, sha256: createHash('sha256').update(content).digest('hex') },
    },
    description: `${context.stackName}/${context.logicalId}`.slice(0, 100),
  });
  const ended = await settled(deploymentId, update, context);
  if (ended.status === 'Succeeded') return;
  const { code = 'UNKNOWN', message = '' } = ended.errorInformation ?? {};
  const back = ended.rollbackInfo?.rollbackDeploymentId;
  if (back !== undefined) await settled(back, update, context);
  throw new Error(`CodeDeploy deployment ${deploymentId} is ${ended.status}: ${message} (Error code: ${code})`);
}

/** Stops what still shifts in the deployment group, such as the deployment of an update that was cancelled, and waits until nothing does. */
export async function stopShifting(update: AliasUpdate, context: ResourceContext): Promise<void> {
  const { applicationName, deploymentGroupName } = update;
  for (;;) {
    const running = await inProgress({ applicationName, deploymentGroupName }, context);
    if (running.length === 0) return;
    for (const deploymentId of running) {
      const { status } = await infoOf(deploymentId, context);
      // It may have come to its end by itself since it was asked.
      if (status === 'InProgress')
        await unlessOver(context.call('codedeploy', 'StopDeployment', { deploymentId, autoRollbackEnabled: true }));
    }
    await pause(POLL_MS);
    update.signal.throwIfAborted();
  }
}

async function inProgress(
  group: { applicationName: string; deploymentGroupName: string },
  context: ResourceContext,
): Promise<readonly string[]> {
  try {
    const input = { ...group, includeOnlyStatuses: ['Created', 'Queued', 'InProgress', 'Ready'] };
    return (await context.call<{ deployments: string[] }>('codedeploy', 'ListDeployments', input)).deployments;
  } catch (error) {
    // The update that failed would have made it.
    if (error instanceof AwsError && /DoesNotExistException$/.test(error.code)) return [];
    throw error;
  }
}

async function settled(deploymentId: string, { signal }: AliasUpdate, context: ResourceContext): Promise<DeploymentInfo> {
  for (;;) {
    const info = await infoOf(deploymentId, context);
    if (['Succeeded', 'Failed', 'Stopped'].includes(info.status)) return info;
    await pause(POLL_MS);
    signal.throwIfAborted();
  }
}

async function infoOf(deploymentId: string, context: ResourceContext): Promise<DeploymentInfo> {
  return (await context.call<{ deploymentInfo: DeploymentInfo }>('codedeploy', 'GetDeployment', { deploymentId })).deploymentInfo;
}
