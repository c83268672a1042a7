// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Fn::Sub's own placeholders
import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudFormationClient,
  CreateStackCommand,
  type CreateStackCommandInput,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
  ListExportsCommand,
  ListStackResourcesCommand,
  ListStacksCommand,
  RollbackStackCommand,
  type Stack,
  UpdateStackCommand,
  UpdateTerminationProtectionCommand,
  ValidateTemplateCommand,
} from '@aws-sdk/client-cloudformation';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Things } from '../../testing/fake-resources.ts';
import { startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createCloudFormation } from './cloudformation-service.ts';

const THING = 'Test::Things::Thing';

let things: Things;
let cloud: TestCloud;
let client: CloudFormationClient;

beforeEach(async () => {
  things = new Things();
  cloud = await startTestCloud([things.create, createCloudFormation]);
  client = new CloudFormationClient(cloud.client);
});

afterEach(async () => {
  client.destroy();
  await cloud.stop();
});

type Resources = Record<string, object>;

function template(Resources: Resources, more: object = {}): string {
  return JSON.stringify({ ...more, Resources });
}

async function stackOf(name: string): Promise<Stack> {
  const { Stacks: stacks } = await client.send(new DescribeStacksCommand({ StackName: name }));
  const stack = stacks?.[0];
  if (stack === undefined) throw new Error(`no stack ${name}`);
  return stack;
}

async function settled(name: string): Promise<Stack> {
  return vi.waitFor(
    async () => {
      const stack = await stackOf(name);
      expect(stack.StackStatus).not.toMatch(/_IN_PROGRESS$/);
      return stack;
    },
    { timeout: 10_000, interval: 10 },
  );
}

async function create(Resources: Resources, more: object = {}, input: Partial<CreateStackCommandInput> = {}): Promise<Stack> {
  await client.send(new CreateStackCommand({ StackName: 'shop', TemplateBody: template(Resources, more), ...input }));
  return settled('shop');
}

async function update(Resources: Resources, more: object = {}, input: object = {}): Promise<Stack> {
  await client.send(new UpdateStackCommand({ StackName: 'shop', TemplateBody: template(Resources, more), ...input }));
  return settled('shop');
}

async function events(name: string): Promise<string[]> {
  const { StackEvents: found = [] } = await client.send(new DescribeStackEventsCommand({ StackName: name }));
  return found.map(({ LogicalResourceId, ResourceStatus }) => `${LogicalResourceId} ${ResourceStatus}`).toReversed();
}

