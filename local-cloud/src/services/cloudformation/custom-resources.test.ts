import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { operation, type Service } from '../../kernel/service.ts';
import { Things } from '../../testing/fake-resources.ts';
import { startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createCloudFormation } from './cloudformation-service.ts';

interface CustomRequest {
  readonly RequestType: string;
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceType: string;
  readonly ResourceProperties: Record<string, unknown>;
  readonly OldResourceProperties?: Record<string, unknown>;
}

const ARN = 'arn:aws:lambda:us-east-2:111122223333:function:f';

let things: Things;
let cloud: TestCloud;
let client: CloudFormationClient;
let requests: CustomRequest[];
/** Answers of the function by request type; none: it never answers. */
let answers: Record<string, object | undefined>;

function lambda(): Service {
  return {
    name: 'lambda',
    protocol: { kind: 'query', namespace: 'urn:lambda' },
    operations: {
      Invoke: operation({
        input: z.strictObject({ FunctionName: z.literal(ARN), InvocationType: z.literal('Event'), Payload: z.instanceof(Uint8Array) }),
        authorize: () => [{ action: 'lambda:InvokeFunction', resource: ARN }],
        run: ({ Payload }) => {
          const request = JSON.parse(Buffer.from(Payload).toString('utf8')) as CustomRequest;
          requests.push(request);
          const answer = answers[request.RequestType];
          if (answer !== undefined) void respond(request, answer);
          return { StatusCode: 202 };
        },
      }),
    },
  };
}

async function respond(request: CustomRequest, answer: object): Promise<number> {
  const { StackId, RequestId, LogicalResourceId } = request;
  const body = JSON.stringify({ Status: 'SUCCESS', PhysicalResourceId: 'made', StackId, RequestId, LogicalResourceId, ...answer });
  return (await fetch(request.ResponseURL, { method: 'PUT', body })).status;
}

beforeEach(async () => {
  requests = [];
  answers = { Create: { Data: { Word: 'hello' } }, Update: {}, Delete: {} };
  things = new Things();
  cloud = await startTestCloud([things.create, lambda, createCloudFormation]);
  client = new CloudFormationClient(cloud.client);
});

afterEach(async () => {
  client.destroy();
  await cloud.stop();
});

function body(properties: object, more: object = {}): string {
  return JSON.stringify({
    Resources: { Asked: { Type: 'Custom::Asked', Properties: { ServiceToken: ARN, ...properties } }, ...more },
    Outputs: { Word: { Value: { 'Fn::GetAtt': ['Asked', 'Word'] } } },
  });
}

async function settled(name = 'shop') {
  return vi.waitFor(
    async () => {
      const stack = (await client.send(new DescribeStacksCommand({ StackName: name }))).Stacks?.[0];
      expect(stack?.StackStatus).not.toMatch(/_IN_PROGRESS$/);
      return stack;
    },
    { timeout: 10_000, interval: 10 },
  );
}

async function create(properties: object, more: object = {}) {
  await client.send(new CreateStackCommand({ StackName: 'shop', TemplateBody: body(properties, more) }));
  return settled();
}

test('is asked with its properties as text, and its answer gives id and attributes', async () => {
  const stack = await create({ Count: 3, Flag: true, List: [1, { Deep: false }] });
  expect(stack?.StackStatus).toBe('CREATE_COMPLETE');
  expect(stack?.Outputs?.[0]?.OutputValue).toBe('hello');
  expect(requests).toEqual([
    expect.objectContaining({
      RequestType: 'Create',
      StackId: stack?.StackId,
      LogicalResourceId: 'Asked',
      ResourceType: 'Custom::Asked',
      ResourceProperties: { ServiceToken: ARN, Count: '3', Flag: 'true', List: ['1', { Deep: 'false' }] },
    }),
  ]);
  expect(requests[0]?.ResponseURL).toMatch(new RegExp(`^${cloud.endpoint}/_cloudformation/custom-resource/[\\w-]{43}$`));
});

