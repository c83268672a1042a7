// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Fn::Sub's own placeholders
import {
  CreateStackCommand,
  DescribeStackEventsCommand,
  GetTemplateCommand,
  ListExportsCommand,
  RollbackStackCommand,
  UpdateStackCommand,
  ValidateTemplateCommand,
} from '@aws-sdk/client-cloudformation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { StackBench, THING, template } from '../../testing/stack-bench.ts';

let bench: StackBench;

beforeEach(async () => {
  bench = await StackBench.start();
});

afterEach(() => bench.stop());

describe('creating a stack', () => {
  test('makes resources in the order of their references and gives outputs', async () => {
    const stack = await bench.create(
      {
        Last: { Type: THING, Properties: { Link: { 'Fn::Sub': '${Middle.Arn}/${AWS::StackName}' } } },
        Middle: { Type: THING, Properties: { Link: { Ref: 'First' }, Size: { 'Fn::GetAtt': ['First', 'Size'] } } },
        First: { Type: THING, Properties: { Size: '3' } },
      },
      { Outputs: { Size: { Value: { 'Fn::GetAtt': 'Middle.Size' }, Export: { Name: 'middle-size' } } } },
    );
    expect(stack.StackStatus).toBe('CREATE_COMPLETE');
    expect(bench.things.calls.filter((call) => call.startsWith('create'))).toEqual(['create First', 'create Middle', 'create Last']);
    expect(stack.Outputs).toEqual([{ OutputKey: 'Size', OutputValue: '3', ExportName: 'middle-size' }]);
    const [first] = [...bench.things.existing.keys()];
    expect(first).toMatch(/^shop-First-[A-Z0-9]{12}$/);
    expect((await bench.client.send(new ListExportsCommand({}))).Exports).toEqual([
      { ExportingStackId: stack.StackId, Name: 'middle-size', Value: '3' },
    ]);
    const { StackEvents: told = [] } = await bench.client.send(new DescribeStackEventsCommand({ StackName: 'shop' }));
    const times = told.map(({ Timestamp }) => Timestamp?.getTime() ?? 0);
    expect(times).toEqual([...new Set(times)].toSorted((a, b) => b - a));
    expect(await bench.events()).toEqual([
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
    await bench.create({ A: { Type: THING }, B: { Type: THING }, C: { Type: THING } });
    expect(bench.things.mostAtOnce).toBeGreaterThan(1);
  });

  test('rolls back what it made when a resource fails, with the reason in an event', async () => {
    bench.things.failing.add('create Second');
    const stack = await bench.create({
      First: { Type: THING },
      Second: { Type: THING, DependsOn: 'First' },
      Third: { Type: THING, DependsOn: 'Second' },
    });
    expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
    expect(bench.things.existing.size).toBe(0);
    expect(bench.things.calls).not.toContain('create Third');
    expect(await bench.reasonOf('CREATE_FAILED')).toContain('create of Second fails');
    expect(await bench.reasonOf('ROLLBACK_IN_PROGRESS')).toBe(
      'The following resource(s) failed to create: [Second]. Rollback requested by user.',
    );
  });

  test('deletes what a create had half made', async () => {
    bench.things.failing.add('finish Named');
    expect((await bench.create({ Named: { Type: THING, Properties: { Name: 'Named' } } })).StackStatus).toBe('ROLLBACK_COMPLETE');
    expect(bench.things.existing.size).toBe(0);
  });

  test('keeps what it made with rollback disabled, and RollbackStack deletes it', async () => {
    bench.things.failing.add('create Second');
    const stack = await bench.create(
      { First: { Type: THING }, Second: { Type: THING, DependsOn: 'First' } },
      {},
      { DisableRollback: true },
    );
    expect(stack.StackStatus).toBe('CREATE_FAILED');
    expect(bench.things.existing.size).toBe(1);
    await bench.client.send(new RollbackStackCommand({ StackName: 'shop' }));
    expect((await bench.settled()).StackStatus).toBe('ROLLBACK_COMPLETE');
    expect(bench.things.existing.size).toBe(0);
  });

  test('rolled back keeps what is to be retained, but not what is to be retained except on create', async () => {
    bench.things.failing.add('create Last');
    await bench.create({
      Kept: { Type: THING, DeletionPolicy: 'Retain', Properties: { Name: 'Kept' } },
      Gone: { Type: THING, DeletionPolicy: 'RetainExceptOnCreate', Properties: { Name: 'Gone' } },
      Last: { Type: THING, DependsOn: ['Kept', 'Gone'] },
    });
    expect([...bench.things.existing.keys()]).toEqual(['Kept']);
  });

  test('can be given up for a delete while it goes on', async () => {
    let letGo: () => void = () => undefined;
    bench.things.waiting.set('create Slow', new Promise((resolve) => (letGo = resolve)));
    const { StackId: id = '' } = await bench.client.send(
      new CreateStackCommand({
        StackName: 'shop',
        TemplateBody: template({ Slow: { Type: THING, Properties: { Name: 'Slow' } }, After: { Type: THING, DependsOn: 'Slow' } }),
      }),
    );
    // In this process, so that the delete has begun when the create goes on.
    const deleted = bench.cloud.cloud.call('cloudformation', 'DeleteStack', { StackName: 'shop' }, bench.cloud.caller());
    letGo();
    await deleted;
    expect((await bench.settled(id)).StackStatus).toBe('DELETE_COMPLETE');
    expect(bench.things.calls).toEqual(['create Slow', 'finish Slow', 'delete Slow']);
  });

  test('deletes the stack itself with OnFailure DELETE', async () => {
    bench.things.failing.add('create First');
    const { StackId: id = '' } = await bench.client.send(
      new CreateStackCommand({ StackName: 'shop', TemplateBody: template({ First: { Type: THING } }), OnFailure: 'DELETE' }),
    );
    expect((await bench.settled(id)).StackStatus).toBe('DELETE_COMPLETE');
    await expect(bench.stack()).rejects.toThrow('Stack with id shop does not exist');
  });

  test('says at deploy what is accepted without effect', async () => {
    await bench.create({ First: { Type: THING, Properties: { Colour: 'red' } }, Alarm: { Type: 'AWS::CDK::Metadata' } });
    const { StackEvents: found = [] } = await bench.client.send(new DescribeStackEventsCommand({ StackName: 'shop' }));
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
    await bench.client.send(new CreateStackCommand({ StackName: 'shop', TemplateBody: body }));
    expect((await bench.settled()).StackStatus).toBe('CREATE_COMPLETE');
    expect([...bench.things.existing.values()]).toEqual([{ size: 1, link: 'y-a-${Keep}aGk=' }]);
    await bench.client.send(
      new UpdateStackCommand({ StackName: 'shop', UsePreviousTemplate: true, Parameters: [{ ParameterKey: 'Size', ParameterValue: '5' }] }),
    );
    expect((await bench.settled()).StackStatus).toBe('UPDATE_COMPLETE');
    expect([...bench.things.existing.values()].map(({ size }) => size).toSorted()).toEqual([1, 40]);
    expect((await bench.client.send(new GetTemplateCommand({ StackName: 'shop' }))).TemplateBody).toBe(body);
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
    [
      'an update policy for groups of servers',
      { Resources: { A: { Type: THING, UpdatePolicy: { AutoScalingRollingUpdate: {} } } } },
      /UpdatePolicy "AutoScalingRollingUpdate" of A/,
    ],
    [
      'a hook of an update policy',
      {
        Resources: {
          A: {
            Type: 'AWS::Lambda::Alias',
            UpdatePolicy: { CodeDeployLambdaAliasUpdate: { ApplicationName: 'a', DeploymentGroupName: 'g', BeforeAllowTrafficHook: 'h' } },
          },
        },
      },
      /UpdatePolicy "CodeDeployLambdaAliasUpdate.BeforeAllowTrafficHook" of A/,
    ],
    [
      'an update policy of what is no alias',
      {
        Resources: {
          A: { Type: THING, UpdatePolicy: { CodeDeployLambdaAliasUpdate: { ApplicationName: 'a', DeploymentGroupName: 'g' } } },
        },
      },
      /CodeDeployLambdaAliasUpdate is for AWS::Lambda::Alias, not for/,
    ],
    [
      'an update policy that names nothing',
      {
        Resources: {
          A: {
            Type: 'AWS::Lambda::Alias',
            UpdatePolicy: { CodeDeployLambdaAliasUpdate: { ApplicationName: { Ref: 'B' }, DeploymentGroupName: 'g' } },
          },
        },
      },
      'Template format error: Unresolved resource dependencies [B] in the Resources block of the template',
    ],
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
    await expect(bench.client.send(new CreateStackCommand({ StackName: 'shop', TemplateBody: JSON.stringify(body) }))).rejects.toThrow(
      message,
    );
    await expect(bench.stack()).rejects.toMatchObject({ name: 'ValidationError', message: 'Stack with id shop does not exist' });
    expect(bench.things.calls).toEqual([]);
  });

  test('IAM resources without the capability', async () => {
    const body = template({ R: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'r', AssumeRolePolicyDocument: {} } } });
    await expect(
      bench.client.send(new CreateStackCommand({ StackName: 'shop', TemplateBody: body, Capabilities: ['CAPABILITY_IAM'] })),
    ).rejects.toMatchObject({ name: 'InsufficientCapabilitiesException', message: 'Requires capabilities : [CAPABILITY_NAMED_IAM]' });
  });
});

test('validates a template without making anything', async () => {
  const answer = await bench.client.send(
    new ValidateTemplateCommand({
      TemplateBody: template({ A: { Type: THING } }, { Parameters: { P: { Type: 'String', Default: 'x' } } }),
    }),
  );
  expect(answer.Parameters).toEqual([{ ParameterKey: 'P', DefaultValue: 'x', NoEcho: false }]);
  await expect(bench.client.send(new ValidateTemplateCommand({ TemplateBody: 'Resources: [' }))).rejects.toThrow('YAML not well-formed');
});
