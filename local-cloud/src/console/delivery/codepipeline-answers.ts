/** What CodePipeline's operations answer, as far as the console reads it (CodePipeline API Reference, the data types of these names). */

export interface ActionDeclaration {
  readonly name: string;
  readonly actionTypeId: { readonly category: string; readonly provider: string };
  readonly configuration: Readonly<Record<string, string>>;
  readonly namespace?: string;
  readonly roleArn?: string;
}

export interface PipelineDeclaration {
  readonly name: string;
  readonly version: number;
  readonly stages: readonly {
    readonly name: string;
    readonly actions: readonly ActionDeclaration[];
    readonly onFailure?: { readonly result?: string };
  }[];
}

export interface ErrorDetails {
  readonly code: string;
  readonly message: string;
}

export interface LatestAction {
  readonly status: string;
  readonly summary?: string;
  readonly lastStatusChange: Date;
  readonly token?: string;
  readonly lastUpdatedBy?: string;
  readonly externalExecutionId?: string;
  readonly errorDetails?: ErrorDetails;
}

export interface StageState {
  readonly stageName: string;
  readonly latestExecution?: { readonly pipelineExecutionId: string; readonly status: string };
  readonly inboundExecutions?: readonly { readonly pipelineExecutionId: string }[];
  readonly inboundTransitionState?: {
    readonly enabled: boolean;
    readonly disabledReason?: string;
    readonly lastChangedBy?: string;
    readonly lastChangedAt?: Date;
  };
  readonly actionStates: readonly { readonly actionName: string; readonly latestExecution?: LatestAction }[];
}

export interface ExecutionSummary {
  readonly pipelineExecutionId: string;
  readonly status: string;
  readonly statusSummary?: string;
  readonly startTime: Date;
  readonly lastUpdateTime: Date;
  readonly trigger: { readonly triggerType: string; readonly triggerDetail: string };
  readonly executionType: 'STANDARD' | 'ROLLBACK';
  readonly rollbackMetadata?: { readonly rollbackTargetPipelineExecutionId: string };
  readonly sourceRevisions: readonly { readonly revisionId: string; readonly revisionSummary: string }[];
}

export interface ActionDetail {
  readonly pipelineExecutionId: string;
  readonly actionExecutionId: string;
  readonly pipelineVersion: number;
  readonly stageName: string;
  readonly actionName: string;
  readonly startTime: Date;
  readonly lastUpdateTime: Date;
  readonly updatedBy?: string;
  readonly status: string;
  readonly input: {
    readonly actionTypeId?: ActionDeclaration['actionTypeId'];
    readonly resolvedConfiguration: Readonly<Record<string, string>>;
    readonly roleArn?: string;
    readonly region: string;
  };
  readonly output: {
    readonly executionResult: {
      readonly externalExecutionId?: string;
      readonly externalExecutionSummary?: string;
      readonly errorDetails?: ErrorDetails;
    };
  };
}
