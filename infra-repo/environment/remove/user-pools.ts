import {
  type CognitoIdentityProviderClient,
  DeleteUserPoolCommand,
  DescribeUserPoolCommand,
  paginateListUserPools,
  UpdateUserPoolCommand,
  type UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider';
import { stackPrefix } from '../stacks.ts';
import type { LeftoverKind } from './leftover.ts';

/** What every repo's stack tags its resources with. */
const tag = { name: 'system', value: 'enstratus' } as const;

/** The pools that carry the tag of the system's stacks, or ask a function of theirs at sign-in: their names are made up by CloudFormation and say nothing. */
export const userPools: LeftoverKind = {
  kind: 'user pool',
  type: 'AWS::Cognito::UserPool',
  async list({ cognito }) {
    const found: { name: string; id: string }[] = [];
    for await (const { UserPools = [] } of paginateListUserPools({ client: cognito }, { MaxResults: 60 })) {
      for (const { Id: id = '', Name: name = id } of UserPools) {
        const pool = await poolOf(cognito, id);
        if (pool !== undefined && isOurs(pool)) found.push({ name, id });
      }
    }
    return found;
  },
  async remove({ id, name }, { cognito }) {
    const UserPoolId = id ?? name;
    const pool = await poolOf(cognito, UserPoolId);
    if (pool === undefined) return;
    // Whatever isn't told goes back to its default ("UpdateUserPool"), its functions too, which are gone by now. The tag by which it is known must outlive a cut before it is deleted.
    if (pool.DeletionProtection === 'ACTIVE')
      await cognito.send(
        new UpdateUserPoolCommand({
          UserPoolId,
          DeletionProtection: 'INACTIVE',
          UserPoolTags: { [tag.name]: tag.value },
          AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
        }),
      );
    await cognito.send(new DeleteUserPoolCommand({ UserPoolId }));
  },
};

async function poolOf(cognito: CognitoIdentityProviderClient, UserPoolId: string): Promise<UserPoolType | undefined> {
  try {
    return (await cognito.send(new DescribeUserPoolCommand({ UserPoolId }))).UserPool;
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

const isOurs = ({ UserPoolTags, LambdaConfig }: UserPoolType): boolean =>
  UserPoolTags?.[tag.name] === tag.value ||
  LambdaConfig?.PreTokenGenerationConfig?.LambdaArn?.includes(`:function:${stackPrefix}`) === true;
