import { z } from 'zod';
import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import { type CallContext, operation, type Scope } from '../../kernel/service.ts';
import { compileUserPattern, PatternRefused, type UserPattern } from '../../kernel/user-pattern.ts';
import { checkName, parameterArn, readSelector } from './parameter-name.ts';
import type { ParameterStore, ParameterType, ParameterVersion } from './parameter-store.ts';
import type { SecretCipher } from './secret-cipher.ts';

/** What the operations work on, by account and region. */
export interface ScopeParameters {
  readonly parameters: ParameterStore;
  readonly cipher: SecretCipher;
}
export type Parameters = (scope: Scope) => ScopeParameters;

export const parameterType = z.enum(['String', 'StringList', 'SecureString']);
export const tagList = z.array(z.strictObject({ Key: z.string().min(1).max(128), Value: z.string().max(256) }));

/** Sizes in bytes ("PutParameter", `Value`: 4 KB, 8 KB for advanced parameters). */
const MAX_VALUE_BYTES = { Standard: 4096, Advanced: 8192 } as const;

const putInput = z.strictObject({
  Name: z.string().min(1),
  Value: z.string().min(1),
  Type: parameterType.optional(),
  Description: z.string().max(1024).optional(),
  Overwrite: z.boolean().default(false),
  AllowedPattern: z.string().max(1024).optional(),
  Tags: tagList.max(50).optional(),
  Tier: z.string().optional(),
  KeyId: z.string().optional(),
  DataType: z.string().optional(),
});
type PutInput = z.output<typeof putInput>;

export function parameterOperations(parametersOf: Parameters) {
  const on = (action: string) => (input: { readonly Name: string }, context: CallContext) => [
    { action, resource: parameterArn(readSelector(input.Name, context).name, context) },
  ];

  return {
    PutParameter: operation({
      input: putInput,
      authorize: (input, context) => {
        const resource = parameterArn(input.Name, context);
        const tags = tagRecord(input.Tags);
        const conditions = { 'ssm:Overwrite': String(input.Overwrite), ...tagConditions(tags) };
        const put = { action: 'ssm:PutParameter', resource, conditions };
        return input.Tags === undefined ? [put] : [put, { action: 'ssm:AddTagsToResource', resource, conditions }];
      },
      run: (input, context) => {
        checkName(input.Name);
        refuseInert(input);
        const { parameters, cipher } = parametersOf(context);
        const before = parameters.get(input.Name)?.latest;
        refuseConflict(input, before);
        const type = input.Type ?? before?.type;
        if (type === undefined) throw new AwsError('ValidationException', 'A parameter type is required when you create a parameter.');
        const tier = tierOf(input, before);
        checkValue(input, before, tier);
        const version: ParameterVersion = {
          version: (before?.version ?? 0) + 1,
          type,
          value: type === 'SecureString' ? cipher.encrypt(input.Value, parameterArn(input.Name, context)) : input.Value,
          modified_ms: context.cloud.clock(),
          modifiedBy: context.principal.arn,
          tier,
          ...kept('description', input.Description ?? before?.description),
          ...kept('allowedPattern', input.AllowedPattern ?? before?.allowedPattern),
        };
        parameters.put(input.Name, version, tagRecord(input.Tags));
        return { Version: version.version, Tier: tier };
      },
    }),

    GetParameter: operation({
      input: z.strictObject({ Name: z.string().min(1), WithDecryption: z.boolean().default(false) }),
      authorize: on('ssm:GetParameter'),
      run: (input, context) => ({ Parameter: read(parametersOf(context), input.Name, input.WithDecryption, context) }),
    }),

    GetParameters: operation({
      input: z.strictObject({ Names: z.array(z.string().min(1)).min(1).max(10), WithDecryption: z.boolean().default(false) }),
      authorize: (input, context) => input.Names.flatMap((Name) => on('ssm:GetParameters')({ Name }, context)),
      run: (input, context) => {
        if (new Set(input.Names).size < input.Names.length) {
          throw new AwsError('ValidationException', 'Duplicate parameters are not allowed in Names.');
        }
        const found: unknown[] = [];
        const InvalidParameters: string[] = [];
        for (const name of input.Names) {
          try {
            found.push(read(parametersOf(context), name, input.WithDecryption, context));
          } catch (error) {
            if (!(error instanceof AwsError) || !NOT_FOUND.has(error.code)) throw error;
            InvalidParameters.push(name);
          }
        }
        return { Parameters: found, InvalidParameters };
      },
    }),

    GetParameterHistory: operation({
      input: z.strictObject({
        Name: z.string().min(1),
        WithDecryption: z.boolean().default(false),
        MaxResults: z.number().int().min(1).max(50).default(50),
        NextToken: z.string().optional(),
      }),
      authorize: on('ssm:GetParameterHistory'),
      run: (input, context) => {
        const scope = parametersOf(context);
        const { name } = readSelector(input.Name, context);
        if (scope.parameters.get(name) === undefined) throw notFound(name);
        const found = scope.parameters.history(name, readToken(input.NextToken, Number, 0), input.MaxResults + 1);
        const page = found.slice(0, input.MaxResults);
        return {
          Parameters: page.map((version) => ({
            Name: name,
            Type: version.type,
            ...kept('KeyId', version.type === 'SecureString' ? 'alias/aws/ssm' : undefined),
            LastModifiedDate: new Date(version.modified_ms),
            LastModifiedUser: version.modifiedBy,
            ...kept('Description', version.description),
            Value: storedValue(scope, name, version, input.WithDecryption, context),
            ...kept('AllowedPattern', version.allowedPattern),
            Version: version.version,
            Labels: [],
            Tier: version.tier,
            Policies: [],
            DataType: 'text',
          })),
          ...(found.length > page.length ? { NextToken: writeToken(String(page.at(-1)?.version)) } : {}),
        };
      },
    }),

    DeleteParameter: operation({
      input: z.strictObject({ Name: z.string().min(1) }),
      authorize: (input, context) => [{ action: 'ssm:DeleteParameter', resource: parameterArn(input.Name, context) }],
      run: (input, context) => {
        if (!parametersOf(context).parameters.delete(input.Name)) throw notFound(input.Name);
        return {};
      },
    }),

    DeleteParameters: operation({
      input: z.strictObject({ Names: z.array(z.string().min(1)).min(1).max(10) }),
      authorize: (input, context) => input.Names.map((name) => ({ action: 'ssm:DeleteParameters', resource: parameterArn(name, context) })),
      run: (input, context) => {
        const { parameters } = parametersOf(context);
        const DeletedParameters = input.Names.filter((name) => parameters.delete(name));
        return { DeletedParameters, InvalidParameters: input.Names.filter((name) => !DeletedParameters.includes(name)) };
      },
    }),
  };
}

