import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/**
 * The client of the table, one for all calls of an environment: it keeps its connections open.
 *
 * Without the SDK's logging step. It copies every answer to leave out what may not be logged, even where nothing logs (client-dynamodb 3.1160): of a page
 * of 500 devices that was more than half of the work.
 */
export function connectTable(): DynamoDBClient {
  const client = new DynamoDBClient({});
  client.middlewareStack.remove('loggerMiddleware');
  return client;
}
