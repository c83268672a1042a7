import {
  CloudFormationClient,
  CreateChangeSetCommand,
  type CreateChangeSetCommandInput,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  ListChangeSetsCommand,
} from '@aws-sdk/client-cloudformation';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Things } from '../../testing/fake-resources.ts';
import { ACCOUNT, startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { assumeRole } from '../iam/role-sessions.ts';
import { createSsm } from '../ssm/ssm-service.ts';
import { createCloudFormation } from './cloudformation-service.ts';

const THING = 'Test::Things::Thing';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/deployer`;

let things: Things;
let cloud: TestCloud;
let client: CloudFormationClient;

beforeEach(async () => {
  things = new Things();
  cloud = await startTestCloud([createSsm, things.create, createCloudFormation]);
  client = new CloudFormationClient(cloud.client);
});

afterEach(async () => {
  client.destroy();
  await cloud.stop();
});

async function propose(name: string, template: object, input: Partial<CreateChangeSetCommandInput> = {}) {
  await client.send(
    new CreateChangeSetCommand({ StackName: 'shop', ChangeSetName: name, TemplateBody: JSON.stringify(template), ...input }),
  );
  return client.send(new DescribeChangeSetCommand({ StackName: 'shop', ChangeSetName: name, IncludePropertyValues: true }));
}

async function execute(name: string): Promise<string | undefined> {
  await client.send(new ExecuteChangeSetCommand({ StackName: 'shop', ChangeSetName: name }));
  return settled();
}

async function settled(): Promise<string | undefined> {
  return vi.waitFor(
    async () => {
      const status = (await client.send(new DescribeStacksCommand({ StackName: 'shop' }))).Stacks?.[0]?.StackStatus;
      expect(status).not.toMatch(/_IN_PROGRESS$/);
      return status;
    },
    { timeout: 10_000, interval: 10 },
  );
}

const FIRST = {
  Resources: {
    Named: { Type: THING, Properties: { Name: 'One', Size: 1 } },
    Linked: { Type: THING, Properties: { Link: { Ref: 'Named' } } },
    Gone: { Type: THING, DeletionPolicy: 'Retain' },
  },
};

describe('a change set', () => {
  test('of a new stack is refused when its name can be none', async () => {
    const made = propose('first', FIRST, { ChangeSetType: 'CREATE', StackName: ' ' });
    await expect(made).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining('StackName: Member must satisfy'),
    });
  });

  test('of a new stack waits for review, and makes nothing until it is executed', async () => {
    const proposed = await propose('first', FIRST, { ChangeSetType: 'CREATE' });
    expect(proposed).toMatchObject({ Status: 'CREATE_COMPLETE', ExecutionStatus: 'AVAILABLE' });
    expect(proposed.Changes?.map(({ ResourceChange: change }) => [change?.Action, change?.LogicalResourceId])).toEqual([
      ['Add', 'Named'],
      ['Add', 'Linked'],
      ['Add', 'Gone'],
    ]);
    expect((await client.send(new DescribeStacksCommand({ StackName: 'shop' }))).Stacks?.[0]?.StackStatus).toBe('REVIEW_IN_PROGRESS');
    expect(things.existing.size).toBe(0);
    expect(await execute('first')).toBe('CREATE_COMPLETE');
    expect(things.existing.size).toBe(3);
    const after = await client.send(new DescribeChangeSetCommand({ StackName: 'shop', ChangeSetName: 'first' }));
    expect(after.ExecutionStatus).toBe('EXECUTE_COMPLETE');
  });

  test('of a stack that stays in review is deleted with it', async () => {
    await propose('first', FIRST, { ChangeSetType: 'CREATE' });
    await client.send(new DeleteChangeSetCommand({ StackName: 'shop', ChangeSetName: 'first' }));
    await client.send(new DeleteStackCommand({ StackName: 'shop' }));
    await vi.waitFor(() =>
      expect(client.send(new DescribeStacksCommand({ StackName: 'shop' }))).rejects.toThrow('Stack with id shop does not exist'),
    );
  });

  test('tells what is changed, replaced and removed, and what follows from it', async () => {
    await propose('first', FIRST, { ChangeSetType: 'CREATE' });
    await execute('first');
    const { Changes: changes = [] } = await propose('second', {
      Resources: { ...FIRST.Resources, Named: { Type: THING, Properties: { Name: 'Two', Size: 1 } }, Gone: undefined },
    });
    expect(changes.map(({ ResourceChange: change }) => change)).toMatchObject([
      {
        Action: 'Modify',
        LogicalResourceId: 'Named',
        PhysicalResourceId: 'One',
        Replacement: 'True',
        PolicyAction: 'ReplaceAndDelete',
        Scope: ['Properties'],
        Details: [
          {
            Target: { Name: 'Name', RequiresRecreation: 'Always', BeforeValue: 'One', AfterValue: 'Two' },
            Evaluation: 'Static',
            ChangeSource: 'DirectModification',
          },
        ],
      },
      {
        Action: 'Modify',
        LogicalResourceId: 'Linked',
        Replacement: 'False',
        Details: [{ Target: { Name: 'Link', AfterValue: '{{changeSet:KNOWN_AFTER_APPLY}}' }, Evaluation: 'Dynamic' }],
      },
      { Action: 'Remove', LogicalResourceId: 'Gone', PolicyAction: 'Retain' },
    ]);
    const plain = await client.send(new DescribeChangeSetCommand({ StackName: 'shop', ChangeSetName: 'second' }));
    expect(JSON.stringify(plain.Changes)).not.toMatch(/BeforeValue|AfterContext/);
  });

  test('without changes fails in the words that clients look for', async () => {
    await propose('first', FIRST, { ChangeSetType: 'CREATE' });
    await execute('first');
    const same = await propose('same', FIRST);
    expect(same).toMatchObject({
      Status: 'FAILED',
      ExecutionStatus: 'UNAVAILABLE',
      StatusReason: "The submitted information didn't contain changes. Submit different information to create a change set.",
    });
    await expect(execute('same')).rejects.toMatchObject({ name: 'InvalidChangeSetStatusException' });
    const tagged = await propose('tagged', FIRST, { Tags: [{ Key: 'a', Value: 'b' }] });
    expect(tagged.Changes?.[0]?.ResourceChange?.Scope).toEqual(['Tags']);
  });

  test('is gone when another was executed, and is not found then', async () => {
    await propose('first', FIRST, { ChangeSetType: 'CREATE' });
    await propose('other', FIRST, { ChangeSetType: 'CREATE' });
    await execute('first');
    const { Summaries: left = [] } = await client.send(new ListChangeSetsCommand({ StackName: 'shop' }));
    expect(left.map(({ ChangeSetName }) => ChangeSetName)).toEqual(['first']);
    await expect(client.send(new DescribeChangeSetCommand({ StackName: 'shop', ChangeSetName: 'other' }))).rejects.toMatchObject({
      name: 'ChangeSetNotFoundException',
    });
  });

  test('keeps what SSM parameters held when it was made', async () => {
    const put = (Value: string) =>
      cloud.cloud.call('ssm', 'PutParameter', { Name: '/size', Value, Type: 'String', Overwrite: true }, cloud.caller());
    const template = {
      Parameters: { Size: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/size' } },
      Resources: { Named: { Type: THING, Properties: { Name: 'One', Size: { Ref: 'Size' } } } },
    };
    await expect(propose('none', template, { ChangeSetType: 'CREATE' })).rejects.toThrow(
      'Unable to fetch parameters [/size] from parameter store for this account.',
    );
    await put('4');
    const { Parameters: parameters } = await propose('first', template, { ChangeSetType: 'CREATE' });
    expect(parameters).toEqual([{ ParameterKey: 'Size', ParameterValue: '/size', ResolvedValue: '4' }]);
    await execute('first');
    await put('5');
    expect((await propose('second', template)).Changes).toHaveLength(1);
    await execute('second');
    expect(things.existing.get('One')?.size).toBe(5);
  });
});

describe('rights', () => {
  const iam = (operation: string, input: object) => cloud.cloud.call('iam', operation, input, cloud.caller());

  async function role(name: string, trusted: object, ...statements: object[]) {
    const trust = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: trusted }] };
    await iam('CreateRole', { RoleName: name, AssumeRolePolicyDocument: JSON.stringify(trust) });
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: statements.map((statement) => ({ Effect: 'Allow', Resource: '*', ...statement })),
    });
    if (statements.length > 0) await iam('PutRolePolicy', { RoleName: name, PolicyName: 'p', PolicyDocument });
  }

  test('are those of the role that the stack was given', async () => {
    await role(
      'deployer',
      { Service: 'cloudformation.amazonaws.com' },
      { Action: 'things:create' },
      { Action: ['things:finish', 'things:delete'] },
    );
    await propose('first', FIRST, { ChangeSetType: 'CREATE', RoleARN: ROLE });
    expect(await execute('first')).toBe('CREATE_COMPLETE');
    const changed = { Resources: { ...FIRST.Resources, Named: { Type: THING, Properties: { Name: 'One', Size: 2 } } } };
    await propose('second', changed);
    expect(await execute('second')).toBe('UPDATE_ROLLBACK_FAILED');
    expect(things.existing.get('One')?.size).toBe(1);
  });

  test('to hand over a role, and to change the stack, are asked of the caller', async () => {
    await role('deployer', { Service: 'cloudformation.amazonaws.com' });
    await role('person', { Service: 'lambda.amazonaws.com' }, { Action: 'cloudformation:CreateChangeSet' });
    const { principal } = assumeRole(cloud.cloud, {
      roleArn: `arn:aws:iam::${ACCOUNT}:role/person`,
      sessionName: 's',
      servicePrincipal: 'lambda.amazonaws.com',
    });
    const call = (operation: string, input: object) => cloud.cloud.call('cloudformation', operation, input, cloud.caller(principal));
    const input = { StackName: 'shop', ChangeSetName: 'c', ChangeSetType: 'CREATE', TemplateBody: JSON.stringify(FIRST) };
    await expect(call('CreateChangeSet', { ...input, RoleARN: ROLE })).rejects.toThrow(`iam:PassRole on resource: ${ROLE}`);
    await expect(call('DescribeStacks', { StackName: 'shop' })).rejects.toThrow(
      `cloudformation:DescribeStacks on resource: arn:aws:cloudformation:us-east-2:${ACCOUNT}:stack/shop/*`,
    );
    await call('CreateChangeSet', input);
  });

  test('of a role that CloudFormation may not take are refused at once', async () => {
    await role('deployer', { Service: 'lambda.amazonaws.com' });
    await expect(propose('first', FIRST, { ChangeSetType: 'CREATE', RoleARN: ROLE })).rejects.toThrow(
      `Role ${ROLE} is invalid or cannot be assumed`,
    );
  });
});