const NOT_FOUND = new Set(['ParameterNotFound', 'ParameterVersionNotFound']);

function read(scope: ScopeParameters, selector: string, decrypts: boolean, context: Scope) {
  const { name, version: wanted } = readSelector(selector, context);
  const found = scope.parameters.get(name);
  if (found === undefined) throw notFound(name);
  const version = wanted === undefined ? found.latest : scope.parameters.version(name, wanted);
  if (version === undefined) {
    const message = `Systems Manager could not find version ${wanted} of ${name}. Verify the version and try again.`;
    throw new AwsError('ParameterVersionNotFound', message);
  }
  return { ...described(scope, name, version, decrypts, context), ...(wanted === undefined ? {} : { Selector: `:${wanted}` }) };
}

/** A parameter as GetParameter and GetParametersByPath show it. */
export function described(scope: ScopeParameters, name: string, version: ParameterVersion, decrypts: boolean, context: Scope) {
  return {
    Name: name,
    Type: version.type satisfies ParameterType,
    Value: storedValue(scope, name, version, decrypts, context),
    Version: version.version,
    LastModifiedDate: new Date(version.modified_ms),
    ARN: parameterArn(name, context),
    DataType: 'text',
  };
}

/**
 * A SecureString comes as it is stored unless decryption is asked for. That needs no right on a key: the AWS managed
 * key lets every principal of its account decrypt (AWS Systems Manager User Guide, "Restricting access to Parameter
 * Store parameters using IAM policies").
 */
function storedValue(scope: ScopeParameters, name: string, version: ParameterVersion, decrypts: boolean, context: Scope): string {
  return version.type === 'SecureString' && decrypts ? scope.cipher.decrypt(version.value, parameterArn(name, context)) : version.value;
}

