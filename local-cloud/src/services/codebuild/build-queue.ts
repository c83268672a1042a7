import { availableParallelism } from 'node:os';
import type { Cloud } from '../../kernel/cloud.ts';
import type { Scope } from '../../kernel/service.ts';
import { endLeftovers } from './build-processes.ts';
import { BuildProgress } from './build-progress.ts';
import type { BuildRecord } from './build-record.ts';
import { BuildRun, cacheFolder, type Interruption } from './build-run.ts';
import type { BuildStoreOf } from './build-store.ts';
import { type BuildTools, layOutTools } from './build-tools.ts';
import { IdleProcessors } from './idle-processors.ts';
import type { ServiceRoles } from './service-role.ts';
import { removeWorkspace } from './workspace.ts';

export interface QueueOptions {
  /** How many builds run at once, whatever they do; as many as the machine has processors by default. */
  readonly atOnce?: number;
  /** Whether the machine has so little to do that one build more may run; asked each second while one waits. By its processors by default. */
  readonly hasRoom?: () => boolean;
  /** What a minute of a timeout is, in ms; shorter in tests. */
  readonly minute_ms?: number;
}

/** "Builds in AWS CodeBuild": the history of a build is there for one year. */
const BUILDS_KEPT_MS = 365 * 86_400_000;
const LOOK_MS = 1000;
/** As many builds that wait for something can run beside each other, whatever room there is. */
const MOST_AT_ONCE = 20;

interface Waiting {
  readonly scope: Scope;
  readonly progress: BuildProgress;
  readonly timer: NodeJS.Timeout;
}

interface Running {
  readonly run: BuildRun;
  readonly done: Promise<void>;
}

const STOPPED: Interruption = { status: 'STOPPED', statusCode: 'BUILD_STOPPED', message: 'Build was stopped.' };
const TIMED_OUT: Interruption = { status: 'TIMED_OUT', statusCode: 'BUILD_TIMED_OUT', message: 'Build has timed out.' };
const CUT_OFF: Interruption = {
  status: 'FAILED',
  statusCode: 'BUILD_INTERRUPTED',
  message: 'The local cloud ended while the build was running.',
};

/**
 * The builds of all accounts that wait and run: first come, first served, and no more at once than the machine can take. A build that itself
 * waits, such as for what another pipeline has to deliver first, takes no processor: then one more runs, so that they never wait for each other.
 */
export class BuildQueue {
  readonly #cloud: Cloud;
  readonly #storeOf: BuildStoreOf;
  readonly #roles: ServiceRoles;
  readonly #atOnce: number;
  readonly #minute_ms: number;
  readonly #idle = new IdleProcessors();
  readonly #hasRoom: () => boolean;
  #looking: NodeJS.Timeout | undefined;
  readonly #waiting: Waiting[] = [];
  readonly #running = new Map<string, Running>();
  #tools: Promise<BuildTools> | undefined;
  #stopped = false;

  constructor(cloud: Cloud, storeOf: BuildStoreOf, roles: ServiceRoles, options: QueueOptions = {}) {
    this.#cloud = cloud;
    this.#storeOf = storeOf;
    this.#roles = roles;
    this.#atOnce = options.atOnce ?? availableParallelism();
    this.#minute_ms = options.minute_ms ?? 60_000;
    this.#hasRoom = options.hasRoom ?? (() => this.#idle.look());
  }

