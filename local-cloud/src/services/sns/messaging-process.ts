import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import { Cloud } from '../../kernel/cloud.ts';
import { administratorOf } from '../../kernel/principal.ts';
import { listen } from '../../kernel/server.ts';
import { operation, type Service } from '../../kernel/service.ts';
import { State } from '../../kernel/state.ts';
import { createIam } from '../iam/iam-service.ts';
import { createSqs } from '../sqs/sqs-service.ts';
import { createSns } from './sns-service.ts';

// Queues and topics in a process of their own, for tests that kill it. Arguments: the state's folder, and whether
// functions are `up` or `down`. The endpoint is printed.
const [, , directory = '', functions] = process.argv;

/** Stands for the Lambda service: every function writes what it is told into the queue `via-function`, or is out of order. */
function createFunctions(cloud: Cloud): Service {
  return {
    name: 'lambda',
    protocol: { kind: 'query', namespace: 'none' },
    operations: {
      Invoke: operation({
        input: z.strictObject({ FunctionName: z.string(), InvocationType: z.literal('Event'), Payload: z.instanceof(Uint8Array) }),
        authorize: () => [],
        run: async ({ Payload }, { account, region }) => {
          if (functions !== 'up') throw new AwsError('ServiceException', 'out of order', 500);
          const { Records } = JSON.parse(Buffer.from(Payload).toString()) as { Records: [{ Sns: { Message: string } }] };
          const message = { QueueUrl: `/${account}/via-function`, MessageBody: Records[0].Sns.Message };
          await cloud.call('sqs', 'SendMessage', message, { account, region, principal: administratorOf(account) });
        },
      }),
    },
  };
}

const cloud = new Cloud({ state: new State(directory) });
for (const create of [createIam, createSqs, createFunctions, createSns]) cloud.register(create(cloud));
await listen(cloud, 0);
await cloud.start();
console.log(cloud.endpoint);
