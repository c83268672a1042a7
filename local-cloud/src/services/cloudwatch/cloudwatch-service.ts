import type { Cloud } from '../../kernel/cloud.ts';
import type { Service } from '../../kernel/service.ts';
import { alarmOperations } from './alarm-operations.ts';
import { type AlarmOptions, Alarms } from './alarms.ts';
import { cloudwatchProtocol } from './cloudwatch-protocol.ts';
import { cloudwatchResourceTypes } from './cloudwatch-resource-types.ts';
import { historyOperations } from './history-operations.ts';
import { metricOperations } from './metric-operations.ts';
import { MetricStore } from './metric-store.ts';

/** Amazon CloudWatch: metrics of the last hours, and the alarms that watch them. */
export function createCloudWatch(cloud: Cloud, options: AlarmOptions = {}): Service {
  const metrics = new MetricStore(cloud.clock);
  const alarms = new Alarms(cloud, metrics, options);
  cloud.onMetric((metric) => {
    const { value, at_ms } = metric;
    metrics.put(metric, metric, metric.unit, { count: 1, sum: value, minimum: value, maximum: value }, at_ms);
  });
  return {
    name: 'monitoring',
    protocol: cloudwatchProtocol,
    operations: { ...alarmOperations(alarms, cloud.clock), ...historyOperations(alarms), ...metricOperations(metrics, cloud.clock) },
    resourceTypes: cloudwatchResourceTypes,
    start: () => alarms.start(),
    stop: () => alarms.stop(),
  };
}
