/** What a function's worker thread is started with. */
export interface RuntimeData {
  /** Real path of the unzipped deployment package. */
  readonly taskRoot: string;
  readonly handler: string;
  readonly logFormat: 'JSON' | 'Text';
  /** The least level of `console` that is written; only with JSON. */
  readonly logLevel: string | undefined;
  /** File URL of a module from whose place the supplied AWS SDK resolves. */
  readonly suppliedFrom: string;
}

/** One invocation, sent to the worker. */
export interface InvokeMessage {
  readonly requestId: string;
  /** The event, JSON. */
  readonly event: string;
  /** Milliseconds since 1970 at which the function is stopped. */
  readonly deadline_ms: number;
  readonly traceHeader: string;
  readonly functionArn: string;
  /** JSON, as the caller gave it. */
  readonly clientContext: string | undefined;
}

/** An error as Lambda answers it. */
export interface RuntimeError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/** What the worker tells. */
export type RuntimeMessage =
  | { readonly kind: 'ready' }
  /** Output: a whole event of `console`, or a piece of stdout or stderr. */
  | { readonly kind: 'log'; readonly text: string; readonly raw: boolean }
  | { readonly kind: 'result'; readonly payload: string; readonly heap_bytes: number }
  | { readonly kind: 'error'; readonly error: RuntimeError; readonly heap_bytes: number }
  /** The environment ends: the code failed to load, or threw where nothing catches it. */
  | { readonly kind: 'fatal'; readonly error: RuntimeError };
