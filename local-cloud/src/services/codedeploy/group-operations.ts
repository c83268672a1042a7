import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import { type Operation, operation, type Scope } from '../../kernel/service.ts';
import { passRole } from '../iam/pass-role.ts';
import { name, tags } from './application-operations.ts';
import { groupArn } from './arns.ts';
import type { CodeDeployStore, GroupRecord, GroupSettings, StoreOf } from './codedeploy-store.ts';
import { DEPLOYMENT_STYLE, isOver } from './deployment-record.ts';
import { findApplication, findGroup, findRouting } from './find.ts';
import { pageOf } from './pages.ts';
import { ALL_AT_ONCE } from './predefined-configs.ts';
import { checkServiceRole } from './service-role.ts';

/** CodeDeploy User Guide, "CodeDeploy limits": alarms of a deployment group. */
const MAX_ALARMS = 10;

export const alarmConfiguration = z.strictObject({
  enabled: z.boolean().default(false),
  ignorePollAlarmFailure: z.boolean().default(false),
  alarms: z.array(z.strictObject({ name: z.string().min(1) })).default([]),
});
export const autoRollbackConfiguration = z.strictObject({
  enabled: z.boolean().default(false),
  events: z.array(z.enum(['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'])).default([]),
});
const members = {
  deploymentConfigName: name.optional(),
  alarmConfiguration: alarmConfiguration.optional(),
  autoRollbackConfiguration: autoRollbackConfiguration.optional(),
  deploymentStyle: z
    .strictObject({ deploymentType: z.literal('BLUE_GREEN'), deploymentOption: z.literal('WITH_TRAFFIC_CONTROL') })
    .optional(),
};
const serviceRoleArn = z.string().regex(/^arn:aws:iam::\d{12}:role\/\S+$/, 'must be the ARN of a role');

/** Deployment groups: how, with whose rights and under which alarms an application's deployments go. */
export function groupOperations(cloud: Cloud, storeOf: StoreOf): Record<string, Operation<never, unknown>> {
  const of = z.strictObject({ applicationName: name, deploymentGroupName: name });
  const allow = (action: string) => (input: { applicationName: string; deploymentGroupName: string }, context: Scope) => [
    { action: `codedeploy:${action}`, resource: groupArn(context, input.applicationName, input.deploymentGroupName) },
  ];
  return {
    CreateDeploymentGroup: operation({
      input: z.strictObject({ ...of.shape, ...members, serviceRoleArn, tags: tags.default([]) }),
      authorize: (input, context) => [
        ...allow('CreateDeploymentGroup')(input, context),
        passRole(input.serviceRoleArn, 'codedeploy.amazonaws.com'),
        ...(input.tags.length > 0 ? allow('TagResource')(input, context) : []),
      ],
      run: (input, context) => {
        const store = storeOf(context);
        const { applicationName, deploymentGroupName } = input;
        findApplication(store, applicationName);
        if (store.groups.get(`${applicationName}/${deploymentGroupName}`) !== undefined) {
          throw new AwsError('DeploymentGroupAlreadyExistsException', `Deployment Group name already in use: ${deploymentGroupName}`);
        }
        const record: GroupRecord = {
          ...checked(cloud, store, settingsOf(input, undefined)),
          id: randomUUID(),
          applicationName,
          name: deploymentGroupName,
          tags: input.tags,
        };
        store.groups.put(`${applicationName}/${deploymentGroupName}`, record);
        return { deploymentGroupId: record.id };
      },
    }),

    UpdateDeploymentGroup: operation({
      input: z.strictObject({
        applicationName: name,
        currentDeploymentGroupName: name,
        ...members,
        serviceRoleArn: serviceRoleArn.optional(),
      }),
      authorize: (input, context) => [
        ...allow('UpdateDeploymentGroup')({ ...input, deploymentGroupName: input.currentDeploymentGroupName }, context),
        ...(input.serviceRoleArn === undefined ? [] : [passRole(input.serviceRoleArn, 'codedeploy.amazonaws.com')]),
      ],
      run: (input, context) => {
        const store = storeOf(context);
        const before = findGroup(store, input.applicationName, input.currentDeploymentGroupName);
        const record = { ...before, ...checked(cloud, store, settingsOf(input, before)) };
        store.groups.put(`${record.applicationName}/${record.name}`, record);
        return { hooksNotCleanedUp: [] };
      },
    }),

    GetDeploymentGroup: operation({
      input: of,
      authorize: allow('GetDeploymentGroup'),
      run: (input, context) => {
        const store = storeOf(context);
        return { deploymentGroupInfo: describeGroup(store, findGroup(store, input.applicationName, input.deploymentGroupName)) };
      },
    }),

    ListDeploymentGroups: operation({
      input: z.strictObject({ applicationName: name, nextToken: z.string().optional() }),
      authorize: (input, context) => allow('ListDeploymentGroups')({ ...input, deploymentGroupName: '*' }, context),
      run: (input, context) => {
        const store = storeOf(context);
        findApplication(store, input.applicationName);
        const { page, ...rest } = pageOf(
          store.groupsOf(input.applicationName).map((group) => group.name),
          input.nextToken,
        );
        return { applicationName: input.applicationName, deploymentGroups: page, ...rest };
      },
    }),

    // One that isn't there is no error.
    DeleteDeploymentGroup: operation({
      input: of,
      authorize: allow('DeleteDeploymentGroup'),
      run: (input, context) => {
        storeOf(context).groups.delete(`${input.applicationName}/${input.deploymentGroupName}`);
        return { hooksNotCleanedUp: [] };
      },
    }),
  };
}

