import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  DeleteParametersCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParameterHistoryCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  LabelParameterVersionCommand,
  ListTagsForResourceCommand,
  PutParameterCommand,
  type PutParameterCommandInput,
  RemoveTagsFromResourceCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ResourceContext, ResourceType } from '../../kernel/resource-type.ts';
import { ACCOUNT, startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { assumeRole } from '../iam/role-sessions.ts';
import { createSsm } from './ssm-service.ts';

let test: TestCloud;
let ssm: SSMClient;

beforeEach(async () => {
  test = await startTestCloud([createSsm]);
  ssm = new SSMClient(test.client);
});
afterEach(() => test.stop());

const put = (Name: string, Value: string, more: Partial<PutParameterCommandInput> = {}) =>
  ssm.send(new PutParameterCommand({ Name, Value, Type: 'String', ...more }));
const get = async (Name: string, more: object = {}) => (await ssm.send(new GetParameterCommand({ Name, ...more }))).Parameter;
const ARN = `arn:aws:ssm:us-east-2:${ACCOUNT}:parameter`;

it('keeps a parameter with its versions, also over a restart', async () => {
  expect(await put('/a/b', 'one', { Description: 'd' })).toMatchObject({ Version: 1, Tier: 'Standard' });
  await expect(put('/a/b', 'two')).rejects.toMatchObject({ name: 'ParameterAlreadyExists' });
  const overwritten = new PutParameterCommand({ Name: '/a/b', Value: 'two', Overwrite: true });
  expect((await ssm.send(overwritten)).Version).toBe(2);
  test = await test.restart();
  ssm = new SSMClient(test.client);
  const found = await get('/a/b');
  expect(found).toMatchObject({ Name: '/a/b', Type: 'String', Value: 'two', Version: 2, ARN: `${ARN}/a/b`, DataType: 'text' });
  expect(found?.LastModifiedDate).toBeInstanceOf(Date);
  expect(await get('/a/b:1')).toMatchObject({ Name: '/a/b', Value: 'one', Selector: ':1' });
  expect(await get(`${ARN}/a/b`)).toMatchObject({ Name: '/a/b', Value: 'two' });
  await expect(get('/a/b:3')).rejects.toMatchObject({ name: 'ParameterVersionNotFound' });
  await expect(get('/a')).rejects.toMatchObject({ name: 'ParameterNotFound' });
  const history = await ssm.send(new GetParameterHistoryCommand({ Name: '/a/b', MaxResults: 1 }));
  expect(history.Parameters).toMatchObject([
    { Value: 'one', Version: 1, Description: 'd', LastModifiedUser: `arn:aws:iam::${ACCOUNT}:root` },
  ]);
  const rest = await ssm.send(new GetParameterHistoryCommand({ Name: '/a/b', NextToken: history.NextToken }));
  expect(rest.Parameters?.map(({ Value }) => Value)).toEqual(['two']);
});

it('keeps secrets encrypted on disk, under a key that only its owner reads', async () => {
  const secret = 'not-to-be-found-anywhere';
  await put('/s', secret, { Type: 'SecureString' });
  expect((await get('/s'))?.Value).not.toContain(secret);
  expect((await get('/s', { WithDecryption: true }))?.Value).toBe(secret);
  const files = readdirSync(test.cloud.state.root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name));
  expect(paths.filter((path) => readFileSync(path).includes(secret))).toEqual([]);
  const keys = paths.filter((path) => path.endsWith('.key'));
  expect(keys.map((path) => statSync(path).mode & 0o777)).toEqual([0o600]);
  test = await test.restart();
  ssm = new SSMClient(test.client);
  expect((await get('/s', { WithDecryption: true }))?.Value).toBe(secret);
});