describe('creating a stack', () => {
  test('makes resources in the order of their references and gives outputs', async () => {
    const stack = await create(
      {
        Last: { Type: THING, Properties: { Link: { 'Fn::Sub': '${Middle.Arn}/${AWS::StackName}' } } },
        Middle: { Type: THING, Properties: { Link: { Ref: 'First' }, Size: { 'Fn::GetAtt': ['First', 'Size'] } } },
        First: { Type: THING, Properties: { Size: '3' } },
      },
      { Outputs: { Size: { Value: { 'Fn::GetAtt': 'Middle.Size' }, Export: { Name: 'middle-size' } } } },
    );
    expect(stack.StackStatus).toBe('CREATE_COMPLETE');
    expect(things.calls.filter((call) => call.startsWith('create'))).toEqual(['create First', 'create Middle', 'create Last']);
    expect(stack.Outputs).toEqual([{ OutputKey: 'Size', OutputValue: '3', ExportName: 'middle-size' }]);
    const [first] = [...things.existing.keys()];
    expect(first).toMatch(/^shop-First-[A-Z0-9]{12}$/);
    expect((await client.send(new ListExportsCommand({}))).Exports).toEqual([
      { ExportingStackId: stack.StackId, Name: 'middle-size', Value: '3' },
    ]);
    const { StackEvents: told = [] } = await client.send(new DescribeStackEventsCommand({ StackName: 'shop' }));
    const times = told.map(({ Timestamp }) => Timestamp?.getTime() ?? 0);
    expect(times).toEqual([...new Set(times)].toSorted((a, b) => b - a));
    expect(await events('shop')).toEqual([
      'shop CREATE_IN_PROGRESS',
      'First CREATE_IN_PROGRESS',
      'First CREATE_IN_PROGRESS',
      'First CREATE_COMPLETE',
      'Middle CREATE_IN_PROGRESS',
      'Middle CREATE_IN_PROGRESS',
      'Middle CREATE_COMPLETE',
      'Last CREATE_IN_PROGRESS',
      'Last CREATE_IN_PROGRESS',
      'Last CREATE_COMPLETE',
      'shop CREATE_COMPLETE',
    ]);
  });

  test('makes resources that are independent of each other at the same time', async () => {
    await create({ A: { Type: THING }, B: { Type: THING }, C: { Type: THING } });
    expect(things.mostAtOnce).toBeGreaterThan(1);
  });

  test('rolls back what it made when a resource fails, with the reason in an event', async () => {
    things.failing.add('create Second');
    const stack = await create({
      First: { Type: THING },
      Second: { Type: THING, DependsOn: 'First' },
      Third: { Type: THING, DependsOn: 'Second' },
    });
    expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
    expect(things.existing.size).toBe(0);
    expect(things.calls).not.toContain('create Third');
    const { StackEvents: found = [] } = await client.send(new DescribeStackEventsCommand({ StackName: 'shop' }));
    expect(found.find(({ ResourceStatus }) => ResourceStatus === 'CREATE_FAILED')?.ResourceStatusReason).toContain(
      'create of Second fails',
    );
    expect(found.find(({ ResourceStatus }) => ResourceStatus === 'ROLLBACK_IN_PROGRESS')?.ResourceStatusReason).toBe(
      'The following resource(s) failed to create: [Second]. Rollback requested by user.',
    );
  });

  test('deletes what a create had half made', async () => {
    things.failing.add('finish Named');
    expect((await create({ Named: { Type: THING, Properties: { Name: 'Named' } } })).StackStatus).toBe('ROLLBACK_COMPLETE');
    expect(things.existing.size).toBe(0);
  });

  test('keeps what it made with rollback disabled, and RollbackStack deletes it', async () => {
    things.failing.add('create Second');
    const stack = await create({ First: { Type: THING }, Second: { Type: THING, DependsOn: 'First' } }, {}, { DisableRollback: true });
    expect(stack.StackStatus).toBe('CREATE_FAILED');
    expect(things.existing.size).toBe(1);
    await client.send(new RollbackStackCommand({ StackName: 'shop' }));
    expect((await settled('shop')).StackStatus).toBe('ROLLBACK_COMPLETE');
    expect(things.existing.size).toBe(0);
  });

  test('rolled back keeps what is to be retained, but not what is to be retained except on create', async () => {
    things.failing.add('create Last');
    await create({
      Kept: { Type: THING, DeletionPolicy: 'Retain', Properties: { Name: 'Kept' } },
      Gone: { Type: THING, DeletionPolicy: 'RetainExceptOnCreate', Properties: { Name: 'Gone' } },
      Last: { Type: THING, DependsOn: ['Kept', 'Gone'] },
    });
    expect([...things.existing.keys()]).toEqual(['Kept']);
  });

  test('can be given up for a delete while it goes on', async () => {
    let letGo: () => void = () => undefined;
    things.waiting.set('create Slow', new Promise((resolve) => (letGo = resolve)));
    const { StackId: id = '' } = await client.send(
      new CreateStackCommand({
        StackName: 'shop',
        TemplateBody: template({ Slow: { Type: THING, Properties: { Name: 'Slow' } }, After: { Type: THING, DependsOn: 'Slow' } }),
      }),
    );
    // In this process, so that the delete has begun when the create goes on.
    const deleted = cloud.cloud.call('cloudformation', 'DeleteStack', { StackName: 'shop' }, cloud.caller());
    letGo();
    await deleted;
    expect((await settled(id)).StackStatus).toBe('DELETE_COMPLETE');
    expect(things.calls).toEqual(['create Slow', 'finish Slow', 'delete Slow']);
  });

  test('deletes the stack itself with OnFailure DELETE', async () => {
    things.failing.add('create First');
    const { StackId: id = '' } = await client.send(
      new CreateStackCommand({ StackName: 'shop', TemplateBody: template({ First: { Type: THING } }), OnFailure: 'DELETE' }),
    );
    expect((await settled(id)).StackStatus).toBe('DELETE_COMPLETE');
    await expect(stackOf('shop')).rejects.toThrow('Stack with id shop does not exist');
  });

  test('says at deploy what is accepted without effect', async () => {
    await create({ First: { Type: THING, Properties: { Colour: 'red' } }, Alarm: { Type: 'AWS::CDK::Metadata' } });
    const { StackEvents: found = [] } = await client.send(new DescribeStackEventsCommand({ StackName: 'shop' }));
    const reasons = found.map(({ ResourceStatusReason }) => ResourceStatusReason);
    expect(reasons).toContainEqual(expect.stringContaining('accepted without effect: Colour (things have no colour here)'));
    expect(reasons).toContainEqual(expect.stringContaining('accepted without effect: CDK tells AWS'));
  });

  test('reads YAML with short forms, parameters, mappings and conditions', async () => {
    const body = `
Parameters:
  Size: { Type: Number, Default: 2, MaxValue: 9 }
  Names: { Type: CommaDelimitedList, Default: "x, y" }
Mappings: { Sizes: { us-east-2: { Extra: 40 } } }
Conditions:
  Big: !Not [!Equals [!Ref Size, 2]]
  AlsoBig: !And [!Condition Big, !Condition Big]
Resources:
  Always:
    Type: ${THING}
    Properties:
      Size: !If [AlsoBig, !FindInMap [Sizes, !Ref AWS::Region, Extra], !Ref AWS::NoValue]
      Link: !Join ['-', [!Select [1, !Ref Names], !Select [0, !Split ['/', 'a/b']], !Sub ['\${!Keep}\${V}', { V: !Base64 hi }]]]
  Sometimes:
    Type: ${THING}
    Condition: Big
`;
    await client.send(new CreateStackCommand({ StackName: 'shop', TemplateBody: body }));
    expect((await settled('shop')).StackStatus).toBe('CREATE_COMPLETE');
    expect([...things.existing.values()]).toEqual([{ size: 1, link: 'y-a-${Keep}aGk=' }]);
    await client.send(
      new UpdateStackCommand({ StackName: 'shop', UsePreviousTemplate: true, Parameters: [{ ParameterKey: 'Size', ParameterValue: '5' }] }),
    );
    expect((await settled('shop')).StackStatus).toBe('UPDATE_COMPLETE');
    expect([...things.existing.values()].map(({ size }) => size).toSorted()).toEqual([1, 40]);
    expect((await client.send(new GetTemplateCommand({ StackName: 'shop' }))).TemplateBody).toBe(body);
  });
});

