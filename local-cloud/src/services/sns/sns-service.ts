import type { Cloud } from '../../kernel/cloud.ts';
import type { Service } from '../../kernel/service.ts';
import { metered } from '../../metering/metered-operations.ts';
import { publishOperations } from './publish-operations.ts';
import { meterTopicRequest } from './request-units.ts';
import { snsResourceTypes } from './sns-resource-types.ts';
import { subscriptionOperations } from './subscription-operations.ts';
import { topicOperations } from './topic-operations.ts';
import { Topics } from './topics.ts';

/** Amazon SNS, standard topics that deliver to queues and functions. */
export function createSns(cloud: Cloud): Service {
  const topics = new Topics(cloud);
  return {
    name: 'sns',
    protocol: {
      kind: 'query',
      namespace: 'http://sns.amazonaws.com/doc/2010-03-31/',
      codes: { AccessDeniedException: 'AuthorizationError', ValidationException: 'InvalidParameter' },
    },
    operations: metered({ ...topicOperations(topics), ...subscriptionOperations(topics), ...publishOperations(topics) }, meterTopicRequest),
    resourceTypes: snsResourceTypes,
    start: () => topics.start(),
    stop: () => topics.stop(),
  };
}