it('keeps accounts and regions apart', async () => {
  await put('/a', 'here');
  const other = new SSMClient({ ...test.client, credentials: { accessKeyId: '444455556666', secretAccessKey: 'x' } });
  const west = new SSMClient({ ...test.client, region: 'us-west-2' });
  for (const client of [other, west]) {
    await expect(client.send(new GetParameterCommand({ Name: '/a' }))).rejects.toMatchObject({ name: 'ParameterNotFound' });
  }
});

it.each([
  ['/a//b', 'ValidationException'],
  ['/a/', 'ValidationException'],
  ['a/b', 'ValidationException'],
  ['/a b', 'ValidationException'],
  ['/ssm/x', 'ValidationException'],
  ['SSMx', 'ValidationException'],
  ['/aws/x', 'AccessDeniedException'],
  ['AWSx', 'AccessDeniedException'],
  ['/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16', 'HierarchyLevelLimitExceededException'],
  [`/${'x'.repeat(1011)}`, 'ValidationException'],
])('refuses the name %s', async (name, error) => {
  await expect(put(name, 'x')).rejects.toMatchObject({ name: error });
});

it('refuses values that are too long, empty or against the pattern, and a change of type', async () => {
  await put('/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15', 'x'.repeat(4096));
  await expect(put('/long', 'x'.repeat(4097))).rejects.toThrow('maximum parameter value of 4096');
  await put('/long', 'x'.repeat(8192), { Tier: 'Advanced' });
  await expect(put('/long', 'x', { Tier: 'Standard', Overwrite: true })).rejects.toThrow('downgrade');
  await expect(put('/empty', '')).rejects.toMatchObject({ name: 'ValidationException' });
  await expect(put('/p', 'abc', { AllowedPattern: '^\\d+$' })).rejects.toMatchObject({ name: 'ParameterPatternMismatchException' });
  await expect(put('/p', 'abc', { AllowedPattern: '(' })).rejects.toMatchObject({ name: 'InvalidAllowedPatternException' });
  await expect(put('/p', 'abc', { AllowedPattern: '^(?!x)' })).rejects.toMatchObject({
    name: 'InvalidAllowedPatternException',
    message: expect.stringContaining('does not carry out lookahead'),
  });
  await expect(put('/p', `${'a'.repeat(60)}!`, { AllowedPattern: '^(a+)+$' })).rejects.toMatchObject({
    name: 'ParameterPatternMismatchException',
  });
  await put('/p', '123', { AllowedPattern: '^\\d+$' });
  await expect(put('/p', 'abc', { Overwrite: true })).rejects.toMatchObject({ name: 'ParameterPatternMismatchException' });
  await expect(put('/p', '1', { Type: 'SecureString', Overwrite: true })).rejects.toMatchObject({ name: 'HierarchyTypeMismatchException' });
  const untyped = new PutParameterCommand({ Name: '/new', Value: 'x' });
  await expect(ssm.send(untyped)).rejects.toThrow('type is required');
});

it('reads several at once, and names those it has not', async () => {
  await put('/a', '1');
  await put('b', '2', { Type: 'StringList' });
  const { Parameters, InvalidParameters } = await ssm.send(new GetParametersCommand({ Names: ['/none', 'b', '/a', '/a:9'] }));
  expect(Parameters?.map(({ Name, Value }) => [Name, Value])).toEqual([
    ['b', '2'],
    ['/a', '1'],
  ]);
  expect(InvalidParameters).toEqual(['/none', '/a:9']);
  const { DeletedParameters, InvalidParameters: gone } = await ssm.send(new DeleteParametersCommand({ Names: ['/a', '/none'] }));
  expect([DeletedParameters, gone]).toEqual([['/a'], ['/none']]);
  await ssm.send(new DeleteParameterCommand({ Name: 'b' }));
  await expect(ssm.send(new DeleteParameterCommand({ Name: 'b' }))).rejects.toMatchObject({ name: 'ParameterNotFound' });
  expect((await put('b', 'again')).Version).toBe(1);
});