export function notFound(name: string): AwsError {
  return new AwsError('ParameterNotFound', `Parameter ${name} not found.`);
}

function refuseInert(input: PutInput): void {
  if (input.DataType !== undefined && input.DataType !== 'text') throw new NotCarriedOut(`the data type "${input.DataType}" of ssm`);
  if (input.KeyId !== undefined && input.KeyId !== 'alias/aws/ssm') throw new NotCarriedOut('a KMS key of your own in ssm:PutParameter');
  if (input.KeyId !== undefined && input.Type !== undefined && input.Type !== 'SecureString') {
    throw new AwsError('ValidationException', 'KeyId is required for SecureString type parameter only.');
  }
}

function refuseConflict(input: PutInput, before: ParameterVersion | undefined): void {
  if (input.Overwrite && input.Tags !== undefined) {
    throw new AwsError(
      'ValidationException',
      "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
    );
  }
  if (before !== undefined && !input.Overwrite) {
    throw new AwsError(
      'ParameterAlreadyExists',
      'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    );
  }
  if (before !== undefined && input.Type !== undefined && input.Type !== before.type) {
    const message = `The parameter type can't be changed from ${before.type} to ${input.Type}. Create a new, unique parameter.`;
    throw new AwsError('HierarchyTypeMismatchException', message);
  }
}

function tierOf(input: PutInput, before: ParameterVersion | undefined): 'Standard' | 'Advanced' {
  const tier = input.Tier ?? before?.tier ?? 'Standard';
  if (tier !== 'Standard' && tier !== 'Advanced') throw new NotCarriedOut(`the parameter tier "${tier}" of ssm`);
  if (tier === 'Standard' && before?.tier === 'Advanced') {
    throw new AwsError('ValidationException', "This parameter uses the advanced-parameter tier. You can't downgrade a parameter.");
  }
  return tier;
}

function checkValue(input: PutInput, before: ParameterVersion | undefined, tier: 'Standard' | 'Advanced'): void {
  const limit = MAX_VALUE_BYTES[tier];
  if (Buffer.byteLength(input.Value) > limit) {
    throw new AwsError('ValidationException', `${tier} tier parameters support a maximum parameter value of ${limit} characters.`);
  }
  const pattern = input.AllowedPattern ?? before?.allowedPattern;
  if (pattern === undefined) return;
  let expression: UserPattern;
  try {
    expression = compileUserPattern(pattern);
  } catch (error) {
    if (!(error instanceof PatternRefused)) throw error;
    throw new AwsError('InvalidAllowedPatternException', `The allowed pattern ${pattern} cannot be carried out: ${error.message}`);
  }
  if (!expression.test(input.Value)) {
    throw new AwsError('ParameterPatternMismatchException', `Parameter value, cannot be validated against allowedPattern: ${pattern}`);
  }
}

export function tagRecord(tags: readonly { Key: string; Value: string }[] | undefined): Record<string, string> {
  return Object.fromEntries((tags ?? []).map(({ Key, Value }) => [Key, Value]));
}

export function tagConditions(tags: Readonly<Record<string, string>>): Record<string, string | readonly string[]> {
  const names = Object.keys(tags);
  if (names.length === 0) return {};
  return { 'aws:TagKeys': names, ...Object.fromEntries(names.map((name) => [`aws:RequestTag/${name}`, tags[name] ?? ''])) };
}

/** The member, or none when there is no value. */
export function kept<K extends string, V>(name: K, value: V | undefined): { [key in K]?: V } {
  return (value === undefined ? {} : { [name]: value }) as { [key in K]?: V };
}

export function writeToken(position: string): string {
  return Buffer.from(`v1:${position}`).toString('base64url');
}

/** Where a listing goes on; throws InvalidNextToken for what this service didn't give out. */
export function readToken<T>(token: string | undefined, read: (position: string) => T, start: T): T {
  if (token === undefined || token === '') return start;
  const text = Buffer.from(token, 'base64url').toString('utf8');
  if (!text.startsWith('v1:')) throw new AwsError('InvalidNextToken', 'The specified token is not valid.');
  return read(text.slice(3));
}
