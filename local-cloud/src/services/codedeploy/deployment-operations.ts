import { createHash } from 'node:crypto';
import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import { type Operation, operation, type Scope } from '../../kernel/service.ts';
import { readAppSpec } from './app-spec.ts';
import { name } from './application-operations.ts';
import { groupArn } from './arns.ts';
import type { StoreOf } from './codedeploy-store.ts';
import { newDeploymentId } from './deployment-id.ts';
import { type DeploymentRecord, describeDeployment, isOver } from './deployment-record.ts';
import type { DeploymentRun } from './deployment-run.ts';
import { findDeployment, findGroup, findRouting } from './find.ts';
import { alarmConfiguration, autoRollbackConfiguration } from './group-operations.ts';
import { pageOf } from './pages.ts';

const deploymentId = z.string().regex(/^d-[A-Z0-9]{9}$/, 'must be the id of a deployment');
const revision = z.strictObject({
  revisionType: z.literal('AppSpecContent', 'only an AppSpec file in the request (AppSpecContent) is carried out by the local cloud'),
  appSpecContent: z.strictObject({ content: z.string(), sha256: z.string().optional() }),
});

/** Sets deployments going and finds those that are. */
export interface Deployments {
  begin(scope: Scope, id: string): void;
  running(scope: Scope, id: string): DeploymentRun | undefined;
}

