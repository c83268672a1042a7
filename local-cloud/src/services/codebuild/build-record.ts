import type { EnvironmentVariable, ProjectSettings } from './project-settings.ts';

/** One project of an account and region. */
export interface ProjectRecord {
  readonly name: string;
  readonly arn: string;
  readonly settings: ProjectSettings;
  /** ms since 1970. */
  readonly created: number;
  readonly lastModified: number;
  /** The number of its last build. */
  readonly builds: number;
}

/** CodeBuild API Reference, "BuildPhase". */
export const PHASE_TYPES = [
  'SUBMITTED',
  'QUEUED',
  'PROVISIONING',
  'DOWNLOAD_SOURCE',
  'INSTALL',
  'PRE_BUILD',
  'BUILD',
  'POST_BUILD',
  'UPLOAD_ARTIFACTS',
  'FINALIZING',
  'COMPLETED',
] as const;
export type PhaseType = (typeof PHASE_TYPES)[number];
export type BuildStatus = 'SUCCEEDED' | 'FAILED' | 'FAULT' | 'TIMED_OUT' | 'IN_PROGRESS' | 'STOPPED';

/** Why a phase failed, such as COMMAND_EXECUTION_ERROR. */
export interface PhaseContext {
  readonly statusCode: string;
  readonly message: string;
}

export interface BuildPhase {
  readonly type: PhaseType;
  /** ms since 1970. */
  readonly start: number;
  readonly end?: number;
  readonly status?: BuildStatus;
  readonly contexts: readonly PhaseContext[];
}

/** An artifact of a pipeline: a zip file in S3. */
export interface PipelineArtifact {
  readonly name: string;
  readonly bucket: string;
  readonly key: string;
}

/** What a build that a pipeline has started takes and gives. */
export interface PipelineSide {
  readonly inputs: readonly PipelineArtifact[];
  /** The name of the input that is the build's source; the others stand beside it. */
  readonly primaryInput: string;
  readonly outputs: readonly PipelineArtifact[];
  readonly encryptionKey?: string | undefined;
}

/** One build, from StartBuild on. What it runs with is settled then: later changes of the project don't reach it. */
export interface BuildRecord {
  /** `<project>:<uuid>` */
  readonly id: string;
  readonly arn: string;
  readonly projectName: string;
  readonly number: number;
  readonly settings: ProjectSettings;
  /** Of the start, over those of the project. */
  readonly variables: readonly EnvironmentVariable[];
  readonly sourceVersion?: string | undefined;
  /** The commit, once it is known. */
  readonly resolvedSourceVersion?: string | undefined;
  readonly initiator: string;
  readonly pipeline?: PipelineSide | undefined;
  readonly idempotencyToken?: string | undefined;
  readonly status: BuildStatus;
  readonly phases: readonly BuildPhase[];
  /** ms since 1970. */
  readonly start: number;
  readonly end?: number;
  readonly exported: readonly { readonly name: string; readonly value: string }[];
  /** Absent where the project keeps no log. */
  readonly log?: { readonly group: string; readonly stream: string };
}

/** The part of a build's id by which its log stream and its session are named. */
export function uuidOf(build: Pick<BuildRecord, 'id'>): string {
  return build.id.slice(build.id.lastIndexOf(':') + 1);
}
