import type { Cloud } from '../../kernel/cloud.ts';
import type { Scope } from '../../kernel/service.ts';
import { Collection, inTransaction, perScope } from '../../kernel/state.ts';
import type { DeploymentRecord } from './deployment-record.ts';
import type { TrafficRouting } from './predefined-configs.ts';

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export interface ApplicationRecord {
  readonly id: string;
  readonly name: string;
  /** ms since 1970, as all times here. */
  readonly created_ms: number;
  readonly tags: readonly Tag[];
}

/** What a deployment takes over from its group. */
export interface GroupSettings {
  readonly configName: string;
  readonly serviceRoleArn: string;
  readonly alarms: { readonly enabled: boolean; readonly ignorePollAlarmFailure: boolean; readonly names: readonly string[] };
  readonly autoRollback: { readonly enabled: boolean; readonly events: readonly string[] };
}

export interface GroupRecord extends GroupSettings {
  readonly id: string;
  readonly applicationName: string;
  readonly name: string;
  readonly tags: readonly Tag[];
}

export interface ConfigRecord {
  readonly id: string;
  readonly name: string;
  readonly created_ms: number;
  readonly routing: TrafficRouting;
}

/** Applications, deployment groups, own configurations and deployments of one account and region, on disk. */
export class CodeDeployStore {
  readonly applications: Collection<ApplicationRecord>;
  /** By `<application>/<group>`. */
  readonly groups: Collection<GroupRecord>;
  readonly configs: Collection<ConfigRecord>;
  readonly #deployments: Collection<DeploymentRecord>;
  readonly #all: <T>(work: () => T) => T;

  constructor(cloud: Cloud, scope: Scope) {
    const database = cloud.state.database(scope, 'codedeploy');
    this.applications = new Collection(database, 'applications');
    this.groups = new Collection(database, 'deployment_groups');
    this.configs = new Collection(database, 'deployment_configs');
    this.#deployments = new Collection(database, 'deployments');
    this.#all = (work) => inTransaction(database, work);
  }

  deployment(id: string): DeploymentRecord | undefined {
    return this.#deployments.get(id);
  }

  /** Newest first. */
  deployments(): DeploymentRecord[] {
    return this.#deployments.list().sort((a, b) => b.created_ms - a.created_ms || (a.id < b.id ? 1 : -1));
  }

  /** All of them or none. */
  putDeployments(...records: readonly DeploymentRecord[]): void {
    this.#all(() => {
      for (const record of records) this.#deployments.put(record.id, record);
    });
  }

  groupsOf(applicationName: string): GroupRecord[] {
    return this.groups.list().filter((group) => group.applicationName === applicationName);
  }
}

export type StoreOf = (scope: Scope) => CodeDeployStore;

export function codeDeployStores(cloud: Cloud): StoreOf {
  return perScope((scope) => new CodeDeployStore(cloud, scope));
}
