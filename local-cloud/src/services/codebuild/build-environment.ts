import { join } from 'node:path';
import type { Cloud } from '../../kernel/cloud.ts';
import type { BuildRecord } from './build-record.ts';
import { uuidOf } from './build-record.ts';
import type { BuildTools } from './build-tools.ts';
import type { ProjectSettings } from './project-settings.ts';
import type { Workspace } from './workspace.ts';

/** What of this machine's environment says how its network is reached; nothing else of it gets into a build. */
const NETWORK = [
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'GIT_SSL_CAINFO',
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'].flatMap((name) => [name, name.toLowerCase()]),
];

/** What a build's environment is made of. */
export interface EnvironmentParts {
  readonly cloud: Cloud;
  readonly build: BuildRecord;
  readonly workspace: Workspace;
  readonly tools: BuildTools;
  /** Where the service role's credentials are fetched. */
  readonly credentialsUrl: string;
  /** The build's own variables: of the buildspec, the project and the start, settled. */
  readonly variables: Readonly<Record<string, string>>;
  readonly sourceUrl: string;
}

/**
 * The environment of a build's commands: a clean one, with the variables of the CodeBuild User Guide ("Environment variables in build
 * environments"), and what the AWS SDKs, the CDK CLI and npm need to work on this machine.
 *
 * Credentials come from a URL, as on AWS, so that they stand in no variable that a build prints, and SDKs fetch them anew. CodeBuild says it by
 * AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, which means 169.254.170.2: a laptop has no such address, hence the FULL_URI, which SDKs follow to loopback.
 */
export function buildEnvironment(parts: EnvironmentParts): Record<string, string> {
  const { cloud, build, workspace, tools } = parts;
  const [, , , region = ''] = build.arn.split(':');
  const kept = NETWORK.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  const noProxy = [process.env['NO_PROXY'] ?? process.env['no_proxy'], '127.0.0.1', 'localhost'].filter(Boolean).join(',');
  const secondary = Object.entries(workspace.secondarySources).map(([name, path]) => [`CODEBUILD_SRC_DIR_${name}`, path]);
  return {
    ...(Object.fromEntries(kept) as Record<string, string>),
    NO_PROXY: noProxy,
    no_proxy: noProxy,
    LC_CTYPE: 'C.UTF-8',
    TZ: 'UTC',
    ...npmEnvironment(workspace, tools),
    NODE_EXTRA_CA_CERTS: workspace.certificates,
    AWS_ENDPOINT_URL: cloud.endpoint,
    AWS_EC2_METADATA_DISABLED: 'true',
    // The CDK CLI asks nobody outside for telemetry and notices.
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    CDK_NOTICES: 'false',
    ...parts.variables,
    PATH: parts.variables['PATH'] ?? [join(workspace.npmPrefix, 'bin'), ...tools.path].join(':'),
    HOME: workspace.home,
    TMPDIR: workspace.temporary,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: parts.credentialsUrl,
    CODEBUILD_BUILD_ARN: build.arn,
    CODEBUILD_BUILD_ID: build.id,
    CODEBUILD_BUILD_IMAGE: build.settings.environment.image,
    CODEBUILD_BUILD_NUMBER: String(build.number),
    CODEBUILD_BUILD_SUCCEEDING: '1',
    CODEBUILD_INITIATOR: build.initiator,
    CODEBUILD_KMS_KEY_ID: encryptionKeyOf(build),
    CODEBUILD_LOG_PATH: build.log?.stream ?? uuidOf(build),
    CODEBUILD_RESOLVED_SOURCE_VERSION: build.resolvedSourceVersion ?? '',
    CODEBUILD_SOURCE_REPO_URL: parts.sourceUrl,
    CODEBUILD_SOURCE_VERSION: build.sourceVersion ?? '',
    CODEBUILD_SRC_DIR: workspace.source,
    ...Object.fromEntries(secondary),
    CODEBUILD_START_TIME: String(build.start),
  };
}

/** The key of the pipeline's artifacts, else the project's. */
export function encryptionKeyOf(build: BuildRecord): string {
  return build.pipeline?.encryptionKey ?? encryptionKeyOfProject(build.arn, build.settings);
}

/** A project's key, or the account's own of S3 where it has none ("Project", encryptionKey). `arn` is the project's or a build's. */
export function encryptionKeyOfProject(arn: string, settings: Pick<ProjectSettings, 'encryptionKey'>): string {
  const [, , , region, account] = arn.split(':');
  return settings.encryptionKey ?? `arn:aws:kms:${region}:${account}:alias/aws/s3`;
}

/** The machine's registries stand in npm's global settings: `aws codeartifact login`, which writes the user's, wins over them. */
function npmEnvironment(workspace: Workspace, tools: BuildTools): Record<string, string> {
  return {
    npm_config_globalconfig: workspace.npmrc,
    npm_config_cache: tools.npmCache,
    npm_config_prefix: workspace.npmPrefix,
    npm_config_prefer_offline: 'true',
    npm_config_update_notifier: 'false',
    npm_config_fund: 'false',
    npm_config_audit: 'false',
  };
}
