import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { type TokenClaims, tokenClaimsSchema, userIdSchema, userKey } from '@enstratus/contract';
import * as z from 'zod';
import { refusedMessage, SignInRefused } from './sign-in-refused.ts';

/** What this work needs of a logger; Powertools' logger fits. */
export interface Log {
  warn(message: string, details: Record<string, unknown>): void;
}

export interface PeopleTable {
  readonly dynamodb: Pick<DynamoDBClient, 'send'>;
  readonly tableName: string;
  readonly log: Log;
}

/** Amazon Cognito Developer Guide, "Pre token generation Lambda trigger": version two of the event, as far as it is read here. */
const tokenRequest = z.looseObject({
  version: z.literal('2'),
  userName: z.string(),
  request: z.looseObject({ userAttributes: z.record(z.string(), z.unknown()) }),
});

/** The same event with the claims that Cognito is to put into both tokens. */
export type TokenRequestWithClaims = z.infer<typeof tokenRequest> & {
  readonly response: {
    readonly claimsAndScopeOverrideDetails: {
      readonly idTokenGeneration: { readonly claimsToAddOrOverride: TokenClaims };
      readonly accessTokenGeneration: { readonly claimsToAddOrOverride: TokenClaims };
    };
  };
};

/**
 * Puts who somebody is (`user_id`, `persona`, `path`) into their ID and access token: whoever decides by a token needs to read nothing. Asked by Cognito at
 * each sign-in and each refresh. Who has no user item, or one that does not fit, does not get in.
 *
 * Throws SignInRefused, an Error for an event that is none, and whatever DynamoDB throws: then nobody gets a token.
 */
export async function addClaims(event: unknown, table: PeopleTable): Promise<TokenRequestWithClaims> {
  const request = tokenRequest.parse(event);
  const claims = await claimsOf(request, table);
  return {
    ...request,
    response: {
      claimsAndScopeOverrideDetails: {
        idTokenGeneration: { claimsToAddOrOverride: claims },
        accessTokenGeneration: { claimsToAddOrOverride: claims },
      },
    },
  };
}

async function claimsOf(
  { userName, request }: z.infer<typeof tokenRequest>,
  { dynamodb, tableName, log }: PeopleTable,
): Promise<TokenClaims> {
  const user_id = userIdSchema.safeParse(request.userAttributes['custom:user_id']);
  const refuse = (reason: string): never => {
    log.warn(refusedMessage, { reason, user_name: userName, ...(user_id.success ? { user_id: user_id.data } : {}) });
    throw new SignInRefused();
  };
  if (!user_id.success) return refuse('custom:user_id is missing or no user_id');
  const { pk, sk } = userKey(user_id.data);
  const { Item } = await dynamodb.send(
    new GetItemCommand({
      TableName: tableName,
      Key: { pk: { S: pk }, sk: { S: sk } },
      // Whoever was moved or removed is so from the next token on.
      ConsistentRead: true,
      ProjectionExpression: '#user_id, #persona, #path',
      ExpressionAttributeNames: { '#user_id': 'user_id', '#persona': 'persona', '#path': 'path' },
    }),
  );
  if (Item === undefined) return refuse('there is no user item');
  const claims = tokenClaimsSchema.safeParse({ user_id: Item['user_id']?.S, persona: Item['persona']?.S, path: Item['path']?.S });
  if (!claims.success) return refuse(`the user item does not fit: ${claims.error.issues.map(({ message }) => message).join('; ')}`);
  return claims.data;
}
