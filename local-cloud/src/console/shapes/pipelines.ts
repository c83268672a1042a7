import { z } from 'zod';

export const actionKinds = ['source', 'build', 'deploy', 'approval', 'other'] as const;
export type ActionKind = (typeof actionKinds)[number];

/** `idle`: nothing has come so far. `waiting`: it comes later in the stage that is under way. `needs_approval`: somebody has to decide. */
export const pipelineStates = [
  'idle',
  'waiting',
  'in_progress',
  'needs_approval',
  'succeeded',
  'failed',
  'stopping',
  'stopped',
  'superseded',
  'cancelled',
] as const;
export type PipelineState = (typeof pipelineStates)[number];
const state = z.enum(pipelineStates);

/** As AWS words it. */
const failure = z.object({ code: z.string(), message: z.string() });
/** A stack in the account to which an action deploys. */
const stack = z.object({ account: z.string(), region: z.string(), name: z.string() });

const action = z.object({
  name: z.string(),
  kind: z.enum(actionKinds),
  state,
  /** Of its latest change of state. */
  at: z.string().optional(),
  summary: z.string().optional(),
  by: z.string().optional(),
  error: failure.optional(),
  build_id: z.string().optional(),
});
export type PipelineAction = z.output<typeof action>;

const stage = z.object({
  name: z.string(),
  state,
  /** Into which it deploys. */
  account: z.string().optional(),
  /** The execution that entered it last. */
  execution: z.string().optional(),
  /** Executions that wait at its entrance, the newest first. */
  waiting: z.array(z.string()),
  /** Why nothing may enter it. */
  closed: z.object({ reason: z.string(), by: z.string(), at: z.string() }).optional(),
  rolls_back: z.boolean(),
  actions: z.array(action),
});
export type PipelineStage = z.output<typeof stage>;

const execution = z.object({
  id: z.string(),
  state,
  type: z.enum(['STANDARD', 'ROLLBACK']),
  /** Of the source; absent until the source action has found it. */
  commit: z.object({ id: z.string(), message: z.string() }).optional(),
  started_at: z.string(),
  updated_at: z.string(),
  started_by: z.object({ type: z.string(), detail: z.string() }),
  /** Why it was stopped. */
  reason: z.string().optional(),
  rollback_target: z.string().optional(),
  /** The execution whose failure made it go back by itself. */
  failed_execution: z.string().optional(),
});
export type PipelineExecution = z.output<typeof execution>;

const pipeline = z.object({
  account: z.string(),
  region: z.string(),
  name: z.string(),
  /** Of its structure. */
  version: z.int(),
  source: z.object({ repository: z.string(), branch: z.string(), clone_url: z.string().optional() }).optional(),
  stages: z.array(stage),
  /** Newest first. */
  executions: z.array(execution),
});
export type Pipeline = z.output<typeof pipeline>;

/** `GET /_local/api/pipelines`: those of every account. */
export const pipelineList = z.object({ pipelines: z.array(pipeline) });
export type PipelineList = z.output<typeof pipelineList>;

/** `GET /_local/api/pipelines/<account>/<region>/<name>` */
export const pipelineDetail = pipeline;

const actionExecution = z.object({
  id: z.string(),
  stage: z.string(),
  action: z.string(),
  kind: z.enum(actionKinds),
  state,
  started_at: z.string(),
  updated_at: z.string(),
  summary: z.string().optional(),
  by: z.string().optional(),
  error: failure.optional(),
  build_id: z.string().optional(),
  stack: stack.optional(),
});
export type ActionExecution = z.output<typeof actionExecution>;

/** `GET /_local/api/pipelines/<account>/<region>/<name>/executions/<id>` */
export const executionDetail = z.object({
  execution,
  /** In order of start. */
  actions: z.array(actionExecution),
  /** Stages that it failed or was stopped in and can take up again. */
  can_retry: z.array(z.string()),
  /** Stages that something else has entered since and that can go back to it. */
  can_roll_back: z.array(z.string()),
});
export type ExecutionDetail = z.output<typeof executionDetail>;

/** `GET /_local/api/pipelines/<account>/<region>/<name>/gates/<stage>/<action>`: what somebody decides about. */
export const gateDetail = z.object({
  stage: z.string(),
  action: z.string(),
  state,
  execution: execution.optional(),
  /** Names the decision that is asked for; AWS takes an answer with no other one. */
  token: z.string().optional(),
  /** Since when it has been asked, or when it was decided. */
  at: z.string().optional(),
  by: z.string().optional(),
  comment: z.string().optional(),
  error: failure.optional(),
  /** What the approval shows, its parts apart. */
  summary: z.array(z.string()),
  /** The build that tells what will change. */
  changes: z.object({ action: z.string(), state, build_id: z.string().optional() }).optional(),
  /** What that build has printed. */
  report: z.array(z.object({ title: z.string(), lines: z.array(z.string()) })),
});
export type GateDetail = z.output<typeof gateDetail>;

/** `POST …/starts`, `…/stops`, `…/retries`, `…/rollbacks` */
export const changedExecution = z.object({ execution: z.string() });
/** `POST …/approvals` */
export const answeredGate = z.object({ decided_at: z.string() });
