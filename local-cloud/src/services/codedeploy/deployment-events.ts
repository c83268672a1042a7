import type { Cloud } from '../../kernel/cloud.ts';
import type { Scope } from '../../kernel/service.ts';
import { applicationArn, groupArn } from './arns.ts';
import type { DeploymentRecord } from './deployment-record.ts';

const STATES = { Created: undefined, InProgress: 'START', Succeeded: 'SUCCESS', Failed: 'FAILURE', Stopped: 'STOP' } as const;

/** Tells EventBridge that a deployment began or ended (EventBridge User Guide, "CodeDeploy events": deployment state-change). */
export function emitStateChange(cloud: Cloud, { account, region }: Scope, record: DeploymentRecord): void {
  const state = STATES[record.status];
  if (state === undefined) return;
  const { applicationName, groupName } = record;
  cloud.emitEvent({
    account,
    region,
    source: 'aws.codedeploy',
    detailType: 'CodeDeploy Deployment State-change Notification',
    resources: [applicationArn({ account, region }, applicationName), groupArn({ account, region }, applicationName, groupName)],
    detail: {
      region,
      deploymentId: record.id,
      // CodeDeploy's own name of the deployment group's id.
      instanceGroupId: record.groupId,
      deploymentGroup: groupName,
      state,
      application: applicationName,
    },
  });
}
