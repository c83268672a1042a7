import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import type { Caller, Scope } from '../../kernel/service.ts';
import { assumeRole } from '../iam/role-sessions.ts';
import { ActionFailed, type ActionOutcome, type Provider } from './actions/action-run.ts';
import { deploy } from './actions/cloudformation-deploy.ts';
import { runBuild } from './actions/codebuild-build.ts';
import { takeSource } from './actions/codecommit-source.ts';
import { APPROVAL_TIMEOUT_minutes, askForApproval } from './actions/manual-approval.ts';
import { ArtifactStore } from './artifact-store.ts';
import type { EventState, ExecutionEvents } from './execution-events.ts';
import type { Partners } from './partners.ts';
import { pipelineArn } from './pipeline-arn.ts';
import type { ActionExecutionRecord, ActionFailure, ExecutionRecord, PipelineStore } from './pipeline-store.ts';
import type { ActionDeclaration, PipelineDeclaration } from './pipeline-structure.ts';
import { resolveVariables, UnresolvedVariable } from './variables.ts';

const PROVIDERS: Readonly<Record<string, Provider>> = {
  CodeCommit: takeSource,
  CodeBuild: runBuild,
  CloudFormation: deploy,
  Manual: askForApproval,
};

/** How often the clock is asked whether an approval is too late. */
const CLOCK_INTERVAL_ms = 1000;

/** This process ends; nothing is known of the action. */
class Interrupted extends Error {}

interface Found {
  readonly store: PipelineStore;
  readonly execution: ExecutionRecord;
  readonly structure: PipelineDeclaration;
  readonly declaration: ActionDeclaration;
}

/** Runs single actions in the background and writes what becomes of them. */
export class ActionRunner {
  readonly #cloud: Cloud;
  readonly #storeOf: (scope: Scope) => PipelineStore;
  readonly #partners: Partners;
  readonly #events: ExecutionEvents;
  readonly #ended: (scope: Scope, executionId: string) => void;
  readonly #running = new Map<string, { readonly done: Promise<void>; readonly stop: AbortController }>();
  readonly #approvals = new Map<string, Scope>();
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  /** `ended` hears of every action that ended by itself or by an answer. */
  constructor(
    cloud: Cloud,
    storeOf: (scope: Scope) => PipelineStore,
    partners: Partners,
    events: ExecutionEvents,
    ended: (scope: Scope, executionId: string) => void,
  ) {
    this.#cloud = cloud;
    this.#storeOf = storeOf;
    this.#partners = partners;
    this.#events = events;
    this.#ended = ended;
  }

