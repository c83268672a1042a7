import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { z } from 'zod';
import { createDynamoDb } from '../../src/services/dynamodb/dynamodb-service.ts';
import { startTestCloud } from '../../src/testing/test-cloud.ts';

/** What a behaviour is tried on. */
export type TargetName = 'local cloud' | 'DynamoDB Local' | 'AWS';

export interface Target {
  readonly name: TargetName;
  readonly db: DynamoDB;
  /** Tables on it are named with this in front. */
  readonly prefix: string;
  stop(): Promise<void>;
}

const environment = z.object({
  /** Where DynamoDB Local answers, `http://127.0.0.1:<port>`. */
  ENSTRATUS_DYNAMODB_LOCAL: z.url().optional(),
  /** The beginning of tables' names on AWS: 3 characters at least, so that nothing else is met by it. */
  ENSTRATUS_CONFORMANCE_AWS: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{3,100}$/)
    .optional(),
});

/**
 * The targets of this run: AWS alone where a prefix for tables is given, else the local cloud, and DynamoDB Local beside it where
 * it runs. Throws when the environment says something else than an address or a prefix.
 */
export function targetNames(): readonly TargetName[] {
  const { ENSTRATUS_DYNAMODB_LOCAL: local, ENSTRATUS_CONFORMANCE_AWS: aws } = environment.parse(process.env);
  if (aws !== undefined) return ['AWS'];
  return local === undefined ? ['local cloud'] : ['local cloud', 'DynamoDB Local'];
}

/** A client over HTTP for the target, which is started where it is the local cloud. */
export async function startTarget(name: TargetName): Promise<Target> {
  const { ENSTRATUS_DYNAMODB_LOCAL: endpoint, ENSTRATUS_CONFORMANCE_AWS: prefix } = environment.parse(process.env);
  switch (name) {
    case 'local cloud': {
      const cloud = await startTestCloud([createDynamoDb]);
      const db = new DynamoDB(cloud.client);
      return { name, db, prefix: '', stop: () => cloud.stop() };
    }
    case 'DynamoDB Local': {
      // Databases are told apart by the access key: suites that run at the same time don't see each other.
      const accessKeyId = `suite${process.pid}${Math.floor(performance.now())}`;
      const credentials = { accessKeyId, secretAccessKey: 'any' };
      const db = new DynamoDB({ endpoint: endpoint ?? '', region: 'us-east-2', credentials, maxAttempts: 1 });
      return { name, db, prefix: '', stop: async () => db.destroy() };
    }
    case 'AWS': {
      // The reader's own credentials and region, as the SDK finds them.
      const db = new DynamoDB({});
      return { name, db, prefix: `${prefix ?? ''}-`, stop: async () => db.destroy() };
    }
  }
}
