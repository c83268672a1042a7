import type { Cloud } from '../../kernel/cloud.ts';
import type { Service } from '../../kernel/service.ts';
import { metered } from '../../metering/metered-operations.ts';
import { MessageMoves, moveOperations } from './message-moves.ts';
import { messageOperations } from './message-operations.ts';
import { QueueMetrics } from './queue-metrics.ts';
import { queueOperations } from './queue-operations.ts';
import { meterQueueRequest } from './request-units.ts';
import { sqsProtocol } from './sqs-protocol.ts';
import { Queues } from './sqs-queues.ts';
import { sqsResourceTypes } from './sqs-resource-types.ts';

/** Amazon SQS, standard queues. */
export function createSqs(cloud: Cloud): Service {
  const queues = new Queues(cloud);
  const moves = new MessageMoves(cloud, queues);
  const metrics = new QueueMetrics(cloud, queues);
  return {
    name: 'sqs',
    protocol: sqsProtocol,
    operations: metered({ ...queueOperations(queues), ...messageOperations(queues), ...moveOperations(queues, moves) }, meterQueueRequest),
    resourceTypes: sqsResourceTypes,
    start: () => {
      moves.resume();
      metrics.start();
    },
    stop: () => {
      metrics.stop();
      queues.arrivals.stop();
      moves.stop();
    },
  };
}
