import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import { type Operation, operation, type Scope } from '../../kernel/service.ts';
import { passRole } from '../iam/pass-role.ts';
import { encryptionKeyOfProject } from './build-environment.ts';
import type { ProjectRecord } from './build-record.ts';
import type { BuildStore, BuildStoreOf } from './build-store.ts';
import { pageOf } from './paging.ts';
import { type ProjectSettings, projectMembers, projectSettings } from './project-settings.ts';
import { checkServiceRole } from './service-role.ts';

/** CodeBuild API Reference, "CreateProject". */
export const projectName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{1,254}$/, 'must be 2 to 255 letters, digits, - and _');
const nameOrArn = z.string().min(1);

export function projectArn({ account, region }: Scope, name: string): string {
  return `arn:aws:codebuild:${region}:${account}:project/${name}`;
}

/** The name in a project's ARN, or the name itself. */
export function projectNameOf(nameOrProjectArn: string): string {
  return nameOrProjectArn.replace(/^arn:aws:codebuild:[^:]+:\d{12}:project\//, '');
}

/** Throws ResourceNotFoundException. */
export function existingProject(store: BuildStore, scope: Scope, name: string): ProjectRecord {
  const project = store.projects.get(projectNameOf(name));
  if (project === undefined) {
    throw new AwsError('ResourceNotFoundException', `Project cannot be found: ${projectArn(scope, projectNameOf(name))}`);
  }
  return project;
}

/**
 * The API's operations on projects. Actions and resources: Service Authorization Reference, "Actions, resources, and condition keys for AWS
 * CodeBuild"; who sets a service role needs iam:PassRole on it.
 */
export function projectOperations(cloud: Cloud, storeOf: BuildStoreOf, removeCache: (scope: Scope, name: string) => void) {
  const put = (scope: Scope, name: string, settings: ProjectSettings, before: ProjectRecord | undefined) => {
    const arn = projectArn(scope, name);
    checkServiceRole(cloud, arn, settings.serviceRole);
    const now = cloud.clock();
    const record: ProjectRecord = { name, arn, settings, created: before?.created ?? now, lastModified: now, builds: before?.builds ?? 0 };
    storeOf(scope).projects.put(name, record);
    return { project: describeProject(record) };
  };
  const operations: Record<string, Operation<never, unknown>> = {
    CreateProject: operation({
      input: z.strictObject({ ...projectMembers, name: projectName }),
      authorize: ({ name, serviceRole }, context) => [
        { action: 'codebuild:CreateProject', resource: projectArn(context, name) },
        ...(serviceRole === undefined ? [] : [passRole(serviceRole, 'codebuild.amazonaws.com')]),
      ],
      run({ name, ...given }, context) {
        context.concerns(name);
        const settings = projectSettings(given);
        if (storeOf(context).projects.get(name) !== undefined) {
          throw new AwsError('ResourceAlreadyExistsException', `Project already exists: ${projectArn(context, name)}`);
        }
        return put(context, name, settings, undefined);
      },
    }),

    UpdateProject: operation({
      input: z.strictObject({ ...projectMembers, name: projectName }),
      authorize: ({ name, serviceRole }, context) => [
        { action: 'codebuild:UpdateProject', resource: projectArn(context, name) },
        ...(serviceRole === undefined ? [] : [passRole(serviceRole, 'codebuild.amazonaws.com')]),
      ],
      run({ name, ...given }, context) {
        context.concerns(name);
        const before = existingProject(storeOf(context), context, name);
        const changed = Object.entries(given).filter(([, value]) => value !== undefined);
        // An empty text and a limit of -1 take away what was set ("UpdateProject").
        const kept = Object.entries({ ...before.settings, ...Object.fromEntries(changed) }).filter(
          ([, value]) => value !== '' && value !== -1,
        );
        return put(context, name, projectSettings(Object.fromEntries(kept)), before);
      },
    }),

    DeleteProject: operation({
      input: z.strictObject({ name: nameOrArn }),
      authorize: ({ name }, context) => [{ action: 'codebuild:DeleteProject', resource: projectArn(context, projectNameOf(name)) }],
      run({ name: given }, context) {
        const name = projectNameOf(given);
        context.concerns(name);
        // One that is gone is no error ("DeleteProject" tells InvalidInputException alone). Builds that run go on.
        if (storeOf(context).projects.delete(name)) removeCache(context, name);
        return {};
      },
    }),

    BatchGetProjects: operation({
      input: z.strictObject({ names: z.array(nameOrArn).min(1).max(100) }),
      authorize: ({ names }, context) =>
        names.map((name) => ({ action: 'codebuild:BatchGetProjects', resource: projectArn(context, projectNameOf(name)) })),
      run({ names }, context) {
        const store = storeOf(context);
        const found = names.map((name) => store.projects.get(projectNameOf(name)));
        return {
          projects: found.flatMap((project) => (project === undefined ? [] : [describeProject(project)])),
          projectsNotFound: names.filter((_, at) => found[at] === undefined),
        };
      },
    }),

    ListProjects: operation({
      input: z.strictObject({
        sortBy: z.enum(['NAME', 'CREATED_TIME', 'LAST_MODIFIED_TIME']).default('NAME'),
        sortOrder: z.enum(['ASCENDING', 'DESCENDING']).default('ASCENDING'),
        nextToken: z.string().optional(),
      }),
      authorize: () => [{ action: 'codebuild:ListProjects', resource: '*' }],
      run({ sortBy, sortOrder, nextToken }, context) {
        const projects = storeOf(context).projects.list();
        if (sortBy !== 'NAME') {
          const at = (project: ProjectRecord) => (sortBy === 'CREATED_TIME' ? project.created : project.lastModified);
          projects.sort((a, b) => at(a) - at(b));
        }
        const names = projects.map(({ name }) => name);
        const { page, next } = pageOf(sortOrder === 'ASCENDING' ? names : names.toReversed(), nextToken);
        return { projects: page, ...(next === undefined ? {} : { nextToken: next }) };
      },
    }),
  };
  return operations;
}

/** A project as the API shows it ("Project"). */
function describeProject({ name, arn, settings, created, lastModified }: ProjectRecord) {
  const { cache = { type: 'NO_CACHE' }, encryptionKey: _given, ...rest } = settings;
  return {
    name,
    arn,
    ...rest,
    cache,
    encryptionKey: encryptionKeyOfProject(arn, settings),
    tags: settings.tags ?? [],
    badge: { badgeEnabled: false },
    created: new Date(created),
    lastModified: new Date(lastModified),
  };
}
