export { type CustomResource, type CustomResourceRequest, customResource } from './custom-resource.ts';
export { parseEnv } from './environment.ts';
export { createLogger, errorDetails, type Logger } from './logger.ts';
export { type HttpReply, type Problem, problem } from './problem.ts';
export { type FailureLog, processSqsBatch, type SqsBatch } from './sqs-batch.ts';
export { traceHeader } from './trace-position.ts';
export { annotate, traced, tracedClient, tracedFetch } from './tracer.ts';