it('pages through a path, every parameter once, whatever the page size', async () => {
  const below = ['/p/a', '/p/b/c', '/p/b/d/e', '/p/f', '/p/g'];
  for (const name of [...below, '/pa', '/q/p/a', 'p']) await put(name, 'x');
  const page = async (Path: string, Recursive: boolean, MaxResults: number) => {
    const names: unknown[] = [];
    let NextToken: string | undefined;
    do {
      const answer = await ssm.send(new GetParametersByPathCommand({ Path, Recursive, MaxResults, NextToken }));
      names.push(...(answer.Parameters ?? []).map(({ Name }) => Name));
      NextToken = answer.NextToken;
    } while (NextToken !== undefined);
    return names;
  };
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 10 }), fc.constantFrom('/p', '/p/'), async (size, path) => {
      expect(await page(path, true, size)).toEqual(below);
      expect(await page(path, false, size)).toEqual(['/p/a', '/p/f', '/p/g']);
    }),
    { numRuns: 12 },
  );
  expect(await page('/', false, 10)).toEqual(['/pa']);
  await expect(page('p', true, 10)).rejects.toMatchObject({ name: 'ValidationException' });
});

it('describes parameters by filter', async () => {
  await put('/x/one', '1');
  await put('/x/y/two', '2', { Type: 'SecureString', Tags: [{ Key: 'team', Value: 'ingest' }] });
  const names = async (ParameterFilters: object[]) =>
    (await ssm.send(new DescribeParametersCommand({ ParameterFilters: ParameterFilters as never }))).Parameters?.map(({ Name }) => Name);
  expect(await names([{ Key: 'Name', Option: 'BeginsWith', Values: ['x/'] }])).toEqual(['/x/one', '/x/y/two']);
  expect(await names([{ Key: 'Name', Option: 'Contains', Values: ['tw'] }])).toEqual(['/x/y/two']);
  expect(await names([{ Key: 'Path', Values: ['/x'] }])).toEqual(['/x/one']);
  expect(
    await names([
      { Key: 'Path', Option: 'Recursive', Values: ['/x'] },
      { Key: 'Type', Values: ['SecureString'] },
    ]),
  ).toEqual(['/x/y/two']);
  expect(await names([{ Key: 'tag:team', Values: ['ingest'] }])).toEqual(['/x/y/two']);
  await expect(names([{ Key: 'Colour', Values: ['red'] }])).rejects.toMatchObject({ name: 'InvalidFilterKey' });
});

it('tags parameters', async () => {
  const resource = { ResourceType: 'Parameter', ResourceId: '/t' } as const;
  await put('/t', 'x', { Tags: [{ Key: 'a', Value: '1' }] });
  await ssm.send(new AddTagsToResourceCommand({ ...resource, Tags: [{ Key: 'b', Value: '2' }] }));
  await ssm.send(new RemoveTagsFromResourceCommand({ ...resource, TagKeys: ['a'] }));
  expect((await ssm.send(new ListTagsForResourceCommand(resource))).TagList).toEqual([{ Key: 'b', Value: '2' }]);
  await expect(put('/t', 'y', { Overwrite: true, Tags: [{ Key: 'a', Value: '1' }] })).rejects.toThrow("can't be used together");
  await expect(ssm.send(new ListTagsForResourceCommand({ ...resource, ResourceId: '/none' }))).rejects.toMatchObject({
    name: 'InvalidResourceId',
  });
});

it('keeps the latest 100 versions', async () => {
  for (let version = 1; version <= 101; version++) await put('/many', String(version), { Overwrite: true });
  await expect(get('/many:1')).rejects.toMatchObject({ name: 'ParameterVersionNotFound' });
  expect((await get('/many:2'))?.Value).toBe('2');
});

