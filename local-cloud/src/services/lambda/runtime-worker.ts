// Runs inside a worker thread, evaluated from its text: it may import nothing but Node's own modules and types. It takes the
// place of AWS's Node.js runtime; what it answers and logs follows aws-lambda-nodejs-runtime-interface-client, version 4.
import { existsSync } from 'node:fs';
import { createRequire, isBuiltin, registerHooks } from 'node:module';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';
import { getHeapStatistics } from 'node:v8';
import { parentPort, workerData } from 'node:worker_threads';
import type { InvokeMessage, RuntimeData, RuntimeError, RuntimeMessage } from './runtime-messages.ts';

type Handler = (event: unknown, context: unknown) => unknown;

const { taskRoot, handler: handlerName, logFormat, logLevel, suppliedFrom } = workerData as RuntimeData;
if (parentPort === null) throw new Error('runtime-worker runs in a worker thread only');
const port = parentPort;
const tell = (message: RuntimeMessage) => port.postMessage(message);

let requestId: string | undefined;

process.cwd = () => taskRoot;
process.execArgv = [];
takeOverConsole();
confineModules();
process.on('uncaughtException', (error) => fatal(error, 'Uncaught Exception', 129));
process.on('unhandledRejection', (reason) => {
  const error = new Error(String(reason instanceof Error ? `${reason.name}: ${reason.message}` : reason));
  error.name = 'Runtime.UnhandledPromiseRejection';
  if (reason instanceof Error && reason.stack !== undefined) error.stack = `${error.name}: ${reason.stack}`;
  fatal(error, 'Unhandled Promise Rejection', 128);
});
process.on('beforeExit', () => {
  // The event loop is empty and the handler's promise can never settle any more.
  tell({
    kind: 'fatal',
    error: {
      errorType: 'Runtime.NodeJsExit',
      errorMessage:
        'The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that was never settled. For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes',
      trace: [],
    },
  });
});

try {
  const handler = await loadHandler();
  port.on('message', (message: InvokeMessage) => void invoke(handler, message));
  tell({ kind: 'ready' });
} catch (error) {
  fatal(error, 'Uncaught Exception', 1);
}

async function invoke(handler: Handler, message: InvokeMessage): Promise<void> {
  // While the handler runs, only its own work keeps the event loop alive, as on AWS.
  port.unref();
  requestId = message.requestId;
  process.env['_X_AMZN_TRACE_ID'] = message.traceHeader;
  let answer: RuntimeMessage;
  try {
    const result = await handler(JSON.parse(message.event), contextOf(message));
    // Lets a rejection that nobody handles end the environment before the answer goes out.
    await new Promise((done) => setImmediate(done));
    answer = { kind: 'result', payload: serialize(result), heap_bytes: heapBytes() };
  } catch (error) {
    await new Promise((done) => setImmediate(done));
    logError('Invoke Error', error);
    answer = { kind: 'error', error: describe(error), heap_bytes: heapBytes() };
  }
  port.ref();
  tell(answer);
}

function serialize(result: unknown): string {
  try {
    return JSON.stringify(result === undefined ? null : result) ?? 'null';
  } catch {
    const error = new Error('Unable to stringify response body as json');
    error.name = 'Runtime.MarshalError';
    throw error;
  }
}

function heapBytes(): number {
  const heap = getHeapStatistics();
  return heap.total_heap_size + heap.external_memory;
}

function contextOf(message: InvokeMessage): unknown {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: process.env['AWS_LAMBDA_FUNCTION_NAME'],
    functionVersion: process.env['AWS_LAMBDA_FUNCTION_VERSION'],
    invokedFunctionArn: message.functionArn,
    memoryLimitInMB: process.env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'],
    awsRequestId: message.requestId,
    xRayTraceId: message.traceHeader,
    logGroupName: process.env['AWS_LAMBDA_LOG_GROUP_NAME'],
    logStreamName: process.env['AWS_LAMBDA_LOG_STREAM_NAME'],
    clientContext: message.clientContext === undefined ? undefined : (JSON.parse(message.clientContext) as unknown),
    identity: undefined,
    getRemainingTimeInMillis: () => message.deadline_ms - Date.now(),
  };
}

async function loadHandler(): Promise<Handler> {
  if (handlerName.includes('..')) {
    throw named(
      'Runtime.MalformedHandlerName',
      `'${handlerName}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`,
    );
  }
  const file = basename(handlerName);
  const folder = handlerName.slice(0, handlerName.length - file.length);
  const dot = file.indexOf('.');
  if (dot < 0) throw named('Runtime.MalformedHandlerName', 'Bad handler');
  const loaded = await loadModule(folder, file.slice(0, dot));
  let value: unknown = loaded;
  for (const part of file.slice(dot + 1).split('.')) {
    const holder = value as Record<string, unknown> | undefined;
    value = holder?.[part] ?? (holder?.['default'] as Record<string, unknown> | undefined)?.[part];
  }
  if (value === undefined || value === null) throw named('Runtime.HandlerNotFound', `${handlerName} is undefined or not exported`);
  if (typeof value !== 'function') throw named('Runtime.HandlerNotFound', `${handlerName} is not a function`);
  if (Symbol.for('aws.lambda.runtime.handler.streaming') in value) {
    throw named('NotCarriedOut', 'The local cloud does not carry out response streaming (awslambda.streamifyResponse).');
  }
  if (value.length >= 3) {
    throw named(
      'Runtime.CallbackHandlerDeprecated',
      'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function to use a supported handler signature to use Node.js 24 or later. For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.',
    );
  }
  return value as Handler;
}

