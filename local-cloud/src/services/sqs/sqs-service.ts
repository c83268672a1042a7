import type { Cloud } from '../../kernel/cloud.ts';
import type { Service } from '../../kernel/service.ts';
import { MessageMoves, moveOperations } from './message-moves.ts';
import { messageOperations } from './message-operations.ts';
import { queueOperations } from './queue-operations.ts';
import { QUERY_CODES } from './sqs-errors.ts';
import { Queues } from './sqs-queues.ts';
import { sqsResourceTypes } from './sqs-resource-types.ts';

/** Amazon SQS, standard queues. */
export function createSqs(cloud: Cloud): Service {
  const queues = new Queues(cloud);
  const moves = new MessageMoves(cloud, queues);
  return {
    name: 'sqs',
    protocol: { kind: 'json', version: '1.0', target: 'AmazonSQS', queryCodes: QUERY_CODES },
    operations: { ...queueOperations(queues), ...messageOperations(queues), ...moveOperations(queues, moves) },
    resourceTypes: sqsResourceTypes,
    start: () => moves.resume(),
    stop: () => {
      queues.arrivals.stop();
      moves.stop();
    },
  };
}
