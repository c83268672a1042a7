import { randomUUID } from 'node:crypto';
import type { Cloud } from '../../kernel/cloud.ts';
import type { Scope } from '../../kernel/service.ts';
import { ActionRunner } from './action-runner.ts';
import { type EventState, ExecutionEvents } from './execution-events.ts';
import type { Partners } from './partners.ts';
import {
  type ActionExecutionRecord,
  type ExecutionRecord,
  type ExecutionStatus,
  isOpen,
  type PipelineRecord,
  type PipelineStore,
  type StageProgress,
} from './pipeline-store.ts';
import type { PipelineDeclaration, StageDeclaration } from './pipeline-structure.ts';

/** How an execution is started. */
export interface Start {
  readonly trigger: ExecutionRecord['trigger'];
  readonly clientRequestToken?: string;
  readonly overrides?: Readonly<Record<string, string>>;
  readonly traceHeader?: string | undefined;
}

/** Stage states in the API and in events. */
const STAGE_EVENTS: Readonly<Record<StageProgress['status'], EventState>> = {
  InProgress: 'STARTED',
  Stopping: 'STOPPING',
  Stopped: 'STOPPED',
  Succeeded: 'SUCCEEDED',
  Failed: 'FAILED',
  Cancelled: 'CANCELED',
};

const EXECUTION_EVENTS: Readonly<Record<ExecutionStatus, EventState>> = { ...STAGE_EVENTS, Superseded: 'SUPERSEDED' };

/**
 * Carries executions through their stages (CodePipeline User Guide, "How pipeline executions work"): a stage takes one execution at a time; of those
 * that wait at its entrance the newest goes on and supersedes the others. Every step is written before the next begins, so that a killed process
 * goes on where it was.
 */
export class Engine {
  readonly #cloud: Cloud;
  readonly #storeOf: (scope: Scope) => PipelineStore;
  readonly #events: ExecutionEvents;
  readonly #runner: ActionRunner;

  constructor(cloud: Cloud, storeOf: (scope: Scope) => PipelineStore, partners: Partners) {
    this.#cloud = cloud;
    this.#storeOf = storeOf;
    this.#events = new ExecutionEvents(cloud);
    this.#runner = new ActionRunner(cloud, storeOf, partners, this.#events, (scope, execution) => this.#continueStage(scope, execution));
  }

  /** Goes on with what was under way when the last process ended. */
  recover(): void {
    for (const scope of this.#cloud.state.scopesOf('codepipeline')) {
      const store = this.#storeOf(scope);
      for (const action of store.openActions()) this.#runner.run(scope, action);
      for (const pipeline of store.pipelines.list()) {
        this.cancelOutdated(scope, pipeline);
        for (const execution of store.openExecutions(pipeline.name)) if (execution.entered) this.#continueStage(scope, execution.id);
        this.advance(scope, pipeline.name);
      }
    }
  }

  /** Leaves running actions to the next start. */
  stop(): Promise<void> {
    return this.#runner.stop();
  }

