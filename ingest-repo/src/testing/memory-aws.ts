import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  type PutLogEventsCommandOutput,
  PutRetentionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { DeviceEvent } from '@enstratus/contract';
import { deviceEventSchema } from '@enstratus/contract';
import type { Log } from '../log.ts';
import type { LiveStatus } from '../telemetry/tell-watchers.ts';
import { AwsError } from './memory-table.ts';

/** A bucket in memory. */
export class MemoryBucket {
  readonly objects = new Map<string, string>();
  puts = 0;
  before: () => Promise<void> = async () => {};

  readonly client = {
    send: async (command: object) => {
      await this.before();
      if (!(command instanceof PutObjectCommand)) throw new Error(`${command.constructor.name} is not carried out`);
      this.objects.set(String(command.input.Key), String(command.input.Body));
      this.puts += 1;
      return {};
    },
  } as unknown as Pick<S3Client, 'send'>;
}

/** CloudWatch Logs in memory. */
export class MemoryLogs {
  groups = new Map<
    string,
    { class?: string | undefined; retentionInDays?: number | undefined; streams: Map<string, { timestamp: number; message: string }[]> }
  >();
  before: (command: string) => Promise<void> = async () => {};
  rejected: PutLogEventsCommandOutput['rejectedLogEventsInfo'];

  readonly client = { send: (command: object) => this.#send(command) } as unknown as Pick<CloudWatchLogsClient, 'send'>;

  makeGroup(name: string): void {
    this.groups.set(name, { streams: new Map() });
  }

  /** What stands in all streams of a group, stream by stream in the order in which they were made. */
  lines(group: string): { timestamp: number; message: string; stream: string }[] {
    const streams = this.groups.get(group)?.streams ?? new Map<string, { timestamp: number; message: string }[]>();
    return [...streams].flatMap(([stream, events]) => events.map((event) => ({ ...event, stream })));
  }

  async #send(command: object): Promise<object> {
    await this.before(command.constructor.name);
    if (command instanceof CreateLogGroupCommand) {
      const name = String(command.input.logGroupName);
      if (this.groups.has(name)) throw new AwsError('ResourceAlreadyExistsException');
      this.groups.set(name, { class: command.input.logGroupClass, streams: new Map() });
      return {};
    }
    if (command instanceof PutRetentionPolicyCommand) {
      this.#group(command.input.logGroupName).retentionInDays = command.input.retentionInDays;
      return {};
    }
    if (command instanceof CreateLogStreamCommand) {
      const { streams } = this.#group(command.input.logGroupName);
      const name = String(command.input.logStreamName);
      if (streams.has(name)) throw new AwsError('ResourceAlreadyExistsException');
      streams.set(name, []);
      return {};
    }
    if (command instanceof PutLogEventsCommand) {
      const stream = this.#group(command.input.logGroupName).streams.get(String(command.input.logStreamName));
      if (stream === undefined) throw new AwsError('ResourceNotFoundException');
      const events = command.input.logEvents ?? [];
      if (events.length === 0) throw new AwsError('InvalidParameterException');
      if (events.some((event, index) => (event.timestamp ?? 0) < (events[index - 1]?.timestamp ?? 0)))
        throw new AwsError('InvalidParameterException');
      stream.push(...events.map(({ timestamp = 0, message = '' }) => ({ timestamp, message })));
      return this.rejected === undefined ? {} : { rejectedLogEventsInfo: this.rejected };
    }
    throw new Error(`${command.constructor.name} is not carried out`);
  }

  #group(name: string | undefined) {
    const group = this.groups.get(String(name));
    if (group === undefined) throw new AwsError('ResourceNotFoundException');
    return group;
  }
}

/** Keeps what was published, in order; every event is checked against the contract. */
export class MemoryEvents {
  readonly published: DeviceEvent[] = [];
  before: () => Promise<void> = async () => {};

  readonly publish = async (event: DeviceEvent): Promise<void> => {
    await this.before();
    this.published.push(deviceEventSchema.parse(event));
  };
}

/** Keeps what watchers were told, in order. */
export class MemoryWatchers {
  readonly told: LiveStatus[] = [];

  readonly tell = async (status: LiveStatus): Promise<void> => {
    this.told.push(status);
  };
}

/** A log whose lines can be looked at. */
export class MemoryLog implements Log {
  readonly lines: { level: string; message: string; details: Record<string, unknown> }[] = [];

  info(message: string, details: Record<string, unknown>): void {
    this.lines.push({ level: 'info', message, details });
  }

  warn(message: string, details: Record<string, unknown>): void {
    this.lines.push({ level: 'warn', message, details });
  }

  error(message: string, details: Record<string, unknown>): void {
    this.lines.push({ level: 'error', message, details });
  }
}
