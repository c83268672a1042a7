import { z } from 'zod';
import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import { operation } from '../../kernel/service.ts';
import { parameterArn } from './parameter-name.ts';
import {
  described,
  kept,
  type Parameters,
  readToken,
  type ScopeParameters,
  tagConditions,
  tagList,
  tagRecord,
  writeToken,
} from './parameter-operations.ts';
import type { Parameter } from './parameter-store.ts';

const filter = z.strictObject({ Key: z.string(), Option: z.string().optional(), Values: z.array(z.string()).min(1).max(50).optional() });
type Filter = z.output<typeof filter>;

const taggedResource = { ResourceType: z.string(), ResourceId: z.string() };

export function parameterSearchOperations(parametersOf: Parameters) {
  return {
    GetParametersByPath: operation({
      input: z.strictObject({
        Path: z.string().min(1),
        Recursive: z.boolean().default(false),
        WithDecryption: z.boolean().default(false),
        ParameterFilters: z.array(filter).optional(),
        MaxResults: z.number().int().min(1).max(10).default(10),
        NextToken: z.string().optional(),
      }),
      authorize: (input, context) => [
        {
          action: 'ssm:GetParametersByPath',
          resource: parameterArn(withoutEndSlash(input.Path), context),
          conditions: { 'ssm:Recursive': String(input.Recursive) },
        },
      ],
      run: (input, context) => {
        if (!/^(\/[A-Za-z0-9_.-]+)*\/?$/.test(input.Path)) {
          throw new AwsError(
            'ValidationException',
            'The parameter doesn\'t meet the parameter name requirements. The parameter name must begin with a forward slash "/".',
          );
        }
        if (/^\/aws\/(service|reference)(\/|$)/.test(input.Path)) throw new NotCarriedOut(`the public parameters "${input.Path}" of ssm`);
        const scope = parametersOf(context);
        const tests = [below(input.Path, input.Recursive), ...(input.ParameterFilters ?? []).map(byPathFilter)];
        const { found, NextToken } = page(scope, tests, input.MaxResults, input.NextToken);
        return {
          Parameters: found.map(({ name, latest }) => described(scope, name, latest, input.WithDecryption, context)),
          ...kept('NextToken', NextToken),
        };
      },
    }),

    DescribeParameters: operation({
      input: z.strictObject({
        Filters: z.array(z.strictObject({ Key: z.string(), Values: z.array(z.string()).min(1) })).optional(),
        ParameterFilters: z.array(filter).optional(),
        MaxResults: z.number().int().min(1).max(50).default(50),
        NextToken: z.string().optional(),
        Shared: z.literal(false).optional(),
      }),
      authorize: () => [{ action: 'ssm:DescribeParameters', resource: '*' }],
      run: (input, context) => {
        if (input.Filters !== undefined && input.ParameterFilters !== undefined) {
          throw new AwsError('ValidationException', 'You can use either Filters or ParameterFilters in a single request.');
        }
        const scope = parametersOf(context);
        const old = (input.Filters ?? []).map((one) => describeFilter({ ...one, Option: one.Key === 'Name' ? 'BeginsWith' : 'Equals' }));
        const tests = [...old, ...(input.ParameterFilters ?? []).map(describeFilter)];
        const { found, NextToken } = page(scope, tests, input.MaxResults, input.NextToken);
        return {
          Parameters: found.map(({ name, latest }) => ({
            Name: name,
            ARN: parameterArn(name, context),
            Type: latest.type,
            ...kept('KeyId', latest.type === 'SecureString' ? 'alias/aws/ssm' : undefined),
            LastModifiedDate: new Date(latest.modified_ms),
            LastModifiedUser: latest.modifiedBy,
            ...kept('Description', latest.description),
            ...kept('AllowedPattern', latest.allowedPattern),
            Version: latest.version,
            Tier: latest.tier,
            Policies: [],
            DataType: 'text',
          })),
          ...kept('NextToken', NextToken),
        };
      },
    }),

    AddTagsToResource: operation({
      input: z.strictObject({ ...taggedResource, Tags: tagList.min(1) }),
      authorize: (input, context) => [
        {
          action: 'ssm:AddTagsToResource',
          resource: parameterArn(input.ResourceId, context),
          conditions: tagConditions(tagRecord(input.Tags)),
        },
      ],
      run: (input, context) => {
        const scope = parametersOf(context);
        const { name, tags } = tagged(scope, input);
        const merged = { ...tags, ...tagRecord(input.Tags) };
        if (Object.keys(merged).length > 50) throw new AwsError('TooManyTagsError', 'A parameter has at most 50 tags.');
        scope.parameters.setTags(name, merged);
        return {};
      },
    }),

    RemoveTagsFromResource: operation({
      input: z.strictObject({ ...taggedResource, TagKeys: z.array(z.string()).min(1) }),
      authorize: (input, context) => [
        {
          action: 'ssm:RemoveTagsFromResource',
          resource: parameterArn(input.ResourceId, context),
          conditions: { 'aws:TagKeys': input.TagKeys },
        },
      ],
      run: (input, context) => {
        const scope = parametersOf(context);
        const { name, tags } = tagged(scope, input);
        scope.parameters.setTags(name, Object.fromEntries(Object.entries(tags).filter(([key]) => !input.TagKeys.includes(key))));
        return {};
      },
    }),

    ListTagsForResource: operation({
      input: z.strictObject(taggedResource),
      authorize: (input, context) => [{ action: 'ssm:ListTagsForResource', resource: parameterArn(input.ResourceId, context) }],
      run: (input, context) => ({
        TagList: Object.entries(tagged(parametersOf(context), input).tags).map(([Key, Value]) => ({ Key, Value })),
      }),
    }),
  };
}