  start(scope: Scope, pipeline: PipelineRecord, { trigger, clientRequestToken, overrides = {}, traceHeader }: Start): ExecutionRecord {
    const now = this.#cloud.clock();
    const execution = this.#begin(scope, pipeline, {
      type: 'STANDARD',
      trigger,
      started_ms: now,
      stage: pipeline.declaration.stages[0]?.name ?? '',
      artifacts: {},
      variables: {},
      revisions: [],
      overrides,
      ...(clientRequestToken === undefined ? {} : { clientRequestToken }),
      ...(traceHeader === undefined ? {} : { traceHeader }),
    });
    this.advance(scope, pipeline.name);
    return execution;
  }

  /** Runs one stage again with the artifacts and variables of an execution that succeeded in it ("Configuring stage rollback"). */
  rollBack(
    scope: Scope,
    pipeline: PipelineRecord,
    stage: string,
    target: ExecutionRecord,
    trigger: ExecutionRecord['trigger'],
  ): ExecutionRecord {
    const execution = this.#begin(scope, pipeline, {
      type: 'ROLLBACK',
      trigger,
      started_ms: this.#cloud.clock(),
      stage,
      artifacts: target.artifacts,
      variables: target.variables,
      revisions: target.revisions,
      overrides: {},
      rollbackTarget: target.id,
    });
    this.advance(scope, pipeline.name);
    return execution;
  }

  /** The newest execution that a failed stage can go back to: one of the present structure that succeeded there and was no rollback itself. */
  rollbackTarget(scope: Scope, pipeline: PipelineRecord, stage: string): ExecutionRecord | undefined {
    return this.#storeOf(scope)
      .executions(pipeline.name)
      .find(({ type, version, stages }) => type === 'STANDARD' && version === pipeline.version && stages[stage]?.status === 'Succeeded');
  }

  /** Lets executions that wait into the stages that are free, and supersedes those that were overtaken while they waited. */
  advance(scope: Scope, name: string): void {
    const store = this.#storeOf(scope);
    const pipeline = store.pipelines.get(name);
    if (pipeline === undefined) return;
    for (const { name: stage } of pipeline.declaration.stages) {
      const open = store.openExecutions(name).filter((execution) => execution.stage === stage);
      const waiting = open.filter(({ entered, status }) => !entered && status === 'InProgress');
      const [newest, ...overtaken] = waiting.filter(({ type }) => type === 'STANDARD');
      for (const execution of overtaken) this.#finish(scope, execution, 'Superseded');
      // A stage that goes back does so before it takes what is new.
      const next = waiting.filter(({ type }) => type === 'ROLLBACK').at(-1) ?? newest;
      const locked = open.some(({ entered }) => entered);
      if (next === undefined || locked || (pipeline.closed[stage] !== undefined && next.type === 'STANDARD')) continue;
      this.#enter(scope, pipeline, next);
    }
  }

  /** Ends it, at once or when its running actions have ended ("Stop a pipeline execution in CodePipeline"). */
  stopExecution(scope: Scope, execution: ExecutionRecord, abandon: boolean, reason: string | undefined): void {
    const progress = execution.stages[execution.stage];
    const stopping = this.#change(scope, execution, {
      status: 'Stopping',
      ...(reason === undefined ? {} : { stopReason: reason }),
      ...(execution.entered && progress !== undefined
        ? { stages: { ...execution.stages, [execution.stage]: { ...progress, status: 'Stopping' as const } } }
        : {}),
    });
    if (execution.status !== 'Stopping') {
      this.#events.execution(scope, stopping, 'STOPPING');
      if (execution.entered) this.#events.stage(scope, stopping, stopping.stage, 'STOPPING');
    }
    if (abandon) for (const action of this.#running(scope, stopping)) this.#runner.abandon(scope, action, 'ABANDONED');
    this.#continueStage(scope, stopping.id);
  }

  /** Takes up a failed or stopped stage again: its failed actions, or all of them ("Retry a failed stage or failed actions in a stage"). */
  retry(scope: Scope, execution: ExecutionRecord, stage: string, all: boolean): void {
    const store = this.#storeOf(scope);
    const progress = execution.stages[stage];
    const kept = Object.entries(progress?.actions ?? {}).filter(([, id]) => !all && store.action(id)?.status === 'Succeeded');
    const { stopReason: _, ...rest } = execution;
    const resumed = store.putExecution({
      ...rest,
      status: 'InProgress',
      attempt: execution.attempt + 1,
      updated_ms: this.#cloud.clock(),
      stages: {
        ...execution.stages,
        [stage]: { status: 'InProgress', actions: Object.fromEntries(kept), retries: (progress?.retries ?? 0) + 1 },
      },
    });
    this.#events.execution(scope, resumed, 'RESUMED');
    this.#events.stage(scope, resumed, stage, 'RESUMED');
    this.#continueStage(scope, resumed.id);
  }

  /**
   * Ends the executions of an older structure: those that wait and approvals at once, others when their running actions have ended
   * ("Edit a pipeline in CodePipeline").
   */
  cancelOutdated(scope: Scope, pipeline: PipelineRecord): void {
    for (const execution of this.#storeOf(scope).openExecutions(pipeline.name)) {
      if (execution.version === pipeline.version) continue;
      const outdated = this.#change(scope, execution, { outdated: true });
      for (const action of this.#running(scope, outdated)) {
        if (action.token !== undefined) this.#runner.abandon(scope, action, 'CANCELED');
      }
      this.#continueStage(scope, outdated.id);
    }
  }

  /** Says how an approval ended. */
  answerApproval(scope: Scope, action: ActionExecutionRecord, isApproved: boolean, summary: string, by: string): void {
    this.#runner.answer(scope, action, isApproved, summary, by);
  }

  /** Forgets what runs for a pipeline that is deleted. */
  forget(scope: Scope, name: string): Promise<void> {
    return this.#runner.forget(
      this.#storeOf(scope)
        .openActions()
        .filter(({ pipeline }) => pipeline === name),
    );
  }

  #begin(
    scope: Scope,
    pipeline: PipelineRecord,
    parts: Omit<ExecutionRecord, 'id' | 'pipeline' | 'version' | 'number' | 'status' | 'updated_ms' | 'entered' | 'stages' | 'attempt'>,
  ): ExecutionRecord {
    const store = this.#storeOf(scope);
    const current = store.pipelines.get(pipeline.name) ?? pipeline;
    const number = current.executions + 1;
    store.pipelines.put(pipeline.name, { ...current, executions: number });
    const execution = store.putExecution({
      ...parts,
      id: randomUUID(),
      pipeline: pipeline.name,
      version: current.version,
      number,
      status: 'InProgress',
      updated_ms: parts.started_ms,
      entered: false,
      stages: {},
      attempt: 1,
    });
    this.#events.execution(scope, execution, 'STARTED');
    return execution;
  }

  #enter(scope: Scope, pipeline: PipelineRecord, execution: ExecutionRecord): void {
    const store = this.#storeOf(scope);
    const { stage } = execution;
    store.pipelines.put(pipeline.name, {
      ...(store.pipelines.get(pipeline.name) ?? pipeline),
      latest: { ...store.pipelines.get(pipeline.name)?.latest, [stage]: execution.id },
    });
    const entered = this.#change(scope, execution, {
      entered: true,
      stages: { ...execution.stages, [stage]: { status: 'InProgress', actions: {}, retries: 0 } },
    });
    this.#events.stage(scope, entered, stage, 'STARTED');
    this.#continueStage(scope, entered.id);
  }

  /** Does whatever comes next in the stage that the execution is in; nothing, as long as actions run. */
  #continueStage(scope: Scope, executionId: string): void {
    const store = this.#storeOf(scope);
    const execution = store.execution(executionId);
    if (execution === undefined || !isOpen(execution)) return;
    if (!execution.entered) {
      if (execution.outdated) this.#finish(scope, execution, 'Cancelled');
      else if (execution.status === 'Stopping') this.#finish(scope, execution, 'Stopped');
      return;
    }
    const isEnding = execution.outdated === true || execution.status === 'Stopping';
    if (!isEnding) this.#proceed(scope, execution);
    else if (this.#running(scope, execution).length === 0) this.#leave(scope, execution, execution.outdated ? 'Cancelled' : 'Stopped');
  }

  /** Begins the next actions of the stage, or leaves it when they have all ended. */
  #proceed(scope: Scope, execution: ExecutionRecord): void {
    const store = this.#storeOf(scope);
    const structure = store.structure(execution.pipeline, execution.version);
    const stage = structure?.stages.find(({ name }) => name === execution.stage);
    if (structure === undefined || stage === undefined) throw new Error(`the structure of the execution ${execution.id} is gone`);
    const actions = execution.stages[execution.stage]?.actions ?? {};
    for (const group of groupsOf(stage)) {
      const missing = group.filter(({ name }) => actions[name] === undefined);
      if (missing.length > 0) {
        this.#runner.begin(scope, execution, structure, missing);
        return;
      }
      const states = group.map(({ name }) => store.action(actions[name] ?? '')?.status);
      if (states.includes('InProgress')) return;
      if (states.some((status) => status !== 'Succeeded')) {
        this.#failed(scope, execution, stage);
        return;
      }
    }
    this.#succeeded(scope, execution, structure);
  }

  #succeeded(scope: Scope, execution: ExecutionRecord, structure: PipelineDeclaration): void {
    const { stage } = execution;
    const index = structure.stages.findIndex(({ name }) => name === stage);
    const next = execution.type === 'ROLLBACK' ? undefined : structure.stages[index + 1];
    if (next === undefined) {
      this.#leave(scope, execution, 'Succeeded');
      return;
    }
    const done = this.#change(scope, execution, { ...this.#marked(execution, 'Succeeded'), stage: next.name, entered: false });
    this.#events.stage(scope, done, stage, 'SUCCEEDED');
    this.advance(scope, execution.pipeline);
  }

  #failed(scope: Scope, execution: ExecutionRecord, { name, onFailure }: StageDeclaration): void {
    const failed = this.#change(scope, execution, { ...this.#marked(execution, 'Failed'), status: 'Failed' });
    this.#events.stage(scope, failed, name, 'FAILED');
    this.#events.execution(scope, failed, 'FAILED');
    const pipeline = this.#storeOf(scope).pipelines.get(execution.pipeline);
    if (onFailure?.result === 'ROLLBACK' && execution.type === 'STANDARD' && pipeline !== undefined) {
      const target = this.rollbackTarget(scope, pipeline, name);
      const detail = JSON.stringify({ FailedPipelineExecutionId: execution.id });
      if (target !== undefined) this.rollBack(scope, pipeline, name, target, { type: 'AutomatedRollback', detail });
    }
    this.advance(scope, execution.pipeline);
  }

  /** Ends the execution in the stage that it is in. */
  #leave(scope: Scope, execution: ExecutionRecord, status: 'Succeeded' | 'Stopped' | 'Cancelled'): void {
    const left = this.#change(scope, execution, { ...this.#marked(execution, status), status });
    this.#events.stage(scope, left, left.stage, STAGE_EVENTS[status]);
    this.#events.execution(scope, left, EXECUTION_EVENTS[status]);
    this.advance(scope, execution.pipeline);
  }

  /** Ends an execution that is in no stage. */
  #finish(scope: Scope, execution: ExecutionRecord, status: 'Superseded' | 'Stopped' | 'Cancelled'): void {
    this.#events.execution(scope, this.#change(scope, execution, { status }), EXECUTION_EVENTS[status]);
  }

  #marked(execution: ExecutionRecord, status: StageProgress['status']): Pick<ExecutionRecord, 'stages'> {
    const { stage, stages } = execution;
    return { stages: { ...stages, [stage]: { ...(stages[stage] ?? { actions: {}, retries: 0 }), status } } };
  }

  #running(scope: Scope, execution: ExecutionRecord): ActionExecutionRecord[] {
    const store = this.#storeOf(scope);
    return Object.values(execution.stages[execution.stage]?.actions ?? {})
      .map((id) => store.action(id))
      .filter((action) => action?.status === 'InProgress') as ActionExecutionRecord[];
  }

  /** Writes what changed on top of the execution as it is now. */
  #change(scope: Scope, execution: ExecutionRecord, changes: Partial<ExecutionRecord>): ExecutionRecord {
    const store = this.#storeOf(scope);
    return store.putExecution({ ...(store.execution(execution.id) ?? execution), ...changes, updated_ms: this.#cloud.clock() });
  }
}

/** A stage's actions by run order; those of one order run at the same time. */
function groupsOf(stage: StageDeclaration): StageDeclaration['actions'][] {
  const orders = [...new Set(stage.actions.map(({ runOrder }) => runOrder))].toSorted((a, b) => a - b);
  return orders.map((order) => stage.actions.filter(({ runOrder }) => runOrder === order));
}