interface SettingsInput {
  readonly deploymentConfigName?: string | undefined;
  readonly serviceRoleArn?: string | undefined;
  readonly alarmConfiguration?: z.output<typeof alarmConfiguration> | undefined;
  readonly autoRollbackConfiguration?: z.output<typeof autoRollbackConfiguration> | undefined;
}

/** What isn't given stays. */
function settingsOf(input: SettingsInput, before: GroupSettings | undefined): GroupSettings {
  const { alarmConfiguration: alarms, autoRollbackConfiguration: rollback } = input;
  return {
    configName: input.deploymentConfigName ?? before?.configName ?? ALL_AT_ONCE,
    serviceRoleArn: input.serviceRoleArn ?? before?.serviceRoleArn ?? '',
    alarms:
      alarms === undefined
        ? (before?.alarms ?? { enabled: false, ignorePollAlarmFailure: false, names: [] })
        : {
            enabled: alarms.enabled,
            ignorePollAlarmFailure: alarms.ignorePollAlarmFailure,
            names: alarms.alarms.map((alarm) => alarm.name),
          },
    autoRollback: rollback ?? before?.autoRollback ?? { enabled: false, events: [] },
  };
}

function checked(cloud: Cloud, store: CodeDeployStore, settings: GroupSettings): GroupSettings {
  findRouting(store, settings.configName);
  if (settings.alarms.names.length > MAX_ALARMS) {
    throw new AwsError('AlarmsLimitExceededException', `The maximum number of alarms for a deployment group (${MAX_ALARMS}) was exceeded.`);
  }
  if (settings.alarms.enabled && settings.alarms.names.length === 0) {
    throw new AwsError('InvalidAlarmConfigException', 'The alarm configuration is enabled but has no alarms.');
  }
  if (settings.autoRollback.enabled && settings.autoRollback.events.length === 0) {
    throw new AwsError('InvalidAutoRollbackConfigException', 'The automatic rollback configuration is enabled but has no events.');
  }
  checkServiceRole(cloud, settings.serviceRoleArn);
  return settings;
}

function describeGroup(store: CodeDeployStore, group: GroupRecord): Record<string, unknown> {
  const own = store.deployments().filter(({ groupId }) => groupId === group.id);
  const lastAttempted = own[0];
  const lastSuccessful = own.find(({ status }) => status === 'Succeeded');
  const shown = (one: typeof lastAttempted) =>
    one === undefined
      ? undefined
      : {
          deploymentId: one.id,
          status: one.status,
          createTime: new Date(one.created_ms),
          ...(isOver(one) && one.completed_ms !== undefined ? { endTime: new Date(one.completed_ms) } : {}),
        };
  return {
    applicationName: group.applicationName,
    deploymentGroupId: group.id,
    deploymentGroupName: group.name,
    deploymentConfigName: group.configName,
    serviceRoleArn: group.serviceRoleArn,
    triggerConfigurations: [],
    alarmConfiguration: {
      enabled: group.alarms.enabled,
      ignorePollAlarmFailure: group.alarms.ignorePollAlarmFailure,
      alarms: group.alarms.names.map((alarm) => ({ name: alarm })),
    },
    autoRollbackConfiguration: group.autoRollback,
    deploymentStyle: DEPLOYMENT_STYLE,
    computePlatform: 'Lambda',
    ...(lastSuccessful === undefined ? {} : { lastSuccessfulDeployment: shown(lastSuccessful) }),
    ...(lastAttempted === undefined ? {} : { lastAttemptedDeployment: shown(lastAttempted) }),
  };
}
