import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createLogger, errorDetails, parseEnv } from '@enstratus/platform/runtime';
import * as z from 'zod';
import { addClaims, type PeopleTable, type TokenRequestWithClaims } from './add-claims.ts';
import { failedMessage, SignInRefused } from './sign-in-refused.ts';

const log = createLogger('add-claims');
let table: PeopleTable | undefined;

const connect = (): PeopleTable => {
  const { TABLE_NAME } = parseEnv(z.object({ TABLE_NAME: z.string().min(1) }));
  // Cognito waits 5 seconds: two tries must end before this function does, so that what failed stands in its log.
  const dynamodb = new DynamoDBClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 1_500, throwOnRequestTimeout: true },
  });
  return { dynamodb, tableName: TABLE_NAME, log };
};

/** Cognito's pre-token-generation trigger, version two: answers the event with the claims of whoever signs in. */
export const handler = async (event: unknown): Promise<TokenRequestWithClaims> => {
  try {
    table ??= connect();
    return await addClaims(event, table);
  } catch (error) {
    if (!(error instanceof SignInRefused)) log.error(failedMessage, errorDetails(error));
    throw error;
  }
};
