import { z } from 'zod';
import { cfnBoolean, cfnNumber, cfnTags, type ResourceContext, type ResourceType, resourceType } from '../../kernel/resource-type.ts';

const projectProperties = z.strictObject({
  Name: z.string().optional(),
  Description: z.string().optional(),
  Source: z.strictObject({
    Type: z.string(),
    Location: z.string().optional(),
    BuildSpec: z.string().optional(),
    GitCloneDepth: cfnNumber.optional(),
    GitSubmodulesConfig: z.strictObject({ FetchSubmodules: cfnBoolean }).optional(),
  }),
  SourceVersion: z.string().optional(),
  Artifacts: z.strictObject({ Type: z.string() }),
  Cache: z.strictObject({ Type: z.string(), Modes: z.array(z.string()).optional() }).optional(),
  Environment: z.strictObject({
    Type: z.string(),
    Image: z.string(),
    ComputeType: z.string(),
    PrivilegedMode: cfnBoolean.optional(),
    ImagePullCredentialsType: z.string().optional(),
    EnvironmentVariables: z.array(z.strictObject({ Name: z.string(), Value: z.string(), Type: z.string().optional() })).optional(),
  }),
  ServiceRole: z.string(),
  EncryptionKey: z.string().optional(),
  TimeoutInMinutes: cfnNumber.optional(),
  QueuedTimeoutInMinutes: cfnNumber.optional(),
  ConcurrentBuildLimit: cfnNumber.optional(),
  BadgeEnabled: cfnBoolean.optional(),
  LogsConfig: z
    .strictObject({
      CloudWatchLogs: z
        .strictObject({ Status: z.string(), GroupName: z.string().optional(), StreamName: z.string().optional() })
        .optional(),
      S3Logs: z.strictObject({ Status: z.string() }).optional(),
    })
    .optional(),
  Tags: cfnTags.optional(),
});
type ProjectProperties = z.output<typeof projectProperties>;

/** AWS::CodeBuild::Project (CloudFormation Template Reference): Ref is the project's name. */
const projectType = resourceType<ProjectProperties>({
  type: 'AWS::CodeBuild::Project',
  properties: projectProperties,
  inert: {
    EncryptionKey: 'the artifacts of a pipeline are put with the key of its bucket; nothing is encrypted on this disk',
    'Environment.ComputeType': "a build has this machine's processors and memory; its minutes are counted by this type",
    'Environment.Image': 'commands run on this machine, not in an image; its path has the tools that stand in LIMITS.md',
    'Environment.ImagePullCredentialsType': 'no image is pulled',
  },
  replaceOn: ['Name'],
  create: async (properties, context) => {
    const name = properties.Name ?? context.uniqueName({ maxLength: 255 });
    return projectState(await context.call('codebuild', 'CreateProject', projectInput(name, properties, context)));
  },
  update: async (name, properties, _previous, context) =>
    projectState(await context.call('codebuild', 'UpdateProject', { ...CLEARED, ...projectInput(name, properties, context) })),
  delete: async (name, _properties, context) => {
    await context.call('codebuild', 'DeleteProject', { name });
  },
});

/** What a template no longer says: UpdateProject keeps what isn't given. */
const CLEARED = {
  description: '',
  sourceVersion: '',
  cache: { type: 'NO_CACHE' },
  timeoutInMinutes: 60,
  queuedTimeoutInMinutes: 480,
  encryptionKey: '',
  logsConfig: {},
  concurrentBuildLimit: -1,
};

function projectInput(name: string, properties: ProjectProperties, context: ResourceContext): Record<string, unknown> {
  const { Name: _, Tags, ...rest } = properties;
  const own = Object.fromEntries((Tags ?? []).map(({ Key, Value }) => [Key, Value]));
  const tags = Object.entries({ ...context.stackTags, ...own }).map(([key, value]) => ({ key, value }));
  return { name, ...(camelCase(rest) as Record<string, unknown>), tags };
}

/** CloudFormation writes the API's members with a capital letter; one of them it writes as two words. */
function camelCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCase);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([key, member]) => [key === 'BuildSpec' ? 'buildspec' : key.charAt(0).toLowerCase() + key.slice(1), camelCase(member)]),
  );
}

function projectState(answer: unknown) {
  const { project } = answer as { project: { name: string; arn: string } };
  return { physicalId: project.name, attributes: { Arn: project.arn, Id: project.name } };
}

export const codeBuildResourceTypes: readonly ResourceType[] = [projectType];
