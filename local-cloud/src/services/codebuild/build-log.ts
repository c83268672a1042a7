import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import type { Caller } from '../../kernel/service.ts';
import type { LogDelivery } from '../lambda/log-delivery.ts';

/** What stands in a log for a hidden value. */
const HIDDEN = '***';

/**
 * The log of one build, with the rights of its service role. Values out of Parameter Store and the build's own credentials are hidden in it
 * ("Build specification reference for CodeBuild", env). Without a log stream, for projects that keep none, nothing is written.
 */
export class BuildLog {
  readonly #delivery: LogDelivery | undefined;
  readonly #clock: () => number;
  #secrets: string[] = [];

  constructor(clock: () => number, delivery: LogDelivery | undefined) {
    this.#clock = clock;
    this.#delivery = delivery;
  }

  /** Values that must not be seen, the longest first, so that one within another leaves nothing behind. */
  hide(values: readonly string[]): void {
    const all = new Set([...this.#secrets, ...values.flatMap((value) => value.split('\n')).filter((line) => line !== '')]);
    this.#secrets = [...all].toSorted((a, b) => b.length - a.length);
  }

  /** A line of a command's output. Events of CodeBuild end with the end of the line, so that an empty one is an event, too. */
  line(text: string): void {
    this.#delivery?.write(`${this.#withoutSecrets(text)}\n`);
  }

  /** A line of CodeBuild's own. */
  container(text: string): void {
    this.line(`[Container] ${containerTime(this.#clock())} ${text}`);
  }

  /** Resolves when all of it is with CloudWatch Logs, or refused. */
  async flush(): Promise<void> {
    await this.#delivery?.flush();
  }

  #withoutSecrets(text: string): string {
    let shown = text;
    for (const secret of this.#secrets) shown = shown.replaceAll(secret, HIDDEN);
    return shown;
  }
}

/** `2024/04/21 21:06:52.675000`, as the agent of CodeBuild writes it. */
function containerTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 23).replace('T', ' ').replaceAll('-', '/')}000`;
}

/** Makes the log stream, and the group where it is missing. Throws what CloudWatch Logs answers, AccessDeniedException above all. */
export async function createLogStream(cloud: Cloud, caller: Caller, log: { group: string; stream: string }): Promise<void> {
  const create = () => cloud.call('logs', 'CreateLogStream', { logGroupName: log.group, logStreamName: log.stream }, caller);
  try {
    await create();
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    if (error.code === 'ResourceAlreadyExistsException') return;
    if (error.code !== 'ResourceNotFoundException') throw error;
    try {
      await cloud.call('logs', 'CreateLogGroup', { logGroupName: log.group }, caller);
    } catch (failure) {
      // Another build of the project was faster.
      if (!(failure instanceof AwsError && failure.code === 'ResourceAlreadyExistsException')) throw failure;
    }
    await create();
  }
}
