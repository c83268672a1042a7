import { startTestCloud } from '../../testing/test-cloud.ts';
import { createDynamoDb } from './dynamodb-service.ts';

/** The process that durability.test.ts kills: a local cloud on the state folder given, its endpoint on standard output. */
const [, , directory] = process.argv;
if (directory === undefined) throw new Error('usage: durability-child.ts <state folder>');
const { endpoint } = await startTestCloud([createDynamoDb], { directory });
console.log(endpoint);
