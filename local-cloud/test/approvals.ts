import {
  type CodePipelineClient,
  GetPipelineStateCommand,
  ListPipelineExecutionsCommand,
  PutApprovalResultCommand,
  type StageState,
} from '@aws-sdk/client-codepipeline';
import { expect } from 'vitest';

/** An approval action that waits for somebody. */
export interface Gate {
  readonly stageName: string;
  readonly actionName: string;
  readonly token: string;
}

/** Where somebody is waited for, in the order of the stages. */
export function gatesOf(stages: readonly StageState[]): Gate[] {
  return stages.flatMap(({ stageName = '', actionStates = [] }) =>
    actionStates.flatMap(({ actionName = '', latestExecution }) =>
      latestExecution?.token !== undefined && latestExecution.status === 'InProgress'
        ? [{ stageName, actionName, token: latestExecution.token }]
        : [],
    ),
  );
}

/** One pipeline as the people see it who push and who approve. */
export class PipelineInUse {
  readonly #client: CodePipelineClient;
  readonly name: string;
  readonly #patience: { readonly timeout: number; readonly interval: number };

  /** @param patience How long a gate is waited for, and how often it is looked for, in ms. */
  constructor(client: CodePipelineClient, name: string, patience: { readonly timeout: number; readonly interval: number }) {
    this.#client = client;
    this.name = name;
    this.#patience = patience;
  }

  async stages(): Promise<readonly StageState[]> {
    const { stageStates = [] } = await this.#client.send(new GetPipelineStateCommand({ name: this.name }));
    return stageStates;
  }

  /** Newest first. */
  async executions() {
    const { pipelineExecutionSummaries = [] } = await this.#client.send(new ListPipelineExecutionsCommand({ pipelineName: this.name }));
    return pipelineExecutionSummaries;
  }

  async executionsOf(commit: string) {
    return (await this.executions()).filter(({ sourceRevisions = [] }) => sourceRevisions.some(({ revisionId }) => revisionId === commit));
  }

  /** Status of the newest execution of a commit, such as `InProgress`. */
  async statusOf(commit: string): Promise<string | undefined> {
    return (await this.executionsOf(commit))[0]?.status;
  }

  /** The gate that waits for somebody to decide about a commit; undefined when none does. */
  async gateOf(commit: string): Promise<Gate | undefined> {
    const ids = (await this.executionsOf(commit)).map(({ pipelineExecutionId }) => pipelineExecutionId);
    const [gate] = gatesOf((await this.stages()).filter(({ latestExecution }) => ids.includes(latestExecution?.pipelineExecutionId)));
    return gate;
  }

  /** Decides about a commit when it has come to the gate of that stage. */
  async decide(commit: string, stageName: string, status: 'Approved' | 'Rejected'): Promise<void> {
    await expect.poll(async () => (await this.gateOf(commit))?.stageName, this.#patience).toBe(stageName);
    const gate = await this.gateOf(commit);
    if (gate === undefined) throw new Error(`${this.name} no longer waits at ${stageName}`);
    await this.answer(gate, status);
  }

  async answer({ stageName, actionName, token }: Gate, status: 'Approved' | 'Rejected'): Promise<void> {
    const result = { status, summary: `${status} by a test` };
    await this.#client.send(new PutApprovalResultCommand({ pipelineName: this.name, stageName, actionName, token, result }));
  }
}
