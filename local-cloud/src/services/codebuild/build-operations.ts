import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import { type Authorization, type Operation, operation, type Scope } from '../../kernel/service.ts';
import type { BuildQueue } from './build-queue.ts';
import type { BuildRecord } from './build-record.ts';
import type { BuildStore, BuildStoreOf } from './build-store.ts';
import { describeBuild } from './describe-build.ts';
import { pageOf } from './paging.ts';
import { existingProject, projectArn, projectNameOf } from './project-operations.ts';
import { environmentVariables, queuedTimeoutMinutes, timeoutMinutes } from './project-settings.ts';
import { type BuildStarter, initiatorOf, sameAgain } from './start-build.ts';

const idOrArn = z.string().min(1);
const sortOrder = z.enum(['ASCENDING', 'DESCENDING']).default('DESCENDING');

/** The id in a build's ARN, or the id itself. */
function buildIdOf(idOrBuildArn: string): string {
  return idOrBuildArn.replace(/^arn:aws:codebuild:[^:]+:\d{12}:build\//, '');
}

/** Rights to builds are rights to their project (Service Authorization Reference, "… for AWS CodeBuild"). */
function onProjectOf(action: string, id: string, scope: Scope): Authorization {
  return { action: `codebuild:${action}`, resource: projectArn(scope, buildIdOf(id).split(':')[0] ?? '') };
}

function existingBuild(store: BuildStore, id: string): BuildRecord {
  const build = store.build(buildIdOf(id));
  if (build === undefined) throw new AwsError('ResourceNotFoundException', `Build cannot be found: ${id}`);
  return build;
}

/** The API's operations on builds. */
export function buildOperations(
  storeOf: BuildStoreOf,
  starter: BuildStarter,
  queue: BuildQueue,
): Record<string, Operation<never, unknown>> {
  return {
    StartBuild: operation({
      input: z.strictObject({
        projectName: z.string(),
        sourceVersion: z.string().optional(),
        environmentVariablesOverride: environmentVariables.default([]),
        buildspecOverride: z.string().optional(),
        artifactsOverride: z.strictObject({ type: z.literal('NO_ARTIFACTS') }).optional(),
        timeoutInMinutesOverride: timeoutMinutes.optional(),
        queuedTimeoutInMinutesOverride: queuedTimeoutMinutes.optional(),
        idempotencyToken: z.string().optional(),
      }),
      authorize: (input, context) => [{ action: 'codebuild:StartBuild', resource: projectArn(context, projectNameOf(input.projectName)) }],
      run(input, context) {
        context.concerns(projectNameOf(input.projectName));
        const build = starter.start(context, {
          projectName: projectNameOf(input.projectName),
          variables: input.environmentVariablesOverride,
          initiator: initiatorOf(context.principal),
          sourceVersion: input.sourceVersion,
          buildspec: input.buildspecOverride,
          timeoutInMinutes: input.timeoutInMinutesOverride,
          queuedTimeoutInMinutes: input.queuedTimeoutInMinutesOverride,
          idempotencyToken: input.idempotencyToken,
        });
        return { build: describeBuild(build) };
      },
    }),

    StopBuild: operation({
      input: z.strictObject({ id: idOrArn }),
      authorize: ({ id }, context) => [onProjectOf('StopBuild', id, context)],
      async run({ id }, context) {
        const { id: found, projectName } = existingBuild(storeOf(context), id);
        context.concerns(projectName);
        await queue.stop(found);
        return { build: describeBuild(existingBuild(storeOf(context), found)) };
      },
    }),

    RetryBuild: operation({
      input: z.strictObject({ id: idOrArn, idempotencyToken: z.string().optional() }),
      authorize: ({ id }, context) => [onProjectOf('RetryBuild', id, context)],
      run({ id, idempotencyToken }, context) {
        const before = existingBuild(storeOf(context), id);
        context.concerns(before.projectName);
        return { build: describeBuild(starter.start(context, sameAgain(before, initiatorOf(context.principal), idempotencyToken))) };
      },
    }),

    BatchGetBuilds: operation({
      input: z.strictObject({ ids: z.array(idOrArn).min(1).max(100) }),
      authorize: ({ ids }, context) => ids.map((id) => onProjectOf('BatchGetBuilds', id, context)),
      run({ ids }, context) {
        const store = storeOf(context);
        const found = ids.map((id) => store.build(buildIdOf(id)));
        return {
          builds: found.flatMap((build) => (build === undefined ? [] : [describeBuild(build)])),
          buildsNotFound: ids.filter((_, at) => found[at] === undefined),
        };
      },
    }),

    ListBuilds: operation({
      input: z.strictObject({ sortOrder, nextToken: z.string().optional() }),
      authorize: () => [{ action: 'codebuild:ListBuilds', resource: '*' }],
      run: (input, context) => listed(storeOf(context).buildIds(), input),
    }),

    ListBuildsForProject: operation({
      input: z.strictObject({ projectName: z.string(), sortOrder, nextToken: z.string().optional() }),
      authorize: ({ projectName }, context) => [
        { action: 'codebuild:ListBuildsForProject', resource: projectArn(context, projectNameOf(projectName)) },
      ],
      run(input, context) {
        const { name } = existingProject(storeOf(context), context, input.projectName);
        context.concerns(name);
        return listed(storeOf(context).buildIds(name), input);
      },
    }),
  };
}

function listed(oldestFirst: readonly string[], input: { sortOrder: 'ASCENDING' | 'DESCENDING'; nextToken?: string | undefined }) {
  const { page, next } = pageOf(input.sortOrder === 'ASCENDING' ? oldestFirst : oldestFirst.toReversed(), input.nextToken);
  return { ids: page, ...(next === undefined ? {} : { nextToken: next }) };
}
