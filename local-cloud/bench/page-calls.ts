import { Agent, request } from 'node:http';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, QueryCommand, type QueryCommandInput, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { deviceKey, latestBelow, latestKey, packSortKeysBetween, subtreePrefix, treeKey } from '@enstratus/contract';
import type { BenchUser, Plan } from './plan.ts';

/** The calls of each page, made in the order and side by side as the dashboard makes them. */
export interface PageCalls {
  fleet(user: BenchUser): Promise<void>;
  device(user: BenchUser, device: BenchUser['devices'][number]): Promise<void>;
  /** What a device's page asks once its subscription stands, when it has been shown already. */
  deviceAgain(user: BenchUser, device: BenchUser['devices'][number]): Promise<void>;
}

/** Hears of each call: its name, how long it took, how many bytes it brought. */
export type OnCall = (name: string, duration_ms: number, bytes: number) => void;

const page_rows = 500;
const day_s = 86_400;

/** The GraphQL calls of the dashboard's pages. */
export function graphqlPages({ graphql, operations }: Plan, onCall: OnCall): PageCalls {
  const agent = new Agent({ keepAlive: true, maxSockets: 500 });
  const call = async (name: string, user: BenchUser, variables: object): Promise<unknown> => {
    const operation = operations[name];
    if (operation === undefined) throw new Error(`the plan has no operation ${name}`);
    const started = performance.now();
    const text = await post(agent, graphql, user.token, JSON.stringify({ ...operation, operationName: operation.name, variables }));
    onCall(name, performance.now() - started, text.length);
    const { data, errors } = JSON.parse(text) as { data?: unknown; errors?: { message: string }[] };
    if (errors !== undefined) throw new Error(`${name}: ${errors.map(({ message }) => message).join('; ')}`);
    return data;
  };
  const whoAt = new WeakMap<BenchUser, number>();
  /** The dashboard keeps for five minutes who is signed in (me-query.ts). */
  const me = async (user: BenchUser): Promise<void> => {
    if (performance.now() - (whoAt.get(user) ?? Number.NEGATIVE_INFINITY) < 300_000) return;
    whoAt.set(user, performance.now());
    await call('Me', user, {});
  };
  return {
    fleet: async (user) => {
      const who = me(user);
      let after: string | null = null;
      do {
        const { devices } = (await call('FleetPage', user, { first: page_rows, after })) as {
          devices: { pageInfo: { hasNextPage: boolean; endCursor: string | null } };
        };
        after = devices.pageInfo.hasNextPage ? devices.pageInfo.endCursor : null;
      } while (after !== null);
      await who;
    },
    device: async (user, { device_id }) => {
      const to_ms = Math.ceil(Date.now() / 60_000) * 60_000;
      await Promise.all([
        me(user),
        call('Device', user, { device_id }),
        call('DevicePower', user, {
          device_id,
          from: new Date(to_ms - day_s * 1000).toISOString(),
          to: new Date(to_ms).toISOString(),
        }),
        call('WatchDevice', user, { device_id }),
      ]);
    },
    deviceAgain: async (user, { device_id }) => {
      await call('Device', user, { device_id });
    },
  };
}

function post(agent: Agent, url: string, token: string, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { agent, method: 'POST', headers: { authorization: token, 'content-type': 'application/json' } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          if (response.statusCode === 200) resolve(text);
          else reject(new Error(`HTTP ${response.statusCode} ${text.slice(0, 200)}`));
        });
      },
    );
    sent.once('error', reject);
    sent.end(body);
  });
}

/** The floor: the reads and the write that the same pages need, straight against DynamoDB through the SDK. */
export function tablePages({ dynamodb }: Plan, onCall: OnCall): PageCalls {
  const { endpoint, region, account, table: TableName } = dynamodb;
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient({
      endpoint,
      region,
      credentials: { accessKeyId: account, secretAccessKey: 'bench' },
      requestHandler: { httpAgent: new Agent({ keepAlive: true, maxSockets: 500 }) },
    }),
  );
  const timed = async <T>(name: string, work: Promise<T>): Promise<T> => {
    const started = performance.now();
    const result = await work;
    onCall(name, performance.now() - started, 0);
    return result;
  };
  const query = (name: string, input: Omit<QueryCommandInput, 'TableName'>) =>
    timed(name, client.send(new QueryCommand({ TableName, ...input })));
  return {
    fleet: async ({ path }) => {
      const { gsi1pk } = treeKey('DEVICE', path);
      const { pk, skPrefix } = latestBelow(path);
      let devicesFrom: Record<string, unknown> | undefined;
      let latestFrom: Record<string, unknown> | undefined;
      do {
        const [devices, latest] = await Promise.all([
          query('Query devices', {
            IndexName: 'gsi1',
            KeyConditionExpression: 'gsi1pk = :pk AND begins_with(gsi1sk, :prefix)',
            ExpressionAttributeValues: { ':pk': gsi1pk, ':prefix': subtreePrefix(path) },
            Limit: page_rows,
            ...(devicesFrom === undefined ? {} : { ExclusiveStartKey: devicesFrom }),
          }),
          query('Query latest', {
            KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
            ExpressionAttributeValues: { ':pk': pk, ':prefix': skPrefix },
            Limit: page_rows,
            ...(latestFrom === undefined ? {} : { ExclusiveStartKey: latestFrom }),
          }),
        ]);
        devicesFrom = devices.LastEvaluatedKey;
        latestFrom = latest.LastEvaluatedKey;
      } while (devicesFrom !== undefined);
    },
    device: async (_user, { device_id, path }) => {
      const now = Math.floor(Date.now() / 1000);
      const { first, last } = packSortKeysBetween(now - day_s, now);
      await Promise.all([
        timed('GetItem device', client.send(new GetCommand({ TableName, Key: deviceKey(device_id) }))),
        timed('GetItem latest', client.send(new GetCommand({ TableName, Key: latestKey(path) }))),
        query('Query packs', {
          KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
          ExpressionAttributeValues: { ':pk': deviceKey(device_id).pk, ':first': first, ':last': last },
        }),
        timed(
          'UpdateItem lease',
          client.send(
            new UpdateCommand({
              TableName,
              Key: latestKey(path),
              UpdateExpression: 'SET watched_until = :until',
              ExpressionAttributeValues: { ':until': now + 300 },
            }),
          ),
        ),
      ]);
    },
    deviceAgain: async (_user, { device_id, path }) => {
      await Promise.all([
        timed('GetItem device', client.send(new GetCommand({ TableName, Key: deviceKey(device_id) }))),
        timed('GetItem latest', client.send(new GetCommand({ TableName, Key: latestKey(path) }))),
      ]);
    },
  };
}
