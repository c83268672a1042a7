import type { Pipeline, PipelineExecution, PipelineState } from '../../shapes/pipelines.ts';
import type { Tone } from '../design/parts.tsx';

export const STATE_WORDS: Readonly<Record<PipelineState, string>> = {
  idle: 'not reached',
  waiting: 'waits',
  in_progress: 'in progress',
  needs_approval: 'waits for approval',
  succeeded: 'succeeded',
  failed: 'failed',
  stopping: 'stopping',
  stopped: 'stopped',
  superseded: 'superseded',
  cancelled: 'cancelled',
};

const TONES: Readonly<Partial<Record<PipelineState, Tone>>> = {
  in_progress: 'info',
  stopping: 'info',
  needs_approval: 'warn',
  succeeded: 'good',
  failed: 'fault',
};

export function toneOf(state: PipelineState): Tone {
  return TONES[state] ?? 'quiet';
}

export function isOpen(state: PipelineState): boolean {
  return state === 'in_progress' || state === 'needs_approval' || state === 'stopping';
}

/** What came last: a stage that goes back brings nothing new. */
export function newestOf({ executions }: Pick<Pipeline, 'executions'>): PipelineExecution | undefined {
  return executions.find(({ type }) => type === 'STANDARD');
}

/** As git abbreviates it. */
export function shortCommit(id: string): string {
  return id.slice(0, 7);
}

/** The first line of a commit's message. */
export function titleOf({ commit }: PipelineExecution): string {
  if (commit === undefined) return 'finding its commit';
  return commit.message.trim().split('\n', 1)[0] ?? '';
}

/** Who a principal is: `root of 410000000001`, `DeployRole/session`, `ada`. */
export function personOf(arn: string): string {
  const [, , , , account = '', ...rest] = arn.split(':');
  const what = rest.join(':');
  if (what === '') return arn;
  if (what === 'root') return `root of ${account}`;
  return what.replace(/^(assumed-role|user|role)\//, '');
}

/** Who or what started an execution (CodePipeline API Reference, "ExecutionTrigger"). */
export function startedBy({ type, detail }: PipelineExecution['started_by']): string {
  switch (type) {
    case 'CreatePipeline':
      return 'the new pipeline';
    case 'CloudWatchEvent':
    case 'PollForSourceChanges':
    case 'Webhook':
      return 'a push';
    case 'AutomatedRollback':
      return 'a failure, by itself';
    case 'StartPipelineExecution':
      // The stack of a pipeline starts it again when it has changed it.
      return detail.endsWith('/AWSCloudFormation') ? 'the pipeline’s own change' : personOf(detail);
    case 'ManualRollback':
      return personOf(detail);
    default:
      return type;
  }
}

/** Why an execution didn't go on, where there is more to say than its state. */
export function reasonOf({ state, reason }: PipelineExecution): string | undefined {
  if (reason !== undefined) return reason;
  if (state === 'superseded') return 'A newer execution overtook it while it waited for a stage';
  if (state === 'cancelled') return 'The pipeline was changed under it';
  return undefined;
}

/** `0.4 s`, `12 s`, `3 min 44 s`, `2 h 5 min`, `3 days 4 h`. */
export function length(ms: number): string {
  const s = Math.max(0, ms) / 1000;
  if (s < 9.95) return `${s.toFixed(1)} s`;
  const whole = Math.round(s);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return parts(Math.floor(whole / 60), 'min', whole % 60, 's');
  const minutes = Math.round(s / 60);
  if (minutes < 1440) return parts(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.round(minutes / 60);
  return parts(Math.floor(hours / 24), 'days', hours % 24, 'h').replace(/^1 days/, '1 day');
}

function parts(first: number, unit: string, rest: number, restUnit: string): string {
  return rest === 0 ? `${first} ${unit}` : `${first} ${unit} ${rest} ${restUnit}`;
}

/** How long it took, or has taken so far, ms. */
export function lengthOf(
  { state, started_at, updated_at }: Pick<PipelineExecution, 'state' | 'started_at' | 'updated_at'>,
  now_ms: number,
): number {
  return (isOpen(state) ? now_ms : Date.parse(updated_at)) - Date.parse(started_at);
}
