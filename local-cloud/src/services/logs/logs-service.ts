import type { Cloud } from '../../kernel/cloud.ts';
import type { Scope } from '../../kernel/service.ts';
import { perScope } from '../../kernel/state.ts';
import type { StoringService } from '../../metering/stored-bytes.ts';
import { logEventOperations } from './log-event-operations.ts';
import { logGroupOperations } from './log-group-operations.ts';
import { storedBytesOf } from './log-storage.ts';
import { type LogStore, logStores } from './log-store.ts';
import { logStreamOperations } from './log-stream-operations.ts';
import { logsResourceTypes } from './logs-resource-types.ts';
import { metricFilterOperations } from './metric-filter-operations.ts';
import { MetricFilterStore } from './metric-filter-store.ts';
import { type Queries, queryOperations } from './query-operations.ts';
import { QueryRunner } from './query-runner.ts';
import { QueryStore } from './query-store.ts';

/** Expired events are never read; this is how often they are deleted. */
const SWEEP_EVERY_MS = 15 * 60 * 1000;

/** CloudWatch Logs with Logs Insights. */
export function createLogs(cloud: Cloud): StoringService {
  const opened = new Map<LogStore, Queries>();
  const stores = logStores(cloud);
  const queriesOf = perScope((scope: Scope): Queries => {
    const { account, region } = scope;
    const store = stores(scope);
    const queries = new QueryStore(store.database, cloud.clock);
    const made = {
      store: queries,
      runner: new QueryRunner(store, queries, (resource, bytes_scanned) =>
        cloud.meter({ account, region, service: 'logs', operation: 'query', resource, units: { bytes_scanned } }),
      ),
    };
    opened.set(store, made);
    return made;
  });
  const storeOf = (scope: Scope): LogStore => {
    queriesOf(scope);
    return stores(scope);
  };
  const filtersOf = perScope(({ account, region }) => {
    const metric = { account, region, dimensions: {}, unit: 'None' } as const;
    return new MetricFilterStore(stores({ account, region }).database, (namespace, metricName, value, at_ms) =>
      cloud.putMetric({ ...metric, namespace, metricName, value, at_ms }),
    );
  });
  let sweeping: NodeJS.Timeout | undefined;
  return {
    name: 'logs',
    protocol: { kind: 'json', version: '1.1', target: 'Logs_20140328' },
    operations: {
      ...logGroupOperations(storeOf, (scope, group) => filtersOf(scope).list(group).length),
      ...logStreamOperations(storeOf),
      ...logEventOperations(storeOf, cloud.clock, (scope, group, events) => filtersOf(scope).count(group, events)),
      ...metricFilterOperations(storeOf, filtersOf, cloud.clock),
      ...queryOperations(storeOf, queriesOf, cloud.clock),
    },
    resourceTypes: logsResourceTypes,
    storedBytes: () => cloud.state.scopesOf('logs').flatMap((scope) => storedBytesOf(stores(scope), scope)),
    start() {
      sweeping = setInterval(() => {
        for (const store of opened.keys()) store.sweep();
      }, SWEEP_EVERY_MS);
      sweeping.unref();
    },
    stop() {
      clearInterval(sweeping);
      for (const { runner } of opened.values()) runner.abandon();
    },
  };
}
