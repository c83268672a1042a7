import type { Cloud } from '../../kernel/cloud.ts';
import type { Scope, Service } from '../../kernel/service.ts';
import { aliasOperations } from './alias-operations.ts';
import { type AsynchronousDelays, AsynchronousInvocations } from './asynchronous-invocations.ts';
import { EnvironmentPool, type PoolOptions } from './environment-pool.ts';
import type { EventSourceMapping } from './event-source-mapping.ts';
import { eventSourceOperations } from './event-source-operations.ts';
import { functionOperations } from './function-operations.ts';
import { type FunctionRecord, versionOf } from './function-record.ts';
import { FunctionUrls, URL_PREFIX } from './function-urls.ts';
import { Functions } from './functions.ts';
import type { Invocation, InvocationOutcome, InvocationRecord } from './invocation.ts';
import { countingThrottles, putInvocationMetrics } from './invocation-metrics.ts';
import { withinLambdaSpan } from './invocation-spans.ts';
import { invokeOperation } from './invoke-operation.ts';
import { lambdaProtocol } from './lambda-protocol.ts';
import { lambdaResourceTypes } from './lambda-resource-types.ts';
import { permissionOperations } from './permission-operations.ts';
import { QueuePoller } from './queue-poller.ts';
import { ACCOUNT_CONCURRENCY, settingOperations } from './setting-operations.ts';
import { urlOperations } from './url-operations.ts';
import { versionOperations } from './version-operations.ts';

export interface LambdaOptions extends PoolOptions {
  /** Shorter waits between attempts of asynchronous invocations, for tests; AWS's by default. */
  readonly delays?: AsynchronousDelays;
  /** How long a stop waits for what runs, in milliseconds. Default 2,000. */
  readonly stopGrace_ms?: number;
}

/** AWS Lambda with what a meter listens to. */
export interface LambdaService extends Service {
  /** Called after every invocation, whatever its source and end. */
  onInvocation(listener: (record: InvocationRecord) => void): void;
}

/** AWS Lambda: functions, their URLs, permissions, queues that feed them, and the environments that run them. */
export function createLambda(cloud: Cloud, options: LambdaOptions = {}): LambdaService {
  // Lambda's time zone is UTC; a worker thread can't have one of its own.
  process.env['TZ'] = 'UTC';
  const listeners: ((record: InvocationRecord) => void)[] = [(record) => putInvocationMetrics(cloud, record)];
  const functions = new Functions(cloud);
  const pool = new EnvironmentPool(
    cloud,
    (record) => {
      for (const listener of listeners) listener(record);
    },
    options,
  );
  const invoke = (invocation: Omit<Invocation, 'taskRoot' | 'unreservedLimit'>): Promise<InvocationOutcome> => {
    const store = functions.in(invocation.scope);
    return withinLambdaSpan(cloud, invocation, (within) =>
      countingThrottles(cloud, within, () =>
        pool.invoke({ ...within, taskRoot: store.taskRoot(within.record), unreservedLimit: ACCOUNT_CONCURRENCY - store.reserved }),
      ),
    );
  };
  const urls = new FunctionUrls(functions, invoke);
  const asynchronous = new AsynchronousInvocations(functions, invoke, { delays: options.delays, atOnce: pool.maxEnvironments });
  const pollers = new Map<string, QueuePoller>();
  const retired = new Set<Promise<void>>();

  const stopPoller = (uuid: string) => {
    const poller = pollers.get(uuid);
    if (poller === undefined) return;
    pollers.delete(uuid);
    const stopping = poller.stop().finally(() => retired.delete(stopping));
    retired.add(stopping);
  };
  const poll = (scope: Scope, mapping: EventSourceMapping) => {
    stopPoller(mapping.uuid);
    if (!mapping.enabled) return;
    pollers.set(mapping.uuid, new QueuePoller(functions, scope, mapping, { invoke, atOnce: pool.maxEnvironments }));
  };
  const scopeOf = (record: FunctionRecord): Scope => {
    const [, , , region = '', account = ''] = record.arn.split(':');
    return { account, region };
  };

  return {
    name: 'lambda',
    protocol: lambdaProtocol,
    resourceTypes: lambdaResourceTypes,
    operations: {
      ...functionOperations(functions, {
        changed: (record) => pool.retire(record.arn, '$LATEST', record.revisionId),
        deleted: (record) => {
          const scope = scopeOf(record);
          const { qualifiers } = functions.in(scope);
          for (const version of [record, ...qualifiers.versions(record.name)]) pool.retire(record.arn, versionOf(version), undefined);
          asynchronous.forget(scope, record.name);
          urls.register(scope, record.name, undefined, undefined);
          for (const alias of qualifiers.aliases(record.name)) urls.register(scope, record.name, alias.name, undefined);
        },
        versionDeleted: (version) => pool.retire(version.arn, versionOf(version), undefined),
      }),
      ...versionOperations(functions),
      ...aliasOperations(functions, ({ scope }, alias) => urls.register(scope, alias.functionName, alias.name, undefined)),
      ...permissionOperations(functions),
      ...settingOperations(functions),
      ...urlOperations(functions, urls),
      ...eventSourceOperations(functions, poll),
      Invoke: invokeOperation(functions, invoke, asynchronous),
    },
    openPaths: [{ matches: ({ path }) => path.startsWith(URL_PREFIX), handle: (request) => urls.handle(request) }],
    onInvocation: (listener) => {
      listeners.push(listener);
    },
    start: () => {
      for (const scope of cloud.state.scopesOf('lambda')) {
        const store = functions.in(scope);
        store.removeUnusedCode();
        for (const { name, url } of store.list()) {
          urls.register(scope, name, undefined, url);
          for (const alias of store.qualifiers.aliases(name)) urls.register(scope, name, alias.name, alias.url);
        }
        asynchronous.resume(scope);
        for (const mapping of store.mappings.list()) poll(scope, mapping);
      }
    },
    stop: async () => {
      for (const uuid of [...pollers.keys()]) stopPoller(uuid);
      const stopping = asynchronous.stop();
      await pool.stop(options.stopGrace_ms ?? 2_000);
      await Promise.all([stopping, ...retired]);
    },
  };
}
