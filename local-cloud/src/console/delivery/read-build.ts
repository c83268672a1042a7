import { notFound } from '../api/api-error.ts';
import type { Look } from '../api/route.ts';
import type { BuildDetail, BuildLogPage } from '../shapes/builds.ts';

/** CodeBuild API Reference, "Build", as far as the console reads it. */
interface Build {
  readonly id: string;
  readonly projectName: string;
  readonly buildNumber?: number;
  readonly buildStatus: string;
  readonly startTime?: Date;
  readonly endTime?: Date;
  readonly initiator?: string;
  readonly environment?: { readonly computeType: string; readonly image: string };
  readonly phases?: readonly {
    readonly phaseType: string;
    readonly phaseStatus?: string;
    readonly startTime?: Date;
    readonly endTime?: Date;
    readonly contexts?: readonly { readonly statusCode?: string; readonly message?: string }[];
  }[];
  readonly exportedEnvironmentVariables?: readonly { readonly name: string; readonly value: string }[];
  readonly logs?: { readonly groupName?: string; readonly streamName?: string };
}

interface LogPage {
  readonly events: readonly { readonly timestamp: number; readonly message: string }[];
  readonly nextForwardToken: string;
}

/** Throws 404 for a build that isn't there, else what CodeBuild answers. */
export async function readBuild(look: Look, id: string): Promise<BuildDetail> {
  const build = await buildOf(look, id);
  const { groupName: group, streamName: stream } = build.logs ?? {};
  return {
    id,
    project: build.projectName,
    number: build.buildNumber ?? 0,
    status: build.buildStatus,
    started_at: (build.startTime ?? new Date(0)).toISOString(),
    ...(build.endTime === undefined ? {} : { ended_at: build.endTime.toISOString() }),
    initiator: build.initiator ?? '',
    compute: build.environment?.computeType ?? '',
    image: build.environment?.image ?? '',
    phases: (build.phases ?? []).map(({ phaseType, phaseStatus, startTime, endTime, contexts = [] }) => {
      const said = contexts.find(({ message }) => message !== undefined && message !== '');
      return {
        type: phaseType,
        ...(phaseStatus === undefined ? {} : { status: phaseStatus }),
        started_at: (startTime ?? new Date(0)).toISOString(),
        ...(endTime === undefined ? {} : { ended_at: endTime.toISOString() }),
        ...(said === undefined ? {} : { context: `${said.statusCode ?? ''}: ${said.message}` }),
      };
    }),
    exported: (build.exportedEnvironmentVariables ?? []).map(({ name, value }) => ({ name, value })),
    ...(group === undefined || stream === undefined ? {} : { log: { group, stream } }),
  };
}

/** What a build has written since `after`, the `next` of an earlier answer. Nothing as long as it has no log. */
export async function readBuildLog(look: Look, id: string, after: string | undefined): Promise<BuildLogPage> {
  const { groupName, streamName } = (await buildOf(look, id)).logs ?? {};
  if (groupName === undefined || streamName === undefined) return { lines: [] };
  const { events, nextForwardToken } = await look.call<LogPage>('logs', 'GetLogEvents', {
    logGroupName: groupName,
    logStreamName: streamName,
    startFromHead: true,
    ...(after === undefined ? {} : { nextToken: after }),
  });
  const lines = events.map(({ timestamp, message }) => ({ at: new Date(timestamp).toISOString(), text: message.replace(/\r?\n$/, '') }));
  return { lines, next: nextForwardToken };
}

async function buildOf(look: Look, id: string): Promise<Build> {
  const { builds } = await look.call<{ builds: Build[] }>('codebuild', 'BatchGetBuilds', { ids: [id] });
  const [build] = builds;
  if (build === undefined) throw notFound(`The build ${id}`);
  return build;
}
