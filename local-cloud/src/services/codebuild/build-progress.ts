import type { Cloud } from '../../kernel/cloud.ts';
import { emitPhaseChange, emitStateChange } from './build-events.ts';
import type { BuildPhase, BuildRecord, BuildStatus, PhaseContext, PhaseType } from './build-record.ts';
import type { BuildStore } from './build-store.ts';

/** Where a build is: each step is on disk before it is told to others. */
export class BuildProgress {
  readonly #cloud: Cloud;
  readonly #store: BuildStore;
  #build: BuildRecord;

  constructor(cloud: Cloud, store: BuildStore, build: BuildRecord) {
    this.#cloud = cloud;
    this.#store = store;
    this.#build = build;
  }

  get build(): BuildRecord {
    return this.#build;
  }

  change(members: Partial<BuildRecord>): void {
    this.#build = { ...this.#build, ...members };
    this.#store.putBuild(this.#build);
  }

  /** Begins a phase. */
  enter(type: PhaseType): void {
    this.change({ phases: [...this.#build.phases, { type, start: this.#cloud.clock(), contexts: [] }] });
  }

  /** Ends the phase that is going on. */
  leave(status: BuildStatus, context?: PhaseContext): void {
    const phases = [...this.#build.phases];
    const last = phases.pop();
    if (last === undefined) throw new Error(`build ${this.#build.id} has no phase to leave`);
    const phase: BuildPhase = { ...last, end: this.#cloud.clock(), status, contexts: context === undefined ? [] : [context] };
    this.change({ phases: [...phases, phase] });
    emitPhaseChange(this.#cloud, this.#build, phase);
  }

  /** Tells that the build has begun. */
  begin(): void {
    emitStateChange(this.#cloud, this.#build);
  }

  /** The end of the build, and what is left to be told of it. */
  complete(status: BuildStatus): void {
    const end = this.#cloud.clock();
    const phase: BuildPhase = { type: 'COMPLETED', start: end, contexts: [] };
    this.change({ status, end, phases: [...this.#build.phases, phase] });
    emitPhaseChange(this.#cloud, this.#build, { ...phase, end, status: 'SUCCEEDED' });
    emitStateChange(this.#cloud, this.#build);
    this.#meter(end);
  }

  /**
   * Build minutes by compute type, each started minute a whole one (AWS CodeBuild Pricing), from the machine's being there to the end: a
   * build that never got one costs nothing.
   */
  #meter(end: number): void {
    const began = this.#build.phases.find(({ type }) => type === 'PROVISIONING')?.start;
    if (began === undefined) return;
    const [, , , region = '', account = ''] = this.#build.arn.split(':');
    this.#cloud.meter({
      account,
      region,
      service: 'codebuild',
      operation: this.#build.settings.environment.computeType,
      resource: this.#build.projectName,
      units: { build_minutes: Math.max(1, Math.ceil((end - began) / 60_000)) },
    });
  }
}