describe('what is wrong is refused before anything is made', () => {
  const refused: [string, object, string | RegExp][] = [
    ['an unknown resource type', { Resources: { A: { Type: 'AWS::Unknown::Thing' } } }, /resource type AWS::Unknown::Thing \(A\)/],
    [
      'an unknown property',
      { Resources: { A: { Type: THING, Properties: { Weight: 1 } } } },
      /property Weight of Test::Things::Thing \(A\)/,
    ],
    [
      'a wrong property, beside one that is not known yet',
      { Resources: { A: { Type: THING, Properties: { Size: 'many', Link: { Ref: 'B' } } }, B: { Type: THING } } },
      /A \(Test::Things::Thing\): Size/,
    ],
    [
      'an unknown intrinsic',
      { Resources: { A: { Type: THING, Properties: { Link: { 'Fn::Magic': '' } } } } },
      /intrinsic function Fn::Magic/,
    ],
    ['an unknown section', { Resources: { A: { Type: THING } }, Extras: {} }, 'Invalid template property or properties [Extras]'],
    ['a transform', { Resources: { A: { Type: THING } }, Transform: 'AWS::Serverless-2016-10-31' }, /template section "Transform"/],
    ['an unknown attribute', { Resources: { A: { Type: THING, Props: {} } } }, "Invalid template resource property 'Props' of A"],
    ['a creation policy', { Resources: { A: { Type: THING, CreationPolicy: {} } } }, /resource attribute "CreationPolicy" of A/],
    ['a snapshot policy', { Resources: { A: { Type: THING, DeletionPolicy: 'Snapshot' } } }, /DeletionPolicy "Snapshot" of A/],
    [
      'a reference to nothing',
      { Resources: { A: { Type: THING, Properties: { Link: { Ref: 'B' } } } } },
      'Template format error: Unresolved resource dependencies [B] in the Resources block of the template',
    ],
    [
      'a circle',
      { Resources: { A: { Type: THING, Properties: { Link: { Ref: 'B' } } }, B: { Type: THING, DependsOn: ['A'] } } },
      'Circular dependency between resources: [A, B]',
    ],
    [
      'an import of nothing',
      { Resources: { A: { Type: THING, Properties: { Link: { 'Fn::ImportValue': 'none' } } } } },
      'No export named none found.',
    ],
    [
      'a parameter without a value',
      { Resources: { A: { Type: THING } }, Parameters: { P: { Type: 'String' } } },
      'Parameters: [P] must have values',
    ],
    [
      'a rule that does not hold',
      {
        Resources: { A: { Type: THING } },
        Parameters: { Version: { Type: 'String', Default: '5' } },
        Rules: {
          Check: {
            Assertions: [
              { Assert: { 'Fn::Not': [{ 'Fn::Contains': [['1', '5'], { Ref: 'Version' }] }] }, AssertDescription: 'version 6 is needed' },
            ],
          },
        },
      },
      /version 6 is needed/,
    ],
  ];

  test.each(refused)('%s', async (_name, body, message) => {
    await expect(client.send(new CreateStackCommand({ StackName: 'shop', TemplateBody: JSON.stringify(body) }))).rejects.toThrow(message);
    await expect(stackOf('shop')).rejects.toMatchObject({ name: 'ValidationError', message: 'Stack with id shop does not exist' });
    expect(things.calls).toEqual([]);
  });

  test('IAM resources without the capability', async () => {
    const body = template({ R: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'r', AssumeRolePolicyDocument: {} } } });
    await expect(
      client.send(new CreateStackCommand({ StackName: 'shop', TemplateBody: body, Capabilities: ['CAPABILITY_IAM'] })),
    ).rejects.toMatchObject({ name: 'InsufficientCapabilitiesException', message: 'Requires capabilities : [CAPABILITY_NAMED_IAM]' });
  });
});

