import { encryptionKeyOf } from './build-environment.ts';
import { type BuildPhase, type BuildRecord, uuidOf } from './build-record.ts';

/** A build as the API shows it (CodeBuild API Reference, "Build"). */
export function describeBuild(build: BuildRecord) {
  const { settings, pipeline } = build;
  const output = pipeline?.outputs[0];
  const ended = build.status !== 'IN_PROGRESS';
  return {
    id: build.id,
    arn: build.arn,
    buildNumber: build.number,
    projectName: build.projectName,
    buildStatus: build.status,
    buildComplete: ended,
    currentPhase: build.phases.at(-1)?.type ?? 'SUBMITTED',
    startTime: new Date(build.start),
    ...(build.end === undefined ? {} : { endTime: new Date(build.end) }),
    initiator: build.initiator,
    ...(build.sourceVersion === undefined ? {} : { sourceVersion: build.sourceVersion }),
    ...(build.resolvedSourceVersion === undefined ? {} : { resolvedSourceVersion: build.resolvedSourceVersion }),
    phases: build.phases.map(describePhase),
    source: settings.source,
    secondarySources: [],
    artifacts: output === undefined ? {} : { location: `arn:aws:s3:::${output.bucket}/${output.key}` },
    secondaryArtifacts: [],
    cache: settings.cache ?? { type: 'NO_CACHE' },
    environment: {
      ...settings.environment,
      environmentVariables: [
        ...settings.environment.environmentVariables.filter(({ name }) => !build.variables.some((other) => other.name === name)),
        ...build.variables,
      ],
    },
    serviceRole: settings.serviceRole,
    timeoutInMinutes: settings.timeoutInMinutes,
    queuedTimeoutInMinutes: settings.queuedTimeoutInMinutes,
    encryptionKey: encryptionKeyOf(build),
    exportedEnvironmentVariables: build.exported,
    logs: describeLogs(build),
  };
}

function describePhase({ type, start, end, status, contexts }: BuildPhase) {
  return {
    phaseType: type,
    startTime: new Date(start),
    ...(status === undefined ? {} : { phaseStatus: status }),
    ...(end === undefined ? {} : { endTime: new Date(end), durationInSeconds: Math.round((end - start) / 1000), contexts }),
  };
}

/** Group and stream are named once the build has its log, as on AWS. */
function describeLogs(build: BuildRecord) {
  const [, , , region, account] = build.arn.split(':');
  const cloudWatchLogs = build.settings.logsConfig?.cloudWatchLogs ?? { status: 'ENABLED' };
  const provisioned = build.phases.some(({ type, status }) => type === 'PROVISIONING' && status === 'SUCCEEDED');
  if (build.log === undefined || !provisioned) return { cloudWatchLogs, s3Logs: { status: 'DISABLED' } };
  const { group, stream } = build.log;
  return {
    groupName: group,
    streamName: stream,
    deepLink: `https://console.aws.amazon.com/cloudwatch/home?region=${region}#logsV2:log-groups/log-group/${encodeURIComponent(group)}/log-events/${uuidOf(build)}`,
    cloudWatchLogsArn: `arn:aws:logs:${region}:${account}:log-group:${group}:log-stream:${stream}`,
    cloudWatchLogs,
    s3Logs: { status: 'DISABLED' },
  };
}
