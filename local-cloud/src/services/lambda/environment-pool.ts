import { availableParallelism } from 'node:os';
import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import type { RoleCredentials } from '../iam/role-sessions.ts';
import { executionRole } from './execution-role.ts';
import { FunctionInstance } from './function-instance.ts';
import { versionOf } from './function-record.ts';
import type { Invocation, InvocationOutcome, InvocationRecord } from './invocation.ts';
import { ProcessorLoad } from './processor-load.ts';

export interface PoolOptions {
  /** How many environments this machine holds in all; each function may always have one. Default 8 for each core. */
  readonly maxEnvironments?: number;
  /** An environment without work ends after this long. Default 5 minutes. */
  readonly idle_ms?: number;
}

interface Waiting {
  readonly invocation: Invocation;
  /** By the monotonic clock, in milliseconds. */
  readonly since: number;
  readonly resolve: (outcome: InvocationOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/** After this wait a function that has fewer environments than there are processors gets another one though they are busy. */
const LONGEST_WAIT_MS = 3_000;
/**
 * A function that has an environment for each processor gets a further one only after this wait: if it computes, more would only make
 * all of them slower and none of them warm; if it waits for something, this is all that it loses.
 */
const PATIENCE_MS = 250;

/** The environments of one version of a function and what waits for them. */
interface Group {
  /** The function's ARN with the version. */
  readonly arn: string;
  readonly waiting: Waiting[];
  readonly instances: Set<FunctionInstance>;
  /** Last used last: taken from the end, so that surplus ones go idle. */
  idle: FunctionInstance[];
  starting: number;
  underWay: number;
}

/**
 * Gives every invocation an environment of its function, warm or new. AWS starts as many as are asked for; here the machine
 * is the bound: while its processors are busy more environments would only make all of them slower, so the invocation waits
 * for one that becomes free. The function with the fewest environments is served first.
 */
export class EnvironmentPool {
  readonly maxEnvironments: number;
  readonly #cloud: Cloud;
  readonly #idle_ms: number;
  /** Loading code is pure CPU work: more at once than cores would only make all of them late. */
  readonly #maxStarting = availableParallelism();
  readonly #groups = new Map<string, Group>();
  /** By the function's ARN: its versions share its concurrency. */
  readonly #functionsUnderWay = new Map<string, number>();
  readonly #unreservedUnderWay = new Map<string, number>();
  readonly #ending = new Set<Promise<void>>();
  readonly #sweep: NodeJS.Timeout;
  readonly #onRecord: (record: InvocationRecord) => void;
  readonly #load = new ProcessorLoad(
    () => [...this.#groups.values()].flatMap((group) => [...group.instances]),
    () => this.#serveAll(),
  );
  #stopped = false;

  constructor(cloud: Cloud, onRecord: (record: InvocationRecord) => void, options: PoolOptions = {}) {
    this.#cloud = cloud;
    this.#onRecord = onRecord;
    this.maxEnvironments = options.maxEnvironments ?? 8 * availableParallelism();
    this.#idle_ms = options.idle_ms ?? 5 * 60_000;
    this.#sweep = setInterval(() => this.#endIdle(), Math.min(10_000, this.#idle_ms));
    this.#sweep.unref();
  }

  /**
   * Runs a function. Throws TooManyRequestsException beyond the function's reserved concurrency or the account's, and
   * AccessDeniedException when the role can't be assumed; a function's own failure is an outcome.
   */
  invoke(invocation: Invocation): Promise<InvocationOutcome> {
    const { arn } = invocation.record;
    const group = this.#group(`${arn}:${versionOf(invocation.record)}`);
    const scopeKey = `${invocation.scope.account}/${invocation.scope.region}`;
    const reserved = invocation.record.reservedConcurrency;
    const unreserved = this.#unreservedUnderWay.get(scopeKey) ?? 0;
    const ofFunction = this.#functionsUnderWay.get(arn) ?? 0;
    if (reserved !== undefined && ofFunction >= reserved) throw throttled('ReservedFunctionConcurrentInvocationLimitExceeded');
    if (reserved === undefined && unreserved >= invocation.unreservedLimit) throw throttled('ConcurrentInvocationLimitExceeded');
    if (this.#stopped) throw new AwsError('ServiceException', 'The local cloud is stopping.', 500);
    group.underWay += 1;
    this.#functionsUnderWay.set(arn, ofFunction + 1);
    if (reserved === undefined) this.#unreservedUnderWay.set(scopeKey, unreserved + 1);
    const outcome = new Promise<InvocationOutcome>((resolve, reject) => {
      group.waiting.push({ invocation, since: performance.now(), resolve, reject });
    });
    this.#serve(group);
    return outcome.finally(() => {
      group.underWay -= 1;
      this.#functionsUnderWay.set(arn, (this.#functionsUnderWay.get(arn) ?? 1) - 1);
      if (reserved === undefined) this.#unreservedUnderWay.set(scopeKey, (this.#unreservedUnderWay.get(scopeKey) ?? 1) - 1);
    });
  }

  /** Whether the next invocation of this function would be throttled by its reserved concurrency. */
  isThrottled(arn: string, reservedConcurrency: number | undefined): boolean {
    return reservedConcurrency !== undefined && (this.#functionsUnderWay.get(arn) ?? 0) >= reservedConcurrency;
  }

  /**
   * Ends the environments of a version whose code or configuration has changed, as those of `$LATEST` do, or which is deleted; running ones finish
   * first.
   */
  retire(arn: string, version: string, revisionId: string | undefined): void {
    const group = this.#groups.get(`${arn}:${version}`);
    if (group === undefined) return;
    const stale = group.idle.filter((instance) => instance.revisionId !== revisionId);
    group.idle = group.idle.filter((instance) => instance.revisionId === revisionId);
    for (const instance of stale) this.#end(group, instance);
  }

  /** Waits up to `grace_ms` for what runs, ends everything, and delivers every log. */
  async stop(grace_ms: number): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#sweep);
    this.#load.stop();
    const groups = [...this.#groups.values()];
    const limit = performance.now() + grace_ms;
    while (groups.some((group) => group.underWay > 0) && performance.now() < limit) await new Promise((resolve) => setTimeout(resolve, 10));
    for (const group of groups) {
      for (const { reject } of group.waiting.splice(0)) reject(new AwsError('ServiceException', 'The local cloud is stopping.', 500));
      for (const instance of group.instances) this.#end(group, instance);
    }
    await Promise.all(this.#ending);
  }

  #group(arn: string): Group {
    let group = this.#groups.get(arn);
    if (group === undefined) {
      group = { arn, waiting: [], instances: new Set(), idle: [], starting: 0, underWay: 0 };
      this.#groups.set(arn, group);
    }
    return group;
  }

  /** Hands waiting invocations to idle environments of this function, and starts more where that isn't enough. */
  #serve(group: Group): void {
    for (let first = group.waiting[0]; first !== undefined; first = group.waiting[0]) {
      const instance = group.idle.pop();
      if (instance === undefined) break;
      if (!instance.usableFor(first.invocation.record.revisionId)) {
        this.#end(group, instance);
        continue;
      }
      group.waiting.shift();
      void this.#run(group, instance, first);
    }
    while (group.waiting.length > group.starting && this.#mayStart(group)) this.#start(group);
  }

  /** After an environment became free or ended: the function with the fewest is served first. */
  #serveAll(): void {
    const waiting = [...this.#groups.values()].filter((group) => group.waiting.length > 0);
    for (const group of waiting.sort((a, b) => a.instances.size - b.instances.size)) this.#serve(group);
  }

  #mayStart(group: Group): boolean {
    if (this.#stopped) return false;
    // Its first one at once: a function that waits for another would otherwise hold what the other needs.
    if (group.instances.size === 0) {
      this.#makeRoom(group);
      return true;
    }
    let starting = 0;
    for (const other of this.#groups.values()) starting += other.starting;
    if (starting >= this.#maxStarting) return false;
    const waited_ms = performance.now() - (group.waiting[0]?.since ?? 0);
    const hasEnough = group.instances.size >= availableParallelism();
    if (hasEnough && waited_ms < PATIENCE_MS) return false;
    // While the processors are busy, a further environment's loading would only be taken from those that work.
    if ((hasEnough || waited_ms < LONGEST_WAIT_MS) && !this.#load.isSpare()) return false;
    return this.#makeRoom(group);
  }

  /** Ends idle environments of other functions until one more has its place; false when there is none. */
  #makeRoom(group: Group): boolean {
    let all = 0;
    for (const other of this.#groups.values()) all += other.instances.size;
    while (all >= this.maxEnvironments) {
      let from: Group | undefined;
      for (const other of this.#groups.values()) {
        // From a function that has work of its own only when it has clearly more: else the two would take turns.
        const spare = other !== group && (other.waiting.length === 0 || other.instances.size > group.instances.size + 1);
        const since = other.idle[0]?.idleSince ?? Number.POSITIVE_INFINITY;
        if (spare && since < (from?.idle[0]?.idleSince ?? Number.POSITIVE_INFINITY)) from = other;
      }
      const instance = from?.idle.shift();
      if (from === undefined || instance === undefined) return false;
      this.#end(from, instance);
      all -= 1;
    }
    return true;
  }

  #start(group: Group): void {
    const first = group.waiting[0];
    if (first === undefined) return;
    const { invocation } = first;
    let credentials: RoleCredentials;
    try {
      credentials = executionRole(this.#cloud, invocation.record);
    } catch (error) {
      group.waiting.shift();
      first.reject(error);
      return;
    }
    let instance: FunctionInstance;
    try {
      instance = new FunctionInstance(this.#cloud, invocation, credentials, {
        onRecord: this.#onRecord,
        onEnd: (ended) => {
          group.instances.delete(ended);
          group.idle = group.idle.filter((other) => other !== ended);
          this.#track(ended.flushLog());
          this.#serveAll();
        },
      });
    } catch (error) {
      // Node refuses to start at all, as with an unknown option in the function's NODE_OPTIONS: its exit status is 9.
      console.error(`lambda: Node does not start for ${group.arn}: ${error instanceof Error ? error.message : String(error)}`);
      const errorMessage = `RequestId: ${invocation.requestId} Error: Runtime exited with error: exit status 9`;
      const failure = { errorType: 'Runtime.ExitError', errorMessage };
      group.waiting.shift();
      first.resolve({ payload: JSON.stringify(failure), error: failure });
      return;
    }
    group.instances.add(instance);
    group.starting += 1;
    void instance.loaded().then(() => {
      group.starting -= 1;
      const next = group.waiting.shift();
      if (next === undefined) this.#release(group, instance);
      else if (next.invocation.record.revisionId === instance.revisionId) void this.#run(group, instance, next);
      else {
        group.waiting.unshift(next);
        this.#end(group, instance);
        this.#serve(group);
      }
      this.#serveAll();
    });
  }

  async #run(group: Group, instance: FunctionInstance, { invocation, resolve }: Waiting): Promise<void> {
    const outcome = await instance.run(invocation);
    // Of one that ended meanwhile nobody else asks for the last lines.
    if (instance.ended) this.#track(instance.flushLog());
    resolve(outcome);
    this.#release(group, instance);
    this.#serveAll();
  }

  #release(group: Group, instance: FunctionInstance): void {
    if (instance.ended) return;
    if (this.#stopped || !instance.usableFor(instance.revisionId)) {
      this.#end(group, instance);
      return;
    }
    instance.idleSince = performance.now();
    group.idle.push(instance);
  }

  #end(group: Group, instance: FunctionInstance): void {
    group.instances.delete(instance);
    this.#track(instance.end());
  }

  #track(work: Promise<void>): void {
    this.#ending.add(work);
    void work.finally(() => this.#ending.delete(work));
  }

  #endIdle(): void {
    const before = performance.now() - this.#idle_ms;
    for (const [key, group] of this.#groups) {
      while (group.idle[0] !== undefined && group.idle[0].idleSince < before) {
        const instance = group.idle.shift();
        if (instance !== undefined) this.#end(group, instance);
      }
      // Each deployment makes a version: without this the map would grow with them.
      if (group.underWay === 0 && group.starting === 0 && group.instances.size === 0) this.#groups.delete(key);
    }
  }
}

function throttled(reason: string): AwsError {
  return new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429, { Reason: reason, Type: 'User' });
}
