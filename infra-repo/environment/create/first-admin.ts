import { randomUUID } from 'node:crypto';
import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminGetUserCommand,
  type AttributeType,
  type CognitoIdentityProviderClient,
  UserNotFoundException,
} from '@aws-sdk/client-cognito-identity-provider';
import { userIdSchema } from '@enstratus/contract';
import { type Documents, putOperator } from './seed-settings.ts';

export interface FirstAdmin {
  readonly email: string;
  readonly name: string;
}

export interface PeopleStores {
  readonly cognito: Pick<CognitoIdentityProviderClient, 'send'>;
  readonly documents: Documents;
  readonly userPoolId: string;
  readonly table: string;
}

/**
 * Makes the first operator of the fleet: their login, to which Cognito mails an invitation with a first password that nobody else sees, the persona's group, and their item, by which they are let
 * in. The login comes first because it holds the id of ours: after a cut in between, the next run finds it there and goes on with the same id. Who is there already isn't invited again.
 *
 * Answers whether an invitation was sent. Throws what Cognito and DynamoDB throw, and an Error for a login without an id of ours.
 */
export async function inviteFirstAdmin(admin: FirstAdmin, stores: PeopleStores, created_at: number): Promise<boolean> {
  const { cognito, documents, userPoolId, table } = stores;
  const user = { UserPoolId: userPoolId, Username: admin.email };
  const existing = await attributesOf(cognito, user);
  const user_id = existing === undefined ? `u-${randomUUID()}` : idIn(existing, admin.email);
  if (existing === undefined)
    await cognito.send(
      new AdminCreateUserCommand({
        ...user,
        DesiredDeliveryMediums: ['EMAIL'],
        UserAttributes: [
          { Name: 'email', Value: admin.email },
          { Name: 'email_verified', Value: 'true' },
          { Name: 'custom:user_id', Value: user_id },
        ],
      }),
    );
  await cognito.send(new AdminAddUserToGroupCommand({ ...user, GroupName: 'admin' }));
  await putOperator(documents, table, { user_id, ...admin }, created_at);
  return existing === undefined;
}

async function attributesOf(
  cognito: Pick<CognitoIdentityProviderClient, 'send'>,
  user: { readonly UserPoolId: string; readonly Username: string },
): Promise<AttributeType[] | undefined> {
  try {
    return (await cognito.send(new AdminGetUserCommand(user))).UserAttributes ?? [];
  } catch (error) {
    if (error instanceof UserNotFoundException) return undefined;
    throw error;
  }
}

function idIn(attributes: readonly AttributeType[], email: string): string {
  const parsed = userIdSchema.safeParse(attributes.find(({ Name }) => Name === 'custom:user_id')?.Value);
  if (!parsed.success)
    throw new Error(`${email} has a login without an id of ours (custom:user_id): take it out of the user pool, and run this again.`);
  return parsed.data;
}
