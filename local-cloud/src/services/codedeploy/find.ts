import { AwsError } from '../../kernel/aws-error.ts';
import type { ApplicationRecord, CodeDeployStore, GroupRecord } from './codedeploy-store.ts';
import type { DeploymentRecord } from './deployment-record.ts';
import { PREDEFINED_CONFIGS, type TrafficRouting } from './predefined-configs.ts';

/** Throws ApplicationDoesNotExistException. */
export function findApplication(store: CodeDeployStore, name: string): ApplicationRecord {
  const found = store.applications.get(name);
  if (found === undefined) throw new AwsError('ApplicationDoesNotExistException', `No application found for name: ${name}`);
  return found;
}

/** Throws ApplicationDoesNotExistException or DeploymentGroupDoesNotExistException. */
export function findGroup(store: CodeDeployStore, applicationName: string, name: string): GroupRecord {
  findApplication(store, applicationName);
  const found = store.groups.get(`${applicationName}/${name}`);
  if (found === undefined) throw new AwsError('DeploymentGroupDoesNotExistException', `No Deployment Group found for name: ${name}`);
  return found;
}

/** Throws DeploymentDoesNotExistException. */
export function findDeployment(store: CodeDeployStore, id: string): DeploymentRecord {
  const found = store.deployment(id);
  if (found === undefined) throw new AwsError('DeploymentDoesNotExistException', `The deployment ${id} could not be found`);
  return found;
}

/** The routing of a predefined or an own configuration. Throws DeploymentConfigDoesNotExistException. */
export function findRouting(store: CodeDeployStore, name: string): TrafficRouting {
  const found = PREDEFINED_CONFIGS.get(name) ?? store.configs.get(name)?.routing;
  if (found === undefined)
    throw new AwsError('DeploymentConfigDoesNotExistException', `No Deployment Configuration found for name: ${name}`);
  return found;
}
