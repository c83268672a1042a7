import type { Cloud } from '../../kernel/cloud.ts';
import type { BuildPhase, BuildRecord } from './build-record.ts';

const DATE = new Intl.DateTimeFormat('en-US', {
  timeZone: 'UTC',
  month: 'short',
  day: 'numeric',
  year: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  second: '2-digit',
});

/** Tells EventBridge that a build has begun or ended (CodeBuild User Guide, "Build notifications input format reference"). */
export function emitStateChange(cloud: Cloud, build: BuildRecord): void {
  const current = build.phases.at(-1);
  emit(cloud, build, 'CodeBuild Build State Change', {
    'build-status': build.status,
    'current-phase': current?.type,
    'current-phase-context': contextOf(current),
  });
}

/** Tells EventBridge that a phase is over. */
export function emitPhaseChange(cloud: Cloud, build: BuildRecord, phase: BuildPhase): void {
  emit(cloud, build, 'CodeBuild Build Phase Change', {
    'completed-phase': phase.type,
    'completed-phase-status': phase.status,
    'completed-phase-context': contextOf(phase),
    'completed-phase-duration-seconds': durationOf(phase),
    'completed-phase-start': date(phase.start),
    'completed-phase-end': date(phase.end ?? phase.start),
  });
}

function emit(cloud: Cloud, build: BuildRecord, detailType: string, detail: Record<string, unknown>): void {
  const [, , , region = '', account = ''] = build.arn.split(':');
  cloud.emitEvent({
    account,
    region,
    source: 'aws.codebuild',
    detailType,
    resources: [build.arn],
    detail: {
      ...detail,
      'build-id': build.arn,
      'project-name': build.projectName,
      'additional-information': additionalInformation(build, region),
      version: '1',
    },
  });
}

function additionalInformation(build: BuildRecord, region: string): Record<string, unknown> {
  const { environment, source, artifacts, timeoutInMinutes, queuedTimeoutInMinutes } = build.settings;
  const output = build.pipeline?.outputs[0];
  return {
    'build-number': build.number,
    'build-complete': build.status !== 'IN_PROGRESS',
    'build-start-time': date(build.start),
    initiator: build.initiator,
    'timeout-in-minutes': timeoutInMinutes,
    'queued-timeout-in-minutes': queuedTimeoutInMinutes,
    artifact: output === undefined ? {} : { location: `arn:aws:s3:::${output.bucket}/${output.key}` },
    environment: {
      image: environment.image,
      'privileged-mode': environment.privilegedMode,
      'image-pull-credentials-type': environment.imagePullCredentialsType ?? 'CODEBUILD',
      'compute-type': environment.computeType,
      type: environment.type,
      'environment-variables': [...environment.environmentVariables, ...build.variables].map(({ name, value, type }) => ({
        name,
        value,
        type,
      })),
    },
    source: { type: source.type, ...(source.location === undefined ? {} : { location: source.location }) },
    ...(build.sourceVersion === undefined ? {} : { 'source-version': build.sourceVersion }),
    artifacts: { type: artifacts.type },
    ...(build.log === undefined
      ? {}
      : {
          logs: {
            'group-name': build.log.group,
            'stream-name': build.log.stream,
            'deep-link': `https://console.aws.amazon.com/cloudwatch/home?region=${region}#logEvent:group=${build.log.group};stream=${build.log.stream}`,
          },
        }),
    phases: build.phases.map((phase) => ({
      'phase-type': phase.type,
      'start-time': date(phase.start),
      ...(phase.end === undefined ? {} : { 'end-time': date(phase.end), 'duration-in-seconds': durationOf(phase) }),
      ...(phase.status === undefined ? {} : { 'phase-status': phase.status }),
      'phase-context': phase.contexts.map(({ statusCode, message }) => `${statusCode}: ${message}`),
    })),
  };
}

function contextOf(phase: BuildPhase | undefined): string {
  return `[${(phase?.contexts ?? []).map(({ statusCode, message }) => `${statusCode}: ${message}`).join(', ')}]`;
}

function durationOf({ start, end }: BuildPhase): number {
  return Math.round(((end ?? start) - start) / 1000);
}

/** `Sep 1, 2017 4:12:29 PM` */
function date(at: number): string {
  return DATE.format(at)
    .replace(/, (?=\d{1,2}:)/, ' ')
    .replaceAll('\u202f', ' ');
}
