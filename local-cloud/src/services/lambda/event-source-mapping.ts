/** A queue that feeds a function (Lambda API Reference, "EventSourceMappingConfiguration"), as it is stored. */
export interface EventSourceMapping {
  readonly uuid: string;
  readonly functionName: string;
  /** With the qualifier. */
  readonly functionArn: string;
  /** An alias, a version's number or `$LATEST`, when the mapping names one. */
  readonly qualifier?: string | undefined;
  readonly eventSourceArn: string;
  readonly batchSize: number;
  readonly maximumBatchingWindow_s: number;
  readonly reportBatchItemFailures: boolean;
  readonly maximumConcurrency?: number | undefined;
  readonly enabled: boolean;
  readonly lastModified_ms: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** The mapping as the API shows it. */
export function describeMapping(mapping: EventSourceMapping, region: string, account: string): Record<string, unknown> {
  return {
    UUID: mapping.uuid,
    BatchSize: mapping.batchSize,
    MaximumBatchingWindowInSeconds: mapping.maximumBatchingWindow_s,
    EventSourceArn: mapping.eventSourceArn,
    EventSourceMappingArn: `arn:aws:lambda:${region}:${account}:event-source-mapping:${mapping.uuid}`,
    FunctionArn: mapping.functionArn,
    LastModified: new Date(mapping.lastModified_ms),
    State: mapping.enabled ? 'Enabled' : 'Disabled',
    StateTransitionReason: 'USER_INITIATED',
    FunctionResponseTypes: mapping.reportBatchItemFailures ? ['ReportBatchItemFailures'] : [],
    ...(mapping.maximumConcurrency === undefined ? {} : { ScalingConfig: { MaximumConcurrency: mapping.maximumConcurrency } }),
  };
}
