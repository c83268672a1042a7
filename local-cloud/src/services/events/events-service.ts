import type { Cloud } from '../../kernel/cloud.ts';
import type { Service } from '../../kernel/service.ts';
import { DefaultBus } from './default-bus.ts';
import { eventOperations } from './event-operations.ts';
import { eventsResourceTypes } from './events-resource-types.ts';
import { ruleOperations } from './rule-operations.ts';
import { targetOperations } from './target-operations.ts';

/** Amazon EventBridge: rules on the default bus of each account and region, for what services tell of themselves and what applications put there. */
export function createEvents(cloud: Cloud): Service {
  const bus = new DefaultBus(cloud);
  return {
    name: 'events',
    protocol: { kind: 'json', version: '1.1', target: 'AWSEvents' },
    operations: { ...ruleOperations(bus), ...targetOperations(bus), ...eventOperations(bus) },
    resourceTypes: eventsResourceTypes,
    start: () => bus.start(),
    stop: () => bus.stop(),
  };
}
