import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import { type CallContext, operation, type Scope } from '../../kernel/service.ts';
import { passRole } from '../iam/pass-role.ts';
import { assumeRole } from '../iam/role-sessions.ts';
import { checkStructure } from './check-structure.ts';
import type { Engine } from './engine.ts';
import { existingPipeline, page } from './lookups.ts';
import { onPipeline, pipelineArn } from './pipeline-arn.ts';
import type { PipelineRecord, PipelineStore } from './pipeline-store.ts';
import { type PipelineDeclaration, pipelineDeclaration, pipelineName } from './pipeline-structure.ts';

const tagList = z.array(z.strictObject({ key: z.string().min(1).max(128), value: z.string().max(256) }));

/** Pipelines themselves: their structure and tags. */
export function pipelineOperations(engine: Engine, storeOf: (scope: Scope) => PipelineStore) {
  const onNamed = (action: string) => (input: { readonly name: string }, context: CallContext) => [onPipeline(action, context, input.name)];
  const onArn = (action: string) => (input: { readonly resourceArn: string }, context: CallContext) => [
    onPipeline(action, context, nameIn(input.resourceArn)),
  ];
  const tagged = (arn: string, context: CallContext) => {
    const pipeline = storeOf(context).pipelines.get(nameIn(arn));
    if (pipeline?.arn !== arn) throw new AwsError('ResourceNotFoundException', `The resource ${arn} was not found`);
    return pipeline;
  };

  return {
    CreatePipeline: operation({
      input: z.strictObject({ pipeline: pipelineDeclaration, tags: tagList.default([]) }),
      authorize: ({ pipeline, tags }, context) => [
        onPipeline('CreatePipeline', context, pipeline.name),
        passRole(pipeline.roleArn, 'codepipeline.amazonaws.com'),
        ...(tags.length === 0 ? [] : [onPipeline('TagResource', context, pipeline.name)]),
      ],
      run: ({ pipeline: { version: _, ...declaration }, tags }, context) => {
        const store = storeOf(context);
        if (store.pipelines.get(declaration.name) !== undefined) {
          throw new AwsError(
            'PipelineNameInUseException',
            `A pipeline with the name '${declaration.name}' already exists in account '${context.account}'`,
          );
        }
        check(declaration, context);
        const now = context.cloud.clock();
        const record: PipelineRecord = {
          name: declaration.name,
          arn: pipelineArn(context, declaration.name),
          declaration,
          version: 1,
          created_ms: now,
          updated_ms: now,
          tags: tagRecord(tags),
          closed: {},
          latest: {},
          executions: 0,
        };
        store.putStructure(record.name, 1, declaration);
        store.pipelines.put(record.name, record);
        // A new pipeline runs at once (CodePipeline User Guide, "Create a pipeline").
        const trigger = { type: 'CreatePipeline', detail: context.principal.arn };
        engine.start(context, record, { trigger, traceHeader: context.traceHeader });
        return { pipeline: { ...declaration, version: 1 }, tags };
      },
    }),

    UpdatePipeline: operation({
      input: z.strictObject({ pipeline: pipelineDeclaration }),
      authorize: ({ pipeline }, context) => [
        onPipeline('UpdatePipeline', context, pipeline.name),
        passRole(pipeline.roleArn, 'codepipeline.amazonaws.com'),
      ],
      run: ({ pipeline: { version: _, ...declaration } }, context) => {
        const store = storeOf(context);
        const before = existingPipeline(store, declaration.name, context);
        check(declaration, context);
        // "Updating the pipeline increases the version number of the pipeline by 1" ("UpdatePipeline").
        const version = before.version + 1;
        const stages = new Set(declaration.stages.map(({ name }) => name));
        const record: PipelineRecord = {
          ...before,
          declaration,
          version,
          updated_ms: context.cloud.clock(),
          closed: Object.fromEntries(Object.entries(before.closed).filter(([stage]) => stages.has(stage))),
          latest: Object.fromEntries(Object.entries(before.latest).filter(([stage]) => stages.has(stage))),
        };
        store.putStructure(record.name, version, declaration);
        store.pipelines.put(record.name, record);
        engine.cancelOutdated(context, record);
        return { pipeline: { ...declaration, version } };
      },
    }),

    DeletePipeline: operation({
      input: z.strictObject({ name: pipelineName }),
      authorize: onNamed('DeletePipeline'),
      run: async ({ name }, context) => {
        const store = storeOf(context);
        const pipeline = store.pipelines.get(name);
        if (pipeline === undefined) return {};
        await engine.forget(context, name);
        store.delete(pipeline);
        return {};
      },
    }),

    GetPipeline: operation({
      input: z.strictObject({ name: pipelineName, version: z.number().int().min(1).optional() }),
      authorize: onNamed('GetPipeline'),
      run: ({ name, version }, context) => {
        const store = storeOf(context);
        const pipeline = existingPipeline(store, name, context);
        const wanted = version ?? pipeline.version;
        const declaration = store.structure(name, wanted);
        if (declaration === undefined) {
          throw new AwsError('PipelineVersionNotFoundException', `Pipeline '${name}' does not have a version '${wanted}'`);
        }
        return {
          pipeline: { ...declaration, version: wanted },
          metadata: { pipelineArn: pipeline.arn, created: new Date(pipeline.created_ms), updated: new Date(pipeline.updated_ms) },
        };
      },
    }),

    ListPipelines: operation({
      input: z.strictObject({ nextToken: z.string().optional(), maxResults: z.number().int().min(1).max(1000).default(1000) }),
      authorize: (_input, context) => [onPipeline('ListPipelines', context, '*')],
      run: ({ nextToken, maxResults }, context) => {
        const { items, ...more } = page(storeOf(context).pipelines.list(), maxResults, nextToken);
        return {
          pipelines: items.map(({ name, version, declaration, created_ms, updated_ms }) => ({
            name,
            version,
            pipelineType: declaration.pipelineType,
            executionMode: declaration.executionMode,
            created: new Date(created_ms),
            updated: new Date(updated_ms),
          })),
          ...more,
        };
      },
    }),

    ListTagsForResource: operation({
      input: z.strictObject({
        resourceArn: z.string(),
        nextToken: z.string().optional(),
        maxResults: z.number().int().min(1).max(100).default(100),
      }),
      authorize: onArn('ListTagsForResource'),
      run: ({ resourceArn, nextToken, maxResults }, context) => {
        const tags = Object.entries(tagged(resourceArn, context).tags).map(([key, value]) => ({ key, value }));
        const { items, ...more } = page(tags, maxResults, nextToken);
        return { tags: items, ...more };
      },
    }),

    TagResource: operation({
      input: z.strictObject({ resourceArn: z.string(), tags: tagList }),
      authorize: onArn('TagResource'),
      run: ({ resourceArn, tags }, context) => {
        const pipeline = tagged(resourceArn, context);
        storeOf(context).pipelines.put(pipeline.name, { ...pipeline, tags: { ...pipeline.tags, ...tagRecord(tags) } });
        return {};
      },
    }),

    UntagResource: operation({
      input: z.strictObject({ resourceArn: z.string(), tagKeys: z.array(z.string()) }),
      authorize: onArn('UntagResource'),
      run: ({ resourceArn, tagKeys }, context) => {
        const pipeline = tagged(resourceArn, context);
        const tags = Object.fromEntries(Object.entries(pipeline.tags).filter(([key]) => !tagKeys.includes(key)));
        storeOf(context).pipelines.put(pipeline.name, { ...pipeline, tags });
        return {};
      },
    }),
  };
}

/** Throws for a structure that can't be run, and for a role that CodePipeline may not assume. */
function check(declaration: PipelineDeclaration, context: CallContext): void {
  checkStructure(declaration, context);
  try {
    assumeRole(context.cloud, {
      roleArn: declaration.roleArn,
      sessionName: 'codepipeline',
      servicePrincipal: 'codepipeline.amazonaws.com',
      sourceArn: pipelineArn(context, declaration.name),
    });
  } catch {
    throw new AwsError('InvalidStructureException', `CodePipeline is not authorized to perform AssumeRole on role ${declaration.roleArn}`);
  }
}

function nameIn(arn: string): string {
  return arn.split(':').slice(5).join(':');
}

function tagRecord(tags: readonly { key: string; value: string }[]): Record<string, string> {
  return Object.fromEntries(tags.map(({ key, value }) => [key, value]));
}