test('can be answered once only, and only at its own address', async () => {
  await create({});
  const [request] = requests;
  if (request === undefined) throw new Error('nothing was asked');
  expect(await respond(request, {})).toBe(403);
  expect(await respond({ ...request, ResponseURL: `${cloud.endpoint}/_cloudformation/custom-resource/guess` }, {})).toBe(403);
});

test('that fails is rolled back under its id, with its reason', async () => {
  answers['Create'] = { Status: 'FAILED', Reason: 'not today', PhysicalResourceId: 'half' };
  const stack = await create({});
  expect(stack?.StackStatus).toBe('ROLLBACK_COMPLETE');
  expect(requests.map(({ RequestType, PhysicalResourceId }) => [RequestType, PhysicalResourceId])).toEqual([
    ['Create', undefined],
    ['Delete', 'half'],
  ]);
});

test('that does not answer in time fails', async () => {
  answers['Create'] = undefined;
  const stack = await create({ ServiceTimeout: 1 });
  expect(stack?.StackStatus).toBe('ROLLBACK_COMPLETE');
  expect(requests.map(({ RequestType }) => RequestType)).toEqual(['Create', 'Delete']);
});

test('gives up waiting when another resource fails', async () => {
  answers['Create'] = undefined;
  things.failing.add('create Other');
  const stack = await create({}, { Other: { Type: 'Test::Things::Thing' } });
  expect(stack?.StackStatus).toBe('ROLLBACK_COMPLETE');
});

test('that answers a change with another id is replaced: the old one is deleted in the clean-up', async () => {
  await create({ Count: 1 });
  answers['Update'] = { PhysicalResourceId: 'other', Data: { Word: 'again' } };
  await client.send(new UpdateStackCommand({ StackName: 'shop', TemplateBody: body({ Count: 2 }) }));
  const stack = await settled();
  expect(stack?.StackStatus).toBe('UPDATE_COMPLETE');
  expect(stack?.Outputs?.[0]?.OutputValue).toBe('again');
  expect(requests.map(({ RequestType, PhysicalResourceId }) => [RequestType, PhysicalResourceId])).toEqual([
    ['Create', undefined],
    ['Update', 'made'],
    ['Delete', 'made'],
  ]);
  expect(requests[1]).toMatchObject({ ResourceProperties: { Count: '2' }, OldResourceProperties: { Count: '1' } });
});

test('is told to change back when the update fails', async () => {
  await create({ Count: 1 });
  things.failing.add('create Late');
  const late = { Late: { Type: 'Test::Things::Thing', DependsOn: 'Asked' } };
  await client.send(new UpdateStackCommand({ StackName: 'shop', TemplateBody: body({ Count: 2 }, late) }));
  expect((await settled())?.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(requests.slice(1)).toMatchObject([
    { RequestType: 'Update', ResourceProperties: { Count: '2' }, OldResourceProperties: { Count: '1' } },
    { RequestType: 'Update', ResourceProperties: { Count: '1' }, OldResourceProperties: { Count: '2' } },
  ]);
});

test('that asks for it has its values masked in outputs', async () => {
  answers['Create'] = { NoEcho: true, Data: { Word: 'secret' } };
  expect((await create({}))?.Outputs?.[0]?.OutputValue).toBe('****');
});

test('does not change its function, and is deleted with its stack', async () => {
  const id = (await create({}))?.StackId ?? '';
  await expect(client.send(new UpdateStackCommand({ StackName: 'shop', TemplateBody: body({ ServiceToken: `${ARN}2` }) }))).rejects.toThrow(
    'Modifying service token is not allowed.',
  );
  await client.send(new DeleteStackCommand({ StackName: 'shop' }));
  expect((await settled(id))?.StackStatus).toBe('DELETE_COMPLETE');
  expect(requests.at(-1)).toMatchObject({ RequestType: 'Delete', PhysicalResourceId: 'made' });
});
