import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import { type Operation, operation, type Scope } from '../../kernel/service.ts';
import { applicationArn } from './arns.ts';
import type { ApplicationRecord, StoreOf, Tag } from './codedeploy-store.ts';
import { findApplication } from './find.ts';
import { pageOf } from './pages.ts';

/** CodeDeploy API Reference: names of applications, groups and configurations. */
export const name = z.string().min(1).max(100);
export const tags = z.array(z.strictObject({ Key: z.string().min(1).max(128), Value: z.string().max(256).default('') })).max(50);
export const platform = z.enum(['Server', 'Lambda', 'ECS']);

/** Throws for what isn't Lambda: servers and containers have no deployments here. */
export function checkPlatform(computePlatform: z.output<typeof platform>): void {
  if (computePlatform !== 'Lambda') throw new NotCarriedOut(`the compute platform "${computePlatform}" of CodeDeploy`);
}

/** Applications: no more than names that deployment groups have in common. */
export function applicationOperations(cloud: Cloud, storeOf: StoreOf): Record<string, Operation<never, unknown>> {
  const named = z.strictObject({ applicationName: name });
  const allow = (action: string) => (input: { applicationName: string }, context: Scope) => [
    { action: `codedeploy:${action}`, resource: applicationArn(context, input.applicationName) },
  ];
  return {
    CreateApplication: operation({
      input: z.strictObject({ applicationName: name, computePlatform: platform.default('Server'), tags: tags.default([]) }),
      authorize: (input, context) => [
        ...allow('CreateApplication')(input, context),
        ...(input.tags.length > 0 ? allow('TagResource')(input, context) : []),
      ],
      run: (input, context) => {
        checkPlatform(input.computePlatform);
        const store = storeOf(context);
        if (store.applications.get(input.applicationName) !== undefined) {
          throw new AwsError('ApplicationAlreadyExistsException', `Application already exists: ${input.applicationName}`);
        }
        const record: ApplicationRecord = {
          id: randomUUID(),
          name: input.applicationName,
          created_ms: cloud.clock(),
          tags: input.tags as readonly Tag[],
        };
        store.applications.put(record.name, record);
        return { applicationId: record.id };
      },
    }),

    GetApplication: operation({
      input: named,
      authorize: allow('GetApplication'),
      run: (input, context) => ({ application: describeApplication(findApplication(storeOf(context), input.applicationName)) }),
    }),

    BatchGetApplications: operation({
      input: z.strictObject({ applicationNames: z.array(name).min(1).max(100) }),
      authorize: (input, context) =>
        input.applicationNames.flatMap((applicationName) => allow('BatchGetApplications')({ applicationName }, context)),
      run: (input, context) => ({
        applicationsInfo: input.applicationNames.map((one) => describeApplication(findApplication(storeOf(context), one))),
      }),
    }),

    ListApplications: operation({
      input: z.strictObject({ nextToken: z.string().optional() }),
      authorize: (_input, context) => allow('ListApplications')({ applicationName: '*' }, context),
      run: (input, context) => {
        const { page, ...rest } = pageOf(
          storeOf(context)
            .applications.list()
            .map((one) => one.name),
          input.nextToken,
        );
        return { applications: page, ...rest };
      },
    }),

    // One that isn't there is no error, nor are its deployment groups in the way: they go with it.
    DeleteApplication: operation({
      input: named,
      authorize: allow('DeleteApplication'),
      run: (input, context) => {
        const store = storeOf(context);
        for (const group of store.groupsOf(input.applicationName)) store.groups.delete(`${group.applicationName}/${group.name}`);
        store.applications.delete(input.applicationName);
      },
    }),
  };
}

function describeApplication(record: ApplicationRecord): Record<string, unknown> {
  return {
    applicationId: record.id,
    applicationName: record.name,
    createTime: new Date(record.created_ms),
    linkedToGitHub: false,
    computePlatform: 'Lambda',
  };
}
