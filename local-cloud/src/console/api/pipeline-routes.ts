import { z } from 'zod';
import { lookInto, looksInto } from '../delivery/accounts.ts';
import { readBuild, readBuildLog } from '../delivery/read-build.ts';
import { readExecution } from '../delivery/read-execution.ts';
import { readGate } from '../delivery/read-gate.ts';
import { readPipeline } from '../delivery/read-pipeline.ts';
import type { BuildDetail, BuildLogPage } from '../shapes/builds.ts';
import type { ExecutionDetail, GateDetail, Pipeline, PipelineList } from '../shapes/pipelines.ts';
import { route } from './route.ts';

/** So many executions of a pipeline are listed with all pipelines, and with it alone; those that are in a stage always. */
const LATEST = 5;
const LISTED = 100;
const one = '/pipelines/:account/:region/:name';
const build = '/builds/:account/:region/:id';

/** Pipelines of every account, whichever the page looks at else; their executions, gates and builds. */
export const pipelineRoutes = [
  route({
    pattern: '/pipelines',
    handle: async ({ cloud }): Promise<PipelineList> => {
      const found = await Promise.all(
        looksInto(cloud, 'codepipeline').map(async (look) => {
          const { pipelines } = await look.call<{ pipelines: { name: string }[] }>('codepipeline', 'ListPipelines');
          return Promise.all(pipelines.map(({ name }) => readPipeline(look, name, LATEST)));
        }),
      );
      return { pipelines: found.flat() };
    },
  }),
  route({
    pattern: one,
    handle: ({ cloud }, { params }): Promise<Pipeline> =>
      readPipeline(lookInto(cloud, 'codepipeline', params), params['name'] ?? '', LISTED),
  }),
  route({
    pattern: `${one}/executions/:id`,
    handle: ({ cloud }, { params }): Promise<ExecutionDetail> =>
      readExecution(lookInto(cloud, 'codepipeline', params), params['name'] ?? '', params['id'] ?? ''),
  }),
  route({
    pattern: `${one}/gates/:stage/:action`,
    handle: ({ cloud }, { params }): Promise<GateDetail> =>
      readGate(lookInto(cloud, 'codepipeline', params), params['name'] ?? '', params['stage'] ?? '', params['action'] ?? ''),
  }),
  route({
    pattern: build,
    handle: ({ cloud }, { params }): Promise<BuildDetail> => readBuild(lookInto(cloud, 'codebuild', params), params['id'] ?? ''),
  }),
  route({
    pattern: `${build}/log`,
    query: z.strictObject({ after: z.string().min(1).max(1024).optional() }),
    handle: ({ cloud }, { params, query }): Promise<BuildLogPage> =>
      readBuildLog(lookInto(cloud, 'codebuild', params), params['id'] ?? '', query.after),
  }),
];