/** Deployments (CodeDeploy API Reference, "CreateDeployment" and its siblings). */
export function deploymentOperations(cloud: Cloud, storeOf: StoreOf, deployments: Deployments): Record<string, Operation<never, unknown>> {
  /** The resource is the deployment group, also where only a deployment is named. */
  const allow = (action: string, ids: readonly string[], context: Scope) =>
    ids.map((id) => {
      const known = storeOf(context).deployment(id);
      return { action: `codedeploy:${action}`, resource: groupArn(context, known?.applicationName ?? '*', known?.groupName ?? '*') };
    });

  return {
    CreateDeployment: operation({
      input: z.strictObject({
        applicationName: name,
        deploymentGroupName: name,
        revision,
        deploymentConfigName: name.optional(),
        description: z.string().max(1000).default(''),
        autoRollbackConfiguration: autoRollbackConfiguration.optional(),
        overrideAlarmConfiguration: alarmConfiguration.optional(),
      }),
      authorize: (input, context) => [
        { action: 'codedeploy:CreateDeployment', resource: groupArn(context, input.applicationName, input.deploymentGroupName) },
      ],
      run: (input, context) => {
        const store = storeOf(context);
        const group = findGroup(store, input.applicationName, input.deploymentGroupName);
        const { content, sha256 } = input.revision.appSpecContent;
        const digest = createHash('sha256').update(content).digest('hex');
        if (sha256 !== undefined && sha256 !== digest) {
          throw new AwsError('InvalidRevisionException', 'The SHA-256 digest is not that of the AppSpec content.');
        }
        const spec = readAppSpec(content);
        const active = store.deployments().find((one) => one.groupId === group.id && !isOver(one));
        if (active !== undefined) {
          throw new AwsError(
            'DeploymentLimitExceededException',
            `The Deployment Group '${group.name}' already has an active Deployment '${active.id}'`,
          );
        }
        const configName = input.deploymentConfigName ?? group.configName;
        const { overrideAlarmConfiguration: alarms, autoRollbackConfiguration: autoRollback } = input;
        const record: DeploymentRecord = {
          id: newDeploymentId(),
          applicationName: group.applicationName,
          groupName: group.name,
          groupId: group.id,
          settings: {
            configName,
            serviceRoleArn: group.serviceRoleArn,
            alarms:
              alarms === undefined
                ? group.alarms
                : {
                    enabled: alarms.enabled,
                    ignorePollAlarmFailure: alarms.ignorePollAlarmFailure,
                    names: alarms.alarms.map((one) => one.name),
                  },
            autoRollback: autoRollback ?? group.autoRollback,
          },
          routing: findRouting(store, configName),
          content,
          sha256: digest,
          spec,
          description: input.description,
          creator: 'user',
          created_ms: cloud.clock(),
          status: 'Created',
          stepsDone: 0,
        };
        store.putDeployments(record);
        context.concerns(`${group.applicationName}/${group.name}`);
        deployments.begin({ account: context.account, region: context.region }, record.id);
        return { deploymentId: record.id };
      },
    }),

    GetDeployment: operation({
      input: z.strictObject({ deploymentId }),
      authorize: (input, context) => allow('GetDeployment', [input.deploymentId], context),
      run: (input, context) => ({ deploymentInfo: describeDeployment(findDeployment(storeOf(context), input.deploymentId)) }),
    }),

    BatchGetDeployments: operation({
      input: z.strictObject({ deploymentIds: z.array(deploymentId).min(1).max(25) }),
      authorize: (input, context) => allow('BatchGetDeployments', input.deploymentIds, context),
      run: (input, context) => ({
        deploymentsInfo: input.deploymentIds.flatMap((id) => {
          const found = storeOf(context).deployment(id);
          return found === undefined ? [] : [describeDeployment(found)];
        }),
      }),
    }),

    ListDeployments: operation({
      input: z.strictObject({
        applicationName: name.optional(),
        deploymentGroupName: name.optional(),
        includeOnlyStatuses: z
          .array(z.enum(['Created', 'Queued', 'InProgress', 'Baking', 'Succeeded', 'Failed', 'Stopped', 'Ready']))
          .default([]),
        createTimeRange: z
          .strictObject({ start: z.union([z.number(), z.date()]).optional(), end: z.union([z.number(), z.date()]).optional() })
          .optional(),
        nextToken: z.string().optional(),
      }),
      authorize: (input, context) => [
        {
          action: 'codedeploy:ListDeployments',
          resource: groupArn(context, input.applicationName ?? '*', input.deploymentGroupName ?? '*'),
        },
      ],
      run: (input, context) => {
        const { applicationName, deploymentGroupName, includeOnlyStatuses, createTimeRange = {} } = input;
        if ((applicationName === undefined) !== (deploymentGroupName === undefined)) {
          throw new AwsError(
            'DeploymentGroupNameRequiredException',
            'applicationName and deploymentGroupName must be given together or not at all.',
          );
        }
        const store = storeOf(context);
        if (applicationName !== undefined && deploymentGroupName !== undefined) findGroup(store, applicationName, deploymentGroupName);
        const found = store
          .deployments()
          .filter(
            (one) => applicationName === undefined || (one.applicationName === applicationName && one.groupName === deploymentGroupName),
          )
          .filter(({ status }) => includeOnlyStatuses.length === 0 || includeOnlyStatuses.includes(status))
          .filter(
            ({ created_ms }) => created_ms >= msOf(createTimeRange.start, 0) && created_ms <= msOf(createTimeRange.end, Number.MAX_VALUE),
          );
        const { page, ...rest } = pageOf(
          found.map(({ id }) => id),
          input.nextToken,
        );
        return { deployments: page, ...rest };
      },
    }),

    StopDeployment: operation({
      input: z.strictObject({ deploymentId, autoRollbackEnabled: z.boolean().optional() }),
      authorize: (input, context) => allow('StopDeployment', [input.deploymentId], context),
      run: (input, context) => {
        const record = findDeployment(storeOf(context), input.deploymentId);
        const run = deployments.running(context, record.id);
        if (isOver(record) || run === undefined) {
          throw new AwsError('DeploymentAlreadyCompletedException', `The deployment ${record.id} is already complete.`);
        }
        const reason = { code: 'MANUAL_STOP', message: `The deployment was stopped by ${context.principal.arn}.` };
        run.end('Stopped', reason, 'DEPLOYMENT_STOP_ON_REQUEST', input.autoRollbackEnabled);
        return { status: 'Succeeded', statusMessage: 'Successfully stopped Deployment' };
      },
    }),
  };
}

/** The wire has seconds, the SDK's own shape a Date. */
function msOf(time: number | Date | undefined, otherwise: number): number {
  if (time === undefined) return otherwise;
  return time instanceof Date ? time.getTime() : time * 1000;
}