async function loadModule(folder: string, name: string): Promise<unknown> {
  const path = resolve(taskRoot, folder, name);
  const require = createRequire(join(taskRoot, 'index.js'));
  try {
    for (const extension of ['.js', '.mjs', '.cjs']) {
      if (!existsSync(path + extension)) continue;
      if (extension === '.mjs') return await import(pathToFileURL(path + extension).href);
      try {
        return require(path + extension);
      } catch (error) {
        // An ES module with top-level await.
        if ((error as NodeJS.ErrnoException).code !== 'ERR_REQUIRE_ASYNC_MODULE') throw error;
        return await import(pathToFileURL(path + extension).href);
      }
    }
    throw Object.assign(new Error(`Cannot find module '${name}'`), { code: 'MODULE_NOT_FOUND' });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND') {
      throw named('Runtime.ImportModuleError', `Error: ${(error as Error).message}`, error as Error);
    }
    if (error instanceof SyntaxError) throw named('Runtime.UserCodeSyntaxError', `SyntaxError: ${error.message}`, error);
    throw error;
  }
}

/**
 * A package may be imported from the deployment package alone: what happens to lie in a node_modules above the state folder
 * isn't there on AWS. The AWS SDK is supplied, as AWS's runtime does.
 */
function confineModules(): void {
  const root = `${pathToFileURL(taskRoot).href}/`;
  const supplied = createRequire(suppliedFrom);
  registerHooks({
    resolve(specifier, context, next) {
      const bare = !/^(\.{0,2}\/|\.{1,2}$|file:|data:|node:|#)/.test(specifier) && !isBuiltin(specifier);
      if (!bare || context.parentURL?.startsWith(root) !== true) return next(specifier, context);
      let found: ReturnType<typeof next> | undefined;
      let failure: unknown;
      try {
        found = next(specifier, context);
      } catch (error) {
        failure = error;
      }
      if (found?.url.startsWith(root)) return found;
      if (/^(@aws-sdk|@smithy|@aws)\//.test(specifier)) {
        return { url: pathToFileURL(supplied.resolve(specifier)).href, shortCircuit: true };
      }
      throw (
        failure ??
        Object.assign(new Error(`Cannot find module '${specifier}'\nRequire stack:\n- ${context.parentURL}`), { code: 'MODULE_NOT_FOUND' })
      );
    },
  });
}

function takeOverConsole(): void {
  const levels = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
  const least = logFormat === 'JSON' ? levels.indexOf(logLevel ?? 'INFO') : 0;
  const writer =
    (level: string) =>
    (message?: unknown, ...parameters: unknown[]): void => {
      if (levels.indexOf(level) < least) return;
      const timestamp = new Date().toISOString();
      const text =
        logFormat === 'JSON'
          ? jsonLine(timestamp, level, message, parameters)
          : `${timestamp}\t${requestId}\t${level}\t${format(message, ...parameters)}`;
      tell({ kind: 'log', text, raw: false });
    };
  console.trace = writer('TRACE');
  console.debug = writer('DEBUG');
  console.log = console.info = writer('INFO');
  console.warn = writer('WARN');
  console.error = writer('ERROR');
  (console as Console & { fatal?: unknown }).fatal = writer('FATAL');
  for (const stream of [process.stdout, process.stderr]) {
    stream.write = (chunk: string | Uint8Array, encoding?: unknown, written?: unknown): boolean => {
      const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
      tell({ kind: 'log', text, raw: true });
      const done = typeof encoding === 'function' ? encoding : written;
      if (typeof done === 'function') queueMicrotask(() => done());
      return true;
    };
  }
}

function jsonLine(timestamp: string, level: string, message: unknown, parameters: readonly unknown[]): string {
  const line: Record<string, unknown> = { timestamp, level, requestId };
  if (parameters.length === 0) {
    try {
      return JSON.stringify({ ...line, message }, (_key, value: unknown) =>
        value instanceof Error
          ? { errorType: value.constructor.name, errorMessage: value.message, stackTrace: stackOf(value), ...value }
          : value,
      );
    } catch {
      return JSON.stringify({ ...line, message: format(message) });
    }
  }
  line['message'] = format(message, ...parameters);
  const error = parameters.find((parameter) => parameter instanceof Error);
  if (error !== undefined) {
    Object.assign(line, { errorType: error.constructor.name, errorMessage: error.message, stackTrace: stackOf(error) });
  }
  return JSON.stringify(line);
}

function stackOf(error: Error): string[] {
  return typeof error.stack === 'string' ? error.stack.split('\n') : [];
}

function logError(what: string, error: unknown): void {
  const thrown = error instanceof Error ? error : new Error(String(error));
  if (logFormat === 'JSON') console.error(thrown);
  else {
    const detail = { errorType: thrown.name, errorMessage: thrown.message, ...thrown, stack: stackOf(thrown) };
    let text: string;
    try {
      text = JSON.stringify(detail);
    } catch {
      text = JSON.stringify(describe(thrown));
    }
    console.error(what, `\t${text}`);
  }
}

function fatal(error: unknown, what: string, exitCode: number): void {
  logError(what, error);
  tell({ kind: 'fatal', error: describe(error) });
  process.exit(exitCode);
}

function describe(error: unknown): RuntimeError {
  if (error instanceof Error) return { errorType: error.name, errorMessage: error.message, trace: stackOf(error) };
  return { errorType: typeof error, errorMessage: String(error), trace: [] };
}

function named(name: string, message: string, cause?: Error): Error {
  const error = new Error(message);
  error.name = name;
  error.stack = cause?.stack === undefined ? `${name}: ${message}` : `${name}: ${cause.stack}`;
  return error;
}
