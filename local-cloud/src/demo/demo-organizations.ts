import type { DynamoDBDocumentClient, PutCommandInput } from '@aws-sdk/lib-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { organizationEntity, siteEntity } from '@enstratus/contract/entities';
import { type DemoOrganization, organizationsOf, sitesOf } from './demo-tree.ts';

const atOnce = 16;

/** Writes a tree's organizations and sites; what is there stays as it is. */
export async function writeDemoOrganizations(documents: DynamoDBDocumentClient, table: string, tree: DemoOrganization): Promise<void> {
  const created_at = Math.floor(Date.now() / 1000);
  const puts = [
    ...organizationsOf(tree).map(({ path, organization }) =>
      organizationEntity({ table }).create({ path, name: organization.name, created_at }).params<PutCommandInput>(),
    ),
    ...sitesOf(tree).map(({ path, site: { name, time_zone } }) =>
      siteEntity({ table }).create({ path, name, time_zone, created_at }).params<PutCommandInput>(),
    ),
  ].reverse();
  const worker = async () => {
    for (let put = puts.pop(); put !== undefined; put = puts.pop()) await putOnce(documents, put);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** Puts an item on the condition that electrodb's `create` brings: nothing stands there. */
export async function putOnce(documents: DynamoDBDocumentClient, put: PutCommandInput): Promise<void> {
  try {
    await documents.send(new PutCommand(put));
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ConditionalCheckFailedException')) throw error;
  }
}
