import type { Cloud } from '../../../kernel/cloud.ts';
import type { Caller, Scope } from '../../../kernel/service.ts';
import type { ArtifactStore } from '../artifact-store.ts';
import type { Partners } from '../partners.ts';
import type { ActionExecutionRecord, ActionFailure, ExecutionRecord, Revision } from '../pipeline-store.ts';
import type { ActionDeclaration } from '../pipeline-structure.ts';

/** What an action's provider is given. */
export interface ActionRun {
  readonly cloud: Cloud;
  readonly partners: Partners;
  /** The pipeline's account and region. */
  readonly scope: Scope;
  readonly execution: ExecutionRecord;
  readonly declaration: ActionDeclaration;
  /** As it was when the run began, with its artifacts' places; `progress` tells what an earlier process had begun. */
  readonly record: ActionExecutionRecord;
  /** The action's configuration with its variables resolved. */
  readonly configuration: Readonly<Record<string, string>>;
  readonly artifacts: ArtifactStore;
  /** Session of the action's role in that role's account, or of the pipeline's role where the action has none. */
  readonly caller: Caller;
  /** Aborted when this process ends; the next one goes on. */
  readonly signal: AbortSignal;
  /** Keeps what was begun, before or after it is asked for, so that a restart knows of it. */
  keep(progress: Readonly<Record<string, string>>, shown?: { externalId?: string; externalUrl?: string; summary?: string }): void;
}

/** What a finished action leaves. */
export interface ActionOutcome {
  readonly variables?: Readonly<Record<string, string>>;
  readonly summary?: string;
  readonly externalId?: string;
  readonly externalUrl?: string;
  readonly revision?: Omit<Revision, 'actionName' | 'artifact'>;
}

/** An action that failed for a reason of its own, told as `errorDetails`. */
export class ActionFailed extends Error {
  readonly failure: ActionFailure;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'ActionFailed';
    this.failure = { code, message };
  }
}

/** Runs or goes on with one action. `waiting`: somebody else will say how it ends. */
export type Provider = (run: ActionRun) => Promise<ActionOutcome | 'waiting'>;

/** Waits; rejects with the signal's reason when it is aborted. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}