  /** Starts actions of the stage that the execution is in; they run at the same time. */
  begin(scope: Scope, execution: ExecutionRecord, structure: PipelineDeclaration, actions: readonly ActionDeclaration[]): void {
    const store = this.#storeOf(scope);
    const artifacts = new ArtifactStore(this.#cloud, scope, structure);
    const records = actions.map((declaration) => newRecord(execution, declaration, artifacts, this.#cloud.clock()));
    const progress = execution.stages[execution.stage];
    const begun = Object.fromEntries(records.map(({ action, id }) => [action, id]));
    store.atomically(() => {
      for (const record of records) store.putAction(record);
      store.putExecution({
        ...execution,
        updated_ms: this.#cloud.clock(),
        stages: {
          ...execution.stages,
          [execution.stage]: {
            status: progress?.status ?? 'InProgress',
            retries: progress?.retries ?? 0,
            actions: { ...progress?.actions, ...begun },
          },
        },
      });
    });
    for (const [index, record] of records.entries()) {
      const declaration = actions[index];
      if (declaration !== undefined) this.#events.action(scope, execution, record, declaration, 'STARTED');
    }
    for (const record of records) this.run(scope, record);
  }

  /** Runs an action, or goes on with one that the last process had begun. */
  run(scope: Scope, record: ActionExecutionRecord): void {
    // What begins while everything ends is left to the next start.
    if (this.#isStopped) return;
    const stop = new AbortController();
    const done = this.#work(scope, record, stop.signal)
      .then((outcome) => {
        if (outcome === 'waiting') this.#await(scope, record.id);
        else this.#succeed(scope, record.id, outcome);
      })
      .catch((error: unknown) => {
        if (stop.signal.aborted) return;
        this.#fail(scope, record.id, failureOf(error));
      })
      .catch((error: unknown) =>
        console.error(`the action ${record.action} of the pipeline ${record.pipeline} failed inside the local cloud:`, error),
      )
      .finally(() => this.#running.delete(record.id));
    this.#running.set(record.id, { done, stop });
  }

  /** Gives an action up without waiting for it; whatever it began elsewhere goes on. */
  abandon(scope: Scope, record: ActionExecutionRecord, state: 'ABANDONED' | 'CANCELED'): void {
    this.#running.get(record.id)?.stop.abort(new Interrupted());
    this.#end(scope, record.id, { status: 'Abandoned' }, state);
  }

  answer(scope: Scope, record: ActionExecutionRecord, isApproved: boolean, summary: string, by: string): void {
    const answered = { summary, updatedBy: by };
    const ended = isApproved
      ? this.#end(scope, record.id, { ...answered, status: 'Succeeded' }, 'SUCCEEDED')
      : this.#end(
          scope,
          record.id,
          { ...answered, status: 'Failed', failure: { code: 'JobFailed', message: `Rejected by ${by}` } },
          'FAILED',
        );
    if (ended) this.#ended(scope, record.executionId);
  }

  /** Aborts what runs for these actions, and resolves when it has ended. */
  async forget(actions: readonly ActionExecutionRecord[]): Promise<void> {
    for (const { id } of actions) {
      this.#approvals.delete(id);
      this.#running.get(id)?.stop.abort(new Interrupted());
    }
    await Promise.all(actions.map(({ id }) => this.#running.get(id)?.done));
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#timer);
    for (const { stop } of this.#running.values()) stop.abort(new Interrupted());
    await Promise.all([...this.#running.values()].map(({ done }) => done));
  }

  async #work(scope: Scope, record: ActionExecutionRecord, signal: AbortSignal): Promise<ActionOutcome | 'waiting'> {
    // After whoever began it has written the whole step.
    await Promise.resolve();
    const { store, execution, structure, declaration } = this.#find(scope, record);
    const provider = PROVIDERS[declaration.actionTypeId.provider];
    if (provider === undefined) throw new Error(`no provider ${declaration.actionTypeId.provider}`);
    const variables = { ...execution.variables, codepipeline: { PipelineExecutionId: execution.id } };
    const configuration = Object.fromEntries(
      Object.entries(declaration.configuration).map(([key, value]) => [key, resolveVariables(value, variables)]),
    );
    this.#change(store, record.id, { configuration });
    return provider({
      cloud: this.#cloud,
      partners: this.#partners,
      scope,
      execution,
      declaration,
      record,
      configuration,
      artifacts: new ArtifactStore(this.#cloud, scope, structure),
      caller: await this.#caller(scope, structure, execution, declaration),
      signal,
      keep: (progress, shown = {}) => {
        signal.throwIfAborted();
        this.#change(store, record.id, { ...shown, progress: { ...store.action(record.id)?.progress, ...progress } });
      },
    });
  }

  /**
   * With whose rights an action is done: CodePipeline assumes the pipeline's role, and with it the action's, whose account the action is in ("Create
   * a pipeline in CodePipeline that uses resources from another AWS account").
   */
  async #caller(scope: Scope, structure: PipelineDeclaration, execution: ExecutionRecord, { roleArn }: ActionDeclaration): Promise<Caller> {
    const RoleSessionName = execution.id;
    const pipelineRole = assumeRole(this.#cloud, {
      roleArn: structure.roleArn,
      sessionName: RoleSessionName,
      servicePrincipal: 'codepipeline.amazonaws.com',
      sourceArn: pipelineArn(scope, structure.name),
    });
    const traced = { region: scope.region, ...(execution.traceHeader === undefined ? {} : { traceHeader: execution.traceHeader }) };
    const own: Caller = { ...traced, account: pipelineRole.principal.account, principal: pipelineRole.principal };
    if (roleArn === undefined) return own;
    const answer = await this.#cloud.call('sts', 'AssumeRole', { RoleArn: roleArn, RoleSessionName }, own);
    const { AccessKeyId, SessionToken } = assumed.parse(answer).Credentials;
    const principal = this.#cloud.authorizer.identify(AccessKeyId, SessionToken);
    return { ...traced, account: principal.account, principal };
  }

  #await(scope: Scope, id: string): void {
    this.#approvals.set(id, scope);
    this.#timer ??= setInterval(() => this.#expire(), CLOCK_INTERVAL_ms).unref();
  }

  #expire(): void {
    for (const [id, scope] of this.#approvals) {
      const record = this.#storeOf(scope).action(id);
      if (record === undefined || record.status !== 'InProgress') this.#approvals.delete(id);
      else if ((record.expires_ms ?? 0) <= this.#cloud.clock()) {
        this.#fail(scope, id, { code: 'JobFailed', message: 'The approval request was not answered in time' });
      }
    }
  }

  #succeed(scope: Scope, id: string, outcome: ActionOutcome): void {
    const store = this.#storeOf(scope);
    const record = store.action(id);
    if (record === undefined || record.status !== 'InProgress') return;
    const { declaration } = this.#find(scope, record);
    const execution = store.execution(record.executionId);
    if (execution === undefined) return;
    const { variables = {}, revision, summary, externalId, externalUrl } = outcome;
    // Before the action itself: who sees that it succeeded may use what it left.
    store.putExecution({
      ...execution,
      artifacts: { ...execution.artifacts, ...record.outputs },
      ...(declaration.namespace === undefined ? {} : { variables: { ...execution.variables, [declaration.namespace]: variables } }),
      ...(revision === undefined
        ? {}
        : {
            revisions: [
              ...execution.revisions.filter(({ actionName }) => actionName !== record.action),
              ...Object.keys(record.outputs).map((artifact) => ({ ...revision, actionName: record.action, artifact })),
            ],
          }),
    });
    const shown = {
      ...(summary === undefined ? {} : { summary }),
      ...(externalId === undefined ? {} : { externalId }),
      ...(externalUrl === undefined ? {} : { externalUrl }),
    };
    if (this.#end(scope, id, { ...shown, variables, status: 'Succeeded' }, 'SUCCEEDED')) this.#ended(scope, record.executionId);
  }

  #fail(scope: Scope, id: string, failure: ActionFailure): void {
    const executionId = this.#storeOf(scope).action(id)?.executionId ?? '';
    if (this.#end(scope, id, { status: 'Failed', failure }, 'FAILED')) this.#ended(scope, executionId);
  }

  /** True when the action was under way until now. */
  #end(scope: Scope, id: string, changes: Partial<ActionExecutionRecord>, state: EventState): boolean {
    this.#approvals.delete(id);
    const store = this.#storeOf(scope);
    const before = store.action(id);
    if (before === undefined || before.status !== 'InProgress') return false;
    const record = this.#change(store, id, changes) ?? before;
    const { execution, declaration } = this.#find(scope, record);
    this.#events.action(scope, execution, record, declaration, state);
    this.#meter(scope, record, declaration);
    return true;
  }

  /**
   * V2 pipelines are billed by started minutes of their actions; manual approvals cost nothing (AWS CodePipeline Pricing, "V2 type pipelines").
   */
  #meter(scope: Scope, { pipeline, started_ms, updated_ms }: ActionExecutionRecord, { actionTypeId }: ActionDeclaration): void {
    if (actionTypeId.category === 'Approval') return;
    const action_minutes = Math.max(1, Math.ceil((updated_ms - started_ms) / 60_000));
    this.#cloud.meter({ ...scope, service: 'codepipeline', operation: 'action', resource: pipeline, units: { action_minutes } });
  }

  #change(store: PipelineStore, id: string, changes: Partial<ActionExecutionRecord>): ActionExecutionRecord | undefined {
    const record = store.action(id);
    return record === undefined ? undefined : store.putAction({ ...record, ...changes, updated_ms: this.#cloud.clock() });
  }

  #find(scope: Scope, { pipeline, version, stage, action, executionId }: ActionExecutionRecord): Found {
    const store = this.#storeOf(scope);
    const execution = store.execution(executionId);
    const structure = store.structure(pipeline, version);
    const declaration = structure?.stages.find(({ name }) => name === stage)?.actions.find(({ name }) => name === action);
    if (execution === undefined || structure === undefined || declaration === undefined)
      throw new Interrupted(`the pipeline ${pipeline} is gone`);
    return { store, execution, structure, declaration };
  }
}

const assumed = z.object({ Credentials: z.object({ AccessKeyId: z.string(), SessionToken: z.string() }) });

function newRecord(
  execution: ExecutionRecord,
  declaration: ActionDeclaration,
  artifacts: ArtifactStore,
  now_ms: number,
): ActionExecutionRecord {
  const isApproval = declaration.actionTypeId.category === 'Approval';
  const inputs = declaration.inputArtifacts.flatMap(({ name }) => {
    const place = execution.artifacts[name];
    return place === undefined ? [] : [[name, place] as const];
  });
  return {
    id: randomUUID(),
    executionId: execution.id,
    pipeline: execution.pipeline,
    version: execution.version,
    stage: execution.stage,
    action: declaration.name,
    status: 'InProgress',
    started_ms: now_ms,
    updated_ms: now_ms,
    configuration: {},
    inputs: Object.fromEntries(inputs),
    outputs: Object.fromEntries(declaration.outputArtifacts.map(({ name }) => [name, artifacts.newPlace(name)])),
    variables: {},
    progress: {},
    ...(isApproval
      ? { token: randomUUID(), expires_ms: now_ms + (declaration.timeoutInMinutes ?? APPROVAL_TIMEOUT_minutes) * 60_000 }
      : {}),
  };
}

/** Why an action failed, in AWS's words where AWS answered. */
function failureOf(error: unknown): ActionFailure {
  if (error instanceof ActionFailed) return error.failure;
  if (error instanceof UnresolvedVariable) return { code: 'ConfigurationError', message: error.message };
  if (error instanceof AwsError && error.httpStatus === 403) {
    return { code: 'PermissionError', message: `The provided role does not have sufficient permissions. Error: ${error.message}` };
  }
  if (error instanceof AwsError) return { code: 'JobFailed', message: `${error.message} (${error.code})` };
  return { code: 'InternalError', message: error instanceof Error ? error.message : String(error) };
}
