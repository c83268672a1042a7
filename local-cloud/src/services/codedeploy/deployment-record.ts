import type { AppSpec } from './app-spec.ts';
import type { GroupSettings } from './codedeploy-store.ts';
import type { TrafficRouting } from './predefined-configs.ts';

export type DeploymentStatus = 'Created' | 'InProgress' | 'Succeeded' | 'Failed' | 'Stopped';

/** One deployment, as it is stored: what it was told, and how far it is. Times in ms since 1970. */
export interface DeploymentRecord {
  readonly id: string;
  readonly applicationName: string;
  readonly groupName: string;
  readonly groupId: string;
  readonly settings: GroupSettings;
  readonly routing: TrafficRouting;
  /** The AppSpec file as it was given, and its digest. */
  readonly content: string;
  readonly sha256: string;
  readonly spec: AppSpec;
  readonly description: string;
  readonly creator: 'user' | 'codeDeployRollback';
  readonly created_ms: number;
  readonly started_ms?: number;
  readonly completed_ms?: number;
  readonly status: DeploymentStatus;
  /** How many steps of the shift are done, and when the first was. */
  readonly stepsDone: number;
  readonly shiftingSince_ms?: number;
  readonly error?: { readonly code: string; readonly message: string };
  readonly rollback?: {
    readonly rollbackDeploymentId?: string;
    readonly rollbackTriggeringDeploymentId?: string;
    readonly rollbackMessage?: string;
  };
}

export function isOver({ status }: DeploymentRecord): boolean {
  return status === 'Succeeded' || status === 'Failed' || status === 'Stopped';
}

/** A deployment as the API shows it (CodeDeploy API Reference, "DeploymentInfo"). */
export function describeDeployment(record: DeploymentRecord): Record<string, unknown> {
  const { settings, status } = record;
  const count = (...of: readonly DeploymentStatus[]) => (of.includes(status) ? 1 : 0);
  const time = (at_ms: number | undefined, name: string) => (at_ms === undefined ? {} : { [name]: new Date(at_ms) });
  return {
    applicationName: record.applicationName,
    deploymentGroupName: record.groupName,
    deploymentConfigName: settings.configName,
    deploymentId: record.id,
    revision: { revisionType: 'AppSpecContent', appSpecContent: { content: record.content, sha256: record.sha256 } },
    status,
    ...(record.error === undefined ? {} : { errorInformation: record.error }),
    ...time(record.created_ms, 'createTime'),
    ...time(record.started_ms, 'startTime'),
    ...time(record.completed_ms, 'completeTime'),
    deploymentOverview: {
      Pending: count('Created'),
      InProgress: count('InProgress'),
      Succeeded: count('Succeeded'),
      Failed: count('Failed', 'Stopped'),
      Skipped: 0,
      Ready: 0,
    },
    ...(record.description === '' ? {} : { description: record.description }),
    creator: record.creator,
    ignoreApplicationStopFailures: false,
    autoRollbackConfiguration: settings.autoRollback,
    updateOutdatedInstancesOnly: false,
    ...(record.rollback === undefined ? {} : { rollbackInfo: record.rollback }),
    deploymentStyle: DEPLOYMENT_STYLE,
    instanceTerminationWaitTimeStarted: false,
    fileExistsBehavior: 'DISALLOW',
    deploymentStatusMessages: [],
    computePlatform: 'Lambda',
  };
}

/** The one that deployments to Lambda have. */
export const DEPLOYMENT_STYLE = { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' };
