import { type DynamoDBDocumentClient, PutCommand, type PutCommandInput } from '@aws-sdk/lib-dynamodb';
import { organizationEntity, userEntity } from '@enstratus/contract/entities';

/** What writes items. */
export type Documents = Pick<DynamoDBDocumentClient, 'send'>;

/** The root of the organization tree: what the contract's paths begin with. */
export const rootOrganization = { path: '/enfusion', name: 'ENFusion' } as const;

/**
 * Writes what must stand in an empty table before anybody works with it: the root of the organization tree, below which every partner, site and device is. All other settings are parameters
 * that the stacks write. What stands there stays. Throws what DynamoDB throws.
 */
export async function seedSettings(documents: Documents, table: string, created_at: number): Promise<void> {
  await putOnce(
    documents,
    organizationEntity({ table })
      .create({ ...rootOrganization, created_at })
      .params<PutCommandInput>(),
  );
}

export interface Person {
  readonly user_id: string;
  readonly email: string;
  readonly name: string;
}

/** Writes the item of an operator of the whole fleet; who stands there stays as they are. Throws what DynamoDB throws. */
export async function putOperator(documents: Documents, table: string, person: Person, created_at: number): Promise<void> {
  const item = { ...person, persona: 'admin', path: rootOrganization.path, created_at } as const;
  await putOnce(documents, userEntity({ table }).create(item).params<PutCommandInput>());
}

/** Puts an item on the condition that electrodb's `create` brings: nothing stands there. */
async function putOnce(documents: Documents, put: PutCommandInput): Promise<void> {
  try {
    await documents.send(new PutCommand(put));
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ConditionalCheckFailedException')) throw error;
  }
}