  /** Takes a build that is on disk. It runs when its turn has come. */
  add(scope: Scope, build: BuildRecord): void {
    const progress = new BuildProgress(this.#cloud, this.#storeOf(scope), build);
    if (build.phases.length === 0) {
      progress.begin();
      progress.enter('SUBMITTED');
      progress.leave('SUCCEEDED');
      progress.enter('QUEUED');
    }
    const timer = setTimeout(() => this.#giveUp(build.id, TIMED_OUT), build.settings.queuedTimeoutInMinutes * this.#minute_ms);
    this.#waiting.push({ scope, progress, timer });
    this.#next();
  }

  /** Ends a build that waits or runs; resolves when it has ended. Another one stays as it is. */
  async stop(id: string): Promise<void> {
    this.#giveUp(id, STOPPED);
    const running = this.#running.get(id);
    running?.run.interrupt(STOPPED);
    await running?.done;
  }

  /** Goes on with what waited when the process ended, and tells the end of what ran. */
  async resume(scope: Scope): Promise<void> {
    const store = this.#storeOf(scope);
    store.forgetBuilds(this.#cloud.clock() - BUILDS_KEPT_MS);
    for (const workspace of store.workspaces.list()) {
      endLeftovers(workspace);
      try {
        await removeWorkspace(workspace.path);
        store.workspaces.delete(workspace.buildId);
      } catch (error) {
        // Whoever starts the local cloud can still use it; the next start tries again.
        console.error(`codebuild: ${workspace.path} of ${workspace.buildId} can't be removed:`, error);
      }
    }
    for (const build of store.unfinished()) {
      const current = build.phases.at(-1);
      if (current === undefined || (current.type === 'QUEUED' && current.status === undefined)) this.add(scope, build);
      else {
        const progress = new BuildProgress(this.#cloud, store, build);
        if (current.status === undefined) progress.leave('FAILED', { statusCode: CUT_OFF.statusCode, message: CUT_OFF.message });
        progress.complete('FAILED');
      }
    }
  }

  /** Ends what runs; what waits goes on at the next start. */
  async close(): Promise<void> {
    this.#stopped = true;
    for (const { timer } of this.#waiting.splice(0)) clearTimeout(timer);
    this.#look();
    for (const { run } of this.#running.values()) run.interrupt(CUT_OFF);
    await Promise.all([...this.#running.values()].map(({ done }) => done));
  }

  #giveUp(id: string, reason: Interruption): void {
    const at = this.#waiting.findIndex(({ progress }) => progress.build.id === id);
    const [waiting] = at < 0 ? [] : this.#waiting.splice(at, 1);
    if (waiting === undefined) return;
    clearTimeout(waiting.timer);
    waiting.progress.leave(reason.status, { statusCode: reason.statusCode, message: reason.message });
    waiting.progress.complete(reason.status);
    this.#look();
  }

  #next(): void {
    while (this.#running.size < this.#atOnce && this.#startFirst());
    this.#look();
  }

  /** Looks for room while builds wait. */
  #look(): void {
    const needed = !this.#stopped && this.#waiting.length > 0;
    if (needed === (this.#looking !== undefined)) return;
    clearInterval(this.#looking);
    this.#looking = undefined;
    this.#idle.reset();
    if (!needed) return;
    this.#looking = setInterval(() => {
      if (this.#running.size < MOST_AT_ONCE && this.#hasRoom()) this.#startFirst();
      this.#look();
    }, LOOK_MS);
  }

  /** Starts the build that has waited longest; false when there is none. */
  #startFirst(): boolean {
    const waiting = this.#stopped ? undefined : this.#waiting.shift();
    if (waiting === undefined) return false;
    clearTimeout(waiting.timer);
    waiting.progress.leave('SUCCEEDED');
    this.#start(waiting.scope, waiting.progress);
    return true;
  }

  #start(scope: Scope, progress: BuildProgress): void {
    const { id, projectName, settings } = progress.build;
    const run = new BuildRun({
      cloud: this.#cloud,
      store: this.#storeOf(scope),
      progress,
      roles: this.#roles,
      tools: () => this.#layOutTools(),
      cache: cacheFolder(this.#cloud.state.directory(scope, 'codebuild'), projectName),
    });
    const timer = setTimeout(() => run.interrupt(TIMED_OUT), settings.timeoutInMinutes * this.#minute_ms);
    const done = run
      .run()
      .catch((error: unknown) => console.error(`codebuild: ${id} failed inside the local cloud:`, error))
      .finally(() => {
        clearTimeout(timer);
        this.#running.delete(id);
        this.#next();
      });
    this.#running.set(id, { run, done });
  }

  /** Once for all builds; a failure is not kept, so that the next build tries again. */
  #layOutTools(): Promise<BuildTools> {
    this.#tools ??= layOutTools(this.#cloud.state).catch((error: unknown) => {
      this.#tools = undefined;
      throw error;
    });
    return this.#tools;
  }
}
