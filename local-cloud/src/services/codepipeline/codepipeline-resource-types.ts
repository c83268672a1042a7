import { z } from 'zod';
import {
  cfnBoolean,
  cfnNumber,
  cfnTags,
  type ResourceContext,
  type ResourceState,
  resourceType,
  unlessCode,
} from '../../kernel/resource-type.ts';

const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const artifacts = z.array(z.strictObject({ Name: z.string() })).optional();

const action = z.strictObject({
  Name: z.string(),
  ActionTypeId: z.strictObject({ Category: z.string(), Owner: z.string(), Provider: z.string(), Version: text }),
  Configuration: z.record(z.string(), text).optional(),
  InputArtifacts: artifacts,
  OutputArtifacts: artifacts,
  Namespace: z.string().optional(),
  Region: z.string().optional(),
  RoleArn: z.string().optional(),
  RunOrder: cfnNumber.optional(),
  TimeoutInMinutes: cfnNumber.optional(),
});

const properties = z.strictObject({
  Name: z.string().optional(),
  RoleArn: z.string(),
  ArtifactStore: z.strictObject({
    Type: z.literal('S3'),
    Location: z.string(),
    EncryptionKey: z.strictObject({ Id: z.string(), Type: z.literal('KMS') }).optional(),
  }),
  Stages: z.array(
    z.strictObject({
      Name: z.string(),
      Actions: z.array(action),
      OnFailure: z
        .strictObject({ Result: z.enum(['ROLLBACK', 'FAIL'], 'the local cloud carries out ROLLBACK and FAIL alone').optional() })
        .optional(),
    }),
  ),
  ExecutionMode: z.string().optional(),
  PipelineType: z.string().optional(),
  RestartExecutionOnUpdate: cfnBoolean.optional(),
  DisableInboundStageTransitions: z.array(z.strictObject({ StageName: z.string(), Reason: z.string() })).optional(),
  Tags: cfnTags.optional(),
});
type Properties = z.output<typeof properties>;

/** CloudFormation Template Reference, "AWS::CodePipeline::Pipeline". */
const pipeline = resourceType({
  type: 'AWS::CodePipeline::Pipeline',
  properties,
  replaceOn: ['Name'],
  create: async (wanted, context) => {
    const name = wanted.Name ?? context.uniqueName({ maxLength: 100 });
    await context.call('codepipeline', 'CreatePipeline', { pipeline: declaration(name, wanted), tags: tags(wanted, context) });
    await closeTransitions(name, wanted, {}, context);
    return state(name, 1);
  },
  update: async (name, wanted, before, context) => {
    const structure = declaration(name, wanted);
    const changes = JSON.stringify(structure) !== JSON.stringify(declaration(name, before));
    if (changes) await context.call('codepipeline', 'UpdatePipeline', { pipeline: structure });
    await closeTransitions(name, wanted, before, context);
    await retag(name, wanted, before, context);
    // "Indicates whether to rerun the CodePipeline pipeline after you update it" (RestartExecutionOnUpdate).
    if (changes && wanted.RestartExecutionOnUpdate === true) await context.call('codepipeline', 'StartPipelineExecution', { name });
    const answer = await context.call<{ pipeline: { version: number } }>('codepipeline', 'GetPipeline', { name });
    return state(name, answer.pipeline.version);
  },
  delete: async (name, _properties, context) => {
    await unlessCode('PipelineNotFoundException')(context.call('codepipeline', 'DeletePipeline', { name }));
  },
});

export const codepipelineResourceTypes = [pipeline];

/** The structure as the API writes it. */
function declaration(name: string, { RoleArn, ArtifactStore, Stages, ExecutionMode, PipelineType }: Properties): object {
  const { Type, Location, EncryptionKey } = ArtifactStore;
  return {
    name,
    roleArn: RoleArn,
    artifactStore: {
      type: Type,
      location: Location,
      ...(EncryptionKey === undefined ? {} : { encryptionKey: { id: EncryptionKey.Id, type: EncryptionKey.Type } }),
    },
    stages: Stages.map(({ Name, Actions, OnFailure }) => ({
      name: Name,
      actions: Actions.map(actionOf),
      ...(OnFailure === undefined ? {} : { onFailure: defined({ result: OnFailure.Result }) }),
    })),
    ...defined({ executionMode: ExecutionMode, pipelineType: PipelineType }),
  };
}

function actionOf(given: z.output<typeof action>): object {
  const { Category: category, Owner: owner, Provider: provider, Version: version } = given.ActionTypeId;
  const names = (list: z.output<typeof artifacts>) => list?.map(({ Name }) => ({ name: Name }));
  return {
    name: given.Name,
    actionTypeId: { category, owner, provider, version },
    ...defined({
      configuration: given.Configuration,
      inputArtifacts: names(given.InputArtifacts),
      outputArtifacts: names(given.OutputArtifacts),
      namespace: given.Namespace,
      region: given.Region,
      roleArn: given.RoleArn,
      runOrder: given.RunOrder,
      timeoutInMinutes: given.TimeoutInMinutes,
    }),
  };
}

async function closeTransitions(
  pipelineName: string,
  wanted: Properties,
  before: Partial<Properties>,
  context: ResourceContext,
): Promise<void> {
  const closed = wanted.DisableInboundStageTransitions ?? [];
  for (const { StageName: stageName, Reason: reason } of closed) {
    await context.call('codepipeline', 'DisableStageTransition', { pipelineName, stageName, transitionType: 'Inbound', reason });
  }
  const stages = new Set(wanted.Stages.map(({ Name }) => Name));
  for (const { StageName: stageName } of before.DisableInboundStageTransitions ?? []) {
    if (closed.some((one) => one.StageName === stageName) || !stages.has(stageName)) continue;
    await context.call('codepipeline', 'EnableStageTransition', { pipelineName, stageName, transitionType: 'Inbound' });
  }
}

async function retag(name: string, wanted: Properties, before: Properties, context: ResourceContext): Promise<void> {
  if (JSON.stringify(wanted.Tags ?? []) === JSON.stringify(before.Tags ?? [])) return;
  const resourceArn = `arn:aws:codepipeline:${context.region}:${context.account}:${name}`;
  const tagKeys = (before.Tags ?? []).map(({ Key }) => Key).filter((key) => !(wanted.Tags ?? []).some(({ Key }) => Key === key));
  if (tagKeys.length > 0) await context.call('codepipeline', 'UntagResource', { resourceArn, tagKeys });
  await context.call('codepipeline', 'TagResource', { resourceArn, tags: tags(wanted, context) });
}

function tags(wanted: Properties, context: ResourceContext): { key: string; value: string }[] {
  const merged = { ...context.stackTags, ...Object.fromEntries((wanted.Tags ?? []).map(({ Key, Value }) => [Key, Value])) };
  return Object.entries(merged)
    .filter(([key]) => !key.startsWith('aws:'))
    .map(([key, value]) => ({ key, value }));
}

function defined(members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

function state(name: string, version: number): ResourceState {
  return { physicalId: name, attributes: { Version: String(version) } };
}