it('asks for the right on the parameter, or on the path', async () => {
  await put('/enstratus/infra/name', 'x', { Type: 'SecureString' });
  await put('/enstratus/other', 'y');
  const call = (operation: string, input: object) => test.cloud.call('iam', operation, { RoleName: 'reader', ...input }, test.caller());
  const trust = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } };
  await call('CreateRole', { AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [trust] }) });
  const Statement = [
    { Effect: 'Allow', Action: ['ssm:GetParameter', 'ssm:GetParameters'], Resource: `${ARN}/enstratus/infra/name` },
    { Effect: 'Allow', Action: 'ssm:GetParametersByPath', Resource: `${ARN}/enstratus/infra` },
  ];
  await call('PutRolePolicy', { PolicyName: 'only', PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }) });
  const roleArn = `arn:aws:iam::${ACCOUNT}:role/reader`;
  const credentials = assumeRole(test.cloud, { roleArn, sessionName: 's', servicePrincipal: 'lambda.amazonaws.com' });
  const reader = new SSMClient({ ...test.client, credentials });
  const Name = '/enstratus/infra/name';
  expect((await reader.send(new GetParameterCommand({ Name, WithDecryption: true }))).Parameter?.Value).toBe('x');
  await reader.send(new GetParametersByPathCommand({ Path: '/enstratus/infra/' }));
  const denied = { name: 'AccessDeniedException' };
  await expect(reader.send(new GetParametersByPathCommand({ Path: '/enstratus' }))).rejects.toMatchObject(denied);
  await expect(reader.send(new GetParametersCommand({ Names: [Name, '/enstratus/other'] }))).rejects.toMatchObject(denied);
  await expect(reader.send(new PutParameterCommand({ Name, Value: 'z', Overwrite: true }))).rejects.toMatchObject(denied);
});

it('refuses by name what it does not carry out', async () => {
  await expect(get('/aws/service/ami/x')).rejects.toThrow('public parameter');
  await expect(put('/k', 'x', { Type: 'SecureString', KeyId: 'mine' })).rejects.toThrow('KMS key');
  await expect(put('/k', 'x', { Tier: 'Intelligent-Tiering' })).rejects.toThrow('Intelligent-Tiering');
  await expect(put('/k', 'x', { Policies: '[]' })).rejects.toThrow('"Policies" of ssm:PutParameter');
  await expect(ssm.send(new LabelParameterVersionCommand({ Name: '/k', Labels: ['a'] }))).rejects.toThrow('ssm:LabelParameterVersion');
});

it('makes parameters of a stack', async () => {
  const type = test.cloud.service('ssm')?.resourceTypes?.[0] as unknown as ResourceType<unknown>;
  const context = {
    ...test.caller(),
    stackTags: { stage: 'dev' },
    uniqueName: () => 'Stack-Name-1',
    call: (service: string, operation: string, input: unknown) => test.cloud.call(service, operation, input, test.caller()),
  } as unknown as ResourceContext;
  const first = type.properties.parse({ Type: 'String', Value: 'one', Name: '/of/stack', Tags: { a: '1' } });
  expect(await type.create(first, context)).toEqual({ physicalId: '/of/stack', attributes: { Type: 'String', Value: 'one' } });
  const resource = { ResourceType: 'Parameter', ResourceId: '/of/stack' } as const;
  const tags = async () =>
    (await ssm.send(new ListTagsForResourceCommand(resource))).TagList?.map(({ Key, Value }) => `${Key}=${Value}`).toSorted();
  expect(await tags()).toEqual(['a=1', 'stage=dev']);
  const second = type.properties.parse({ Type: 'String', Value: 'two', Name: '/of/stack', Tags: { b: '2' } });
  await type.update?.('/of/stack', second, first, context);
  expect([(await get('/of/stack'))?.Value, await tags()]).toEqual(['two', ['b=2', 'stage=dev']]);
  expect(await type.create(type.properties.parse({ Type: 'StringList', Value: 'a,b' }), context)).toMatchObject({
    physicalId: 'Stack-Name-1',
  });
  await type.delete('/of/stack', second, context);
  await type.delete('/of/stack', second, context);
  expect(() => type.properties.parse({ Type: 'SecureString', Value: 'x' })).toThrow();
});
