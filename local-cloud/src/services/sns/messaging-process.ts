import { Cloud } from '../../kernel/cloud.ts';
import { listen } from '../../kernel/server.ts';
import { State } from '../../kernel/state.ts';
import { createIam } from '../iam/iam-service.ts';
import { createSqs } from '../sqs/sqs-service.ts';
import { createSns } from './sns-service.ts';

// Queues and topics in a process of their own, for tests that kill it: the state's folder is the argument, the endpoint is printed.
const [, , directory = ''] = process.argv;
const cloud = new Cloud({ state: new State(directory) });
for (const create of [createIam, createSqs, createSns]) cloud.register(create(cloud));
await listen(cloud, 0);
await cloud.start();
console.log(cloud.endpoint);
