import { randomBytes } from 'node:crypto';

export type Annotations = Readonly<Record<string, string | number | boolean>>;

/** A segment or subsegment as it is sent (AWS X-Ray Developer Guide, "AWS X-Ray segment documents"). Times are seconds since 1970. */
export interface SegmentDocument {
  readonly name: string;
  readonly id: string;
  readonly start_time: number;
  readonly end_time: number;
  readonly type?: 'subsegment';
  readonly trace_id?: string;
  readonly parent_id?: string;
  readonly namespace?: 'aws' | 'remote';
  readonly annotations?: Annotations;
  readonly aws?: Readonly<Record<string, string>>;
  /** Isn't searched; which invocation it is from. */
  readonly metadata?: { readonly lambda: { readonly request_id: string } };
  readonly http?: { readonly response: { readonly status: number } };
  readonly error?: true;
  readonly fault?: true;
  readonly cause?: { readonly exceptions: readonly { readonly id: string; readonly type: string }[] };
  readonly subsegments?: readonly SegmentDocument[];
}

type Described = Pick<SegmentDocument, 'namespace' | 'aws' | 'http'>;

/** A piece of work that goes on. */
export class OpenSegment {
  readonly id = randomBytes(8).toString('hex');
  /** Whether its document is made: what comes later has to be sent by itself. */
  isClosed = false;
  readonly #name: string;
  readonly #start_s = now_s();
  readonly #below: SegmentDocument[] = [];
  #annotations: Annotations = {};
  #described: Described = {};
  #failure: Pick<SegmentDocument, 'error' | 'fault' | 'cause'> = {};

  constructor(name: string) {
    this.#name = name;
  }

  annotate(values: Annotations): void {
    this.#annotations = { ...this.#annotations, ...values };
  }

  describe(described: Described): void {
    this.#described = { ...this.#described, ...described };
  }

  /** A caller's error where the service says so, else a fault. Only the type is told: a message may quote what is nobody's business. */
  fail(error: unknown): void {
    const type = error instanceof Error ? error.name : typeof error;
    const isCallers = error instanceof Error && '$fault' in error && error.$fault === 'client';
    this.#failure = { [isCallers ? 'error' : 'fault']: true, cause: { exceptions: [{ id: randomBytes(8).toString('hex'), type }] } };
  }

  adopt(subsegment: SegmentDocument): void {
    this.#below.push(subsegment);
  }

  close(): SegmentDocument {
    this.isClosed = true;
    return {
      name: this.#name.replaceAll(/[^\p{L}\p{N}\s_.:/%&#=+\\\-@]/gu, '_').slice(0, 200),
      id: this.id,
      start_time: this.#start_s,
      end_time: now_s(),
      ...this.#described,
      ...this.#failure,
      ...(Object.keys(this.#annotations).length === 0 ? {} : { annotations: this.#annotations }),
      ...(this.#below.length === 0 ? {} : { subsegments: this.#below }),
    };
  }
}

function now_s(): number {
  return Number(((performance.timeOrigin + performance.now()) / 1000).toFixed(6));
}
