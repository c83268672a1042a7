import type { DynamoDBDocumentClient, PutCommandInput } from '@aws-sdk/lib-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { organizationEntity, siteEntity } from '@enstratus/contract/entities';
import { demoTree, organizationsOf, sitesOf } from './demo-tree.ts';

/** Writes the demo tree's organizations and sites; what is there stays as it is. */
export async function writeDemoOrganizations(documents: DynamoDBDocumentClient, table: string): Promise<void> {
  const created_at = Math.floor(Date.now() / 1000);
  const puts = [
    ...organizationsOf(demoTree).map(({ path, organization }) =>
      organizationEntity({ table }).create({ path, name: organization.name, created_at }).params<PutCommandInput>(),
    ),
    ...sitesOf(demoTree).map(({ path, site: { name, time_zone } }) =>
      siteEntity({ table }).create({ path, name, time_zone, created_at }).params<PutCommandInput>(),
    ),
  ];
  await Promise.all(puts.map((put) => putOnce(documents, put)));
}

/** Puts an item on the condition that electrodb's `create` brings: nothing stands there. */
export async function putOnce(documents: DynamoDBDocumentClient, put: PutCommandInput): Promise<void> {
  try {
    await documents.send(new PutCommand(put));
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ConditionalCheckFailedException')) throw error;
  }
}