type Test = (parameter: Parameter) => boolean;

/** One page of the parameters that pass every test, by name. */
function page(scope: ScopeParameters, tests: readonly Test[], limit: number, token: string | undefined) {
  const found: Parameter[] = [];
  for (const parameter of scope.parameters.after(readToken(token, String, ''))) {
    if (!tests.every((test) => test(parameter))) continue;
    if (found.length === limit) return { found, NextToken: writeToken(found.at(-1)?.name ?? '') };
    found.push(parameter);
  }
  return { found, NextToken: undefined };
}

function below(path: string, recursive: boolean): Test {
  const folder = path.endsWith('/') ? path : `${path}/`;
  return ({ name }) => name.startsWith(folder) && (recursive || !name.slice(folder.length).includes('/'));
}

function withoutEndSlash(path: string): string {
  return path === '/' ? path : path.replace(/\/$/, '');
}

function byPathFilter(wanted: Filter): Test {
  if (wanted.Key !== 'Type') throw new NotCarriedOut(`the filter "${wanted.Key}" of ssm:GetParametersByPath`);
  return describeFilter(wanted);
}

function describeFilter({ Key, Option, Values = [] }: Filter): Test {
  if (Key === 'Path') {
    if (Option !== undefined && Option !== 'OneLevel' && Option !== 'Recursive') throw invalidOption(Key, Option);
    const tests = Values.map((path) => below(path, Option === 'Recursive'));
    return (parameter) => tests.some((test) => test(parameter));
  }
  const attribute = attributeOf(Key);
  const compare = comparison(Key, Option ?? 'Equals');
  return (parameter) => {
    const value = attribute(parameter);
    return value !== undefined && (Values.length === 0 || Values.some((wanted) => compare(value, wanted)));
  };
}

function attributeOf(key: string): (parameter: Parameter) => string | undefined {
  if (key === 'Name') return ({ name }) => name;
  if (key === 'Type') return ({ latest }) => latest.type;
  if (key === 'Tier') return ({ latest }) => latest.tier;
  if (key === 'DataType') return () => 'text';
  if (key === 'KeyId') return ({ latest }) => (latest.type === 'SecureString' ? 'alias/aws/ssm' : undefined);
  if (key.startsWith('tag:')) return ({ tags }) => tags[key.slice('tag:'.length)];
  throw new AwsError('InvalidFilterKey', `The specified filter key "${key}" is not valid.`);
}

function comparison(key: string, option: string): (value: string, wanted: string) => boolean {
  if (option === 'Equals') return (value, wanted) => value === wanted;
  // A name counts with and without the slash in front.
  const bare = (text: string) => text.replace(/^\//, '');
  if (option === 'BeginsWith') return (value, wanted) => value.startsWith(wanted) || bare(value).startsWith(wanted);
  if (option === 'Contains' && key === 'Name') return (value, wanted) => value.includes(wanted);
  throw invalidOption(key, option);
}

function invalidOption(key: string, option: string): AwsError {
  return new AwsError('InvalidFilterOption', `The specified filter option "${option}" is not valid for "${key}".`);
}

function tagged(scope: ScopeParameters, input: { readonly ResourceType: string; readonly ResourceId: string }): Parameter {
  if (input.ResourceType !== 'Parameter') throw new NotCarriedOut(`the resource type "${input.ResourceType}" of ssm tags`);
  const parameter = scope.parameters.get(input.ResourceId);
  if (parameter === undefined) throw new AwsError('InvalidResourceId', `The resource ID "${input.ResourceId}" is not valid.`);
  return parameter;
}