describe('updating a stack', () => {
  test('changes in place, replaces, adds and removes, and cleans up last', async () => {
    await create({
      Grows: { Type: THING, Properties: { Size: 1 } },
      Moves: { Type: THING, Properties: { Name: 'Old' } },
      Follows: { Type: THING, Properties: { Link: { Ref: 'Moves' } } },
      Goes: { Type: THING, Properties: { Name: 'Goes' } },
      Stays: { Type: THING },
    });
    const unchanged = (await client.send(new DescribeStackResourcesCommand({ StackName: 'shop', LogicalResourceId: 'Grows' })))
      .StackResources;
    things.calls.length = 0;
    const stack = await update({
      Grows: { Type: THING, Properties: { Size: 2 } },
      Moves: { Type: THING, Properties: { Name: 'New' } },
      Follows: { Type: THING, Properties: { Link: { Ref: 'Moves' } } },
      Stays: { Type: THING },
      Comes: { Type: THING, Properties: { Name: 'Comes' } },
    });
    expect(stack.StackStatus).toBe('UPDATE_COMPLETE');
    expect(things.calls.toSorted()).toEqual(
      [
        'create Comes',
        'create New',
        'delete Goes',
        'delete Old',
        'finish Comes',
        'finish New',
        'update Follows',
        'update Grows',
      ].toSorted(),
    );
    expect(things.calls.findIndex((call) => call.startsWith('delete'))).toBeGreaterThan(things.calls.indexOf('update Follows'));
    expect([...things.existing.values()].map(({ link }) => link)).toContain('New');
    const after = (await client.send(new DescribeStackResourcesCommand({ StackName: 'shop', LogicalResourceId: 'Grows' }))).StackResources;
    expect(after?.[0]?.PhysicalResourceId).toBe(unchanged?.[0]?.PhysicalResourceId);
    expect((await events('shop')).slice(-1)).toEqual(['shop UPDATE_COMPLETE']);
    expect(await events('shop')).toContain('shop UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
  });

  test('that fails is rolled back: old properties, old resources, old template', async () => {
    const before: Resources = {
      Grows: { Type: THING, Properties: { Size: 1 } },
      Moves: { Type: THING, Properties: { Name: 'Old' }, DependsOn: 'Grows' },
      Goes: { Type: THING, Properties: { Name: 'Goes' } },
    };
    await create(before, { Outputs: { O: { Value: { Ref: 'Moves' } } } });
    const existing = new Map(things.existing);
    things.failing.add('create Broken');
    const stack = await update(
      {
        Grows: { Type: THING, Properties: { Size: 2 } },
        Moves: { Type: THING, Properties: { Name: 'New' }, DependsOn: 'Grows' },
        Comes: { Type: THING, DependsOn: 'Moves' },
        Broken: { Type: THING, DependsOn: 'Comes' },
      },
      { Outputs: { O: { Value: 'changed' } } },
    );
    expect(stack.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(things.existing).toEqual(existing);
    expect(stack.Outputs?.[0]?.OutputValue).toBe('Old');
    expect(JSON.parse((await client.send(new GetTemplateCommand({ StackName: 'shop' }))).TemplateBody ?? '').Resources).toEqual(before);
    const resources = (await client.send(new ListStackResourcesCommand({ StackName: 'shop' }))).StackResourceSummaries;
    expect(resources?.map(({ LogicalResourceId, PhysicalResourceId }) => [LogicalResourceId, PhysicalResourceId])).toEqual([
      ['Goes', 'Goes'],
      ['Grows', expect.stringMatching(/^shop-Grows-/)],
      ['Moves', 'Old'],
    ]);
    expect((await update(before, { Outputs: { O: { Value: 'again' } } })).StackStatus).toBe('UPDATE_COMPLETE');
    expect(things.existing).toEqual(existing);
  });

  test('whose rollback fails can be continued', async () => {
    await create({ Grows: { Type: THING, Properties: { Size: 1 } } });
    things.failing.add('update Grows');
    expect((await update({ Grows: { Type: THING, Properties: { Size: 2 } } })).StackStatus).toBe('UPDATE_ROLLBACK_FAILED');
    things.failing.clear();
    const { ContinueUpdateRollbackCommand } = await import('@aws-sdk/client-cloudformation');
    await client.send(new ContinueUpdateRollbackCommand({ StackName: 'shop' }));
    expect((await settled('shop')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect([...things.existing.values()]).toEqual([{ size: 1, link: '' }]);
  });

  test('without a change is refused', async () => {
    await create({ A: { Type: THING, Properties: { Size: 1 } } });
    await expect(update({ A: { Type: THING, Properties: { Size: '1' } } })).rejects.toThrow('No updates are to be performed.');
  });

  test('of a custom-named resource that must be replaced under its name says so', async () => {
    await create({ A: { Type: THING, Properties: { Name: 'Same' } }, B: { Type: THING, Properties: { Name: 'Other' } } });
    expect(
      (await update({ A: { Type: THING, Properties: { Name: 'Other' } }, B: { Type: THING, Properties: { Name: 'Other' } } })).StackStatus,
    ).toBe('UPDATE_ROLLBACK_COMPLETE');
    const { StackEvents: found = [] } = await client.send(new DescribeStackEventsCommand({ StackName: 'shop' }));
    expect(found.find(({ ResourceStatus }) => ResourceStatus === 'UPDATE_FAILED')?.ResourceStatusReason).toContain(
      'CloudFormation cannot update a stack when a custom-named resource requires replacing.',
    );
    expect([...things.existing.keys()].toSorted()).toEqual(['Other', 'Same']);
  });

  test('keeps a replaced resource that is to be retained', async () => {
    await create({ A: { Type: THING, UpdateReplacePolicy: 'Retain', Properties: { Name: 'One' } } });
    await update({ A: { Type: THING, UpdateReplacePolicy: 'Retain', Properties: { Name: 'Two' } } });
    expect([...things.existing.keys()]).toEqual(['One', 'Two']);
    expect(await events('shop')).toContain('A DELETE_SKIPPED');
  });
});

describe('deleting a stack', () => {
  test('goes in the opposite order, keeps what is retained, and answers by id only', async () => {
    const { StackId: id = '' } = await create({
      A: { Type: THING },
      B: { Type: THING, Properties: { Link: { Ref: 'A' } } },
      Kept: { Type: THING, DeletionPolicy: 'Retain', Properties: { Name: 'Kept' } },
    });
    things.calls.length = 0;
    await client.send(new DeleteStackCommand({ StackName: 'shop' }));
    expect((await settled(id)).StackStatus).toBe('DELETE_COMPLETE');
    expect(things.calls).toEqual(['delete B', 'delete A']);
    expect([...things.existing.keys()]).toEqual(['Kept']);
    await expect(stackOf('shop')).rejects.toThrow('Stack with id shop does not exist');
    const { StackSummaries: listed } = await client.send(new ListStacksCommand({ StackStatusFilter: ['DELETE_COMPLETE'] }));
    expect(listed?.map(({ StackId }) => StackId)).toEqual([id]);
  });

  test('that fails can be tried again, or go on without the resource', async () => {
    const { StackId: id = '' } = await create({ A: { Type: THING }, B: { Type: THING } });
    things.failing.add('delete A');
    await client.send(new DeleteStackCommand({ StackName: 'shop' }));
    const failed = await settled('shop');
    expect(failed.StackStatus).toBe('DELETE_FAILED');
    expect(failed.StackStatusReason).toBe('The following resource(s) failed to delete: [A].');
    await client.send(new DeleteStackCommand({ StackName: 'shop', RetainResources: ['A'] }));
    expect((await settled(id)).StackStatus).toBe('DELETE_COMPLETE');
  });

  test('is refused while it is protected', async () => {
    await create({ A: { Type: THING } });
    await client.send(new UpdateTerminationProtectionCommand({ StackName: 'shop', EnableTerminationProtection: true }));
    await expect(client.send(new DeleteStackCommand({ StackName: 'shop' }))).rejects.toThrow('TerminationProtection is enabled');
  });

  test('fails while another stack imports its export', async () => {
    await create({ A: { Type: THING } }, { Outputs: { O: { Value: 'v', Export: { Name: 'shared' } } } });
    const importing = template({ B: { Type: THING, Properties: { Link: { 'Fn::ImportValue': 'shared' } } } });
    await client.send(new CreateStackCommand({ StackName: 'other', TemplateBody: importing }));
    await settled('other');
    await client.send(new DeleteStackCommand({ StackName: 'shop' }));
    expect((await settled('shop')).StackStatusReason).toBe('Delete canceled. Cannot delete export shared as it is in use by other');
    expect(things.existing.size).toBe(2);
  });
});

test('an update that kill -9 interrupts is rolled back at the next start, half-made resources included', async () => {
  await create({ Grows: { Type: THING, Properties: { Size: 1 } } });
  let letGo: () => void = () => undefined;
  things.waiting.set('finish Half', new Promise((resolve) => (letGo = resolve)));
  await client.send(
    new UpdateStackCommand({
      StackName: 'shop',
      TemplateBody: template({
        Grows: { Type: THING, Properties: { Size: 2 } },
        Half: { Type: THING, Properties: { Name: 'Half' }, DependsOn: 'Grows' },
      }),
    }),
  );
  await vi.waitFor(() => expect(things.existing.has('Half')).toBe(true));
  // What is on disk at this moment is what a killed process leaves behind.
  const directory = mkdtempSync(join(tmpdir(), 'killed-'));
  cpSync(cloud.cloud.state.root, directory, { recursive: true });
  const killed = cloud;
  things.waiting.clear();
  cloud = await startTestCloud([things.create, createCloudFormation], { directory });
  const interrupted = client;
  client = new CloudFormationClient(cloud.client);
  expect((await settled('shop')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect([...things.existing.values()]).toEqual([{ size: 1, link: '' }]);
  const { StackEvents: found = [] } = await client.send(new DescribeStackEventsCommand({ StackName: 'shop' }));
  expect(found.find(({ ResourceStatus }) => ResourceStatus === 'UPDATE_ROLLBACK_IN_PROGRESS')?.ResourceStatusReason).toBe(
    'The local cloud was stopped while this was going on. Resource(s) in progress: [Half].',
  );
  expect((await update({ Grows: { Type: THING, Properties: { Size: 3 } } })).StackStatus).toBe('UPDATE_COMPLETE');
  interrupted.destroy();
  letGo();
  await killed.stop();
});

test('validates a template without making anything', async () => {
  const answer = await client.send(
    new ValidateTemplateCommand({
      TemplateBody: template({ A: { Type: THING } }, { Parameters: { P: { Type: 'String', Default: 'x' } } }),
    }),
  );
  expect(answer.Parameters).toEqual([{ ParameterKey: 'P', DefaultValue: 'x', NoEcho: false }]);
  await expect(client.send(new ValidateTemplateCommand({ TemplateBody: 'Resources: [' }))).rejects.toThrow('YAML not well-formed');
});

test('a deployment that the end of the process interrupts is rolled back at the next start', async () => {
  await create({ Grows: { Type: THING, Properties: { Size: 1 } } });
  let letGo: () => void = () => undefined;
  things.waiting.set('create Slow', new Promise((resolve) => (letGo = resolve)));
  await client.send(
    new UpdateStackCommand({
      StackName: 'shop',
      TemplateBody: template({
        Grows: { Type: THING, Properties: { Size: 2 } },
        Slow: { Type: THING, Properties: { Name: 'Slow' }, DependsOn: 'Grows' },
        After: { Type: THING, DependsOn: 'Slow' },
      }),
    }),
  );
  await vi.waitFor(async () => expect(await events('shop')).toContain('Slow CREATE_IN_PROGRESS'));
  const restarted = cloud.restart();
  letGo();
  cloud = await restarted;
  client.destroy();
  client = new CloudFormationClient(cloud.client);
  expect((await settled('shop')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect([...things.existing.values()]).toEqual([{ size: 1, link: '' }]);
  expect(things.calls).not.toContain('create After');
  expect((await update({ Grows: { Type: THING, Properties: { Size: 3 } } })).StackStatus).toBe('UPDATE_COMPLETE');
});
