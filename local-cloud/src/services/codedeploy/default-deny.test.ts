import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLE_WITHOUT_POLICIES } from '../../testing/role-without-policies.ts';
import { ACCOUNT, REGION, startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createCodeDeploy } from './codedeploy-service.ts';

let test: TestCloud;
beforeAll(async () => {
  test = await startTestCloud([createCodeDeploy]);
});
afterAll(() => test.stop());

const arn = (rest: string) => `arn:aws:codedeploy:${REGION}:${ACCOUNT}:${rest}`;
const app = { applicationName: 'app' };
const group = { ...app, deploymentGroupName: 'g' };
const config = { deploymentConfigName: 'c' };
const deploymentId = 'd-ABCDEF123';
const revision = { revisionType: 'AppSpecContent', appSpecContent: { content: '{}' } };
const serviceRoleArn = `arn:aws:iam::${ACCOUNT}:role/deployer`;
/** An input of each operation, and the resource that IAM is asked about ("Actions, resources, and condition keys for AWS CodeDeploy"). */
const INPUTS: Record<string, [input: unknown, resource: string]> = {
  BatchGetApplications: [{ applicationNames: ['app'] }, arn('application:app')],
  BatchGetDeployments: [{ deploymentIds: [deploymentId] }, arn('deploymentgroup:*/*')],
  CreateApplication: [app, arn('application:app')],
  CreateDeployment: [{ ...group, revision }, arn('deploymentgroup:app/g')],
  CreateDeploymentConfig: [config, arn('deploymentconfig:c')],
  CreateDeploymentGroup: [{ ...group, serviceRoleArn }, arn('deploymentgroup:app/g')],
  DeleteApplication: [app, arn('application:app')],
  DeleteDeploymentConfig: [config, arn('deploymentconfig:c')],
  DeleteDeploymentGroup: [group, arn('deploymentgroup:app/g')],
  GetApplication: [app, arn('application:app')],
  GetDeployment: [{ deploymentId }, arn('deploymentgroup:*/*')],
  GetDeploymentConfig: [config, arn('deploymentconfig:c')],
  GetDeploymentGroup: [group, arn('deploymentgroup:app/g')],
  ListApplications: [{}, arn('application:*')],
  ListDeploymentConfigs: [{}, arn('deploymentconfig:*')],
  ListDeploymentGroups: [app, arn('deploymentgroup:app/*')],
  ListDeployments: [group, arn('deploymentgroup:app/g')],
  StopDeployment: [{ deploymentId }, arn('deploymentgroup:*/*')],
  UpdateDeploymentGroup: [{ ...app, currentDeploymentGroupName: 'g' }, arn('deploymentgroup:app/g')],
};

describe('a role without policies', () => {
  it.each(Object.entries(INPUTS))('may not %s', async (operation, [input, resource]) => {
    await expect(test.cloud.call('codedeploy', operation, input, test.caller(ROLE_WITHOUT_POLICIES))).rejects.toMatchObject({
      code: 'AccessDeniedException',
      message: expect.stringContaining(`not authorized to perform: codedeploy:${operation} on resource: ${resource} because`),
    });
  });

  it('is asked about by every operation', () => {
    expect(Object.keys(test.cloud.service('codedeploy')?.operations ?? {}).sort()).toEqual(Object.keys(INPUTS));
  });
});
