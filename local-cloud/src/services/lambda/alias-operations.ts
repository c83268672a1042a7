import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import { type Operation, operation, type Scope } from '../../kernel/service.ts';
import { type AliasRecord, type FunctionRecord, functionArn } from './function-record.ts';
import type { FunctionStore } from './function-store.ts';
import type { Functions } from './functions.ts';

const name = z
  .string()
  .max(128)
  .regex(/^(?!^[0-9]+$)[a-zA-Z0-9-_]+$/, 'letters, digits, - and _, not a number');
const functionVersion = z.string().regex(/^(\$LATEST|[0-9]+)$/);
const settings = {
  Description: z.string().max(256).optional(),
  RoutingConfig: z
    .strictObject({ AdditionalVersionWeights: z.record(z.string().regex(/^[0-9]+$/), z.number().min(0).max(1)).optional() })
    .optional(),
};
const ofAlias = z.strictObject({ FunctionName: z.string(), Name: name });

/**
 * Aliases (Lambda API Reference, "CreateAlias" and its siblings). The resource that IAM is asked about is the function, not the alias ("Actions,
 * resources, and condition keys for AWS Lambda").
 */
export function aliasOperations(
  functions: Functions,
  deleted: (store: FunctionStore, alias: AliasRecord) => void,
): Record<string, Operation<never, unknown>> {
  const allow = (action: string) => (input: { FunctionName: string }, context: Scope) => [
    functions.authorization(action, input.FunctionName, context),
  ];
  const find = (input: { FunctionName: string; Name: string }, context: Scope) => {
    const { store, record } = functions.locate(input.FunctionName, context);
    const alias = store.qualifiers.alias(record.name, input.Name);
    if (alias === undefined) {
      throw new AwsError('ResourceNotFoundException', `Cannot find alias arn: ${record.arn}:${input.Name}`, 404, { Type: 'User' });
    }
    return { store, record, alias };
  };

  return {
    CreateAlias: operation({
      input: z.strictObject({ ...ofAlias.shape, FunctionVersion: functionVersion, ...settings }),
      authorize: allow('CreateAlias'),
      run: (input, context) => {
        const { store, record } = functions.locate(input.FunctionName, context);
        if (store.qualifiers.alias(record.name, input.Name) !== undefined) {
          throw new AwsError('ResourceConflictException', `Alias already exists: ${record.arn}:${input.Name}`, 409, { Type: 'User' });
        }
        const alias = checked(store, record, {
          functionName: record.name,
          name: input.Name,
          description: input.Description ?? '',
          functionVersion: input.FunctionVersion,
          additionalWeights: input.RoutingConfig?.AdditionalVersionWeights ?? {},
          revisionId: randomUUID(),
        });
        return describeAlias(store.scope, store.qualifiers.putAlias(alias));
      },
    }),

    GetAlias: operation({
      input: ofAlias,
      authorize: allow('GetAlias'),
      run: (input, context) => {
        const { store, alias } = find(input, context);
        return describeAlias(store.scope, alias);
      },
    }),

    UpdateAlias: operation({
      input: z.strictObject({
        ...ofAlias.shape,
        FunctionVersion: functionVersion.optional(),
        ...settings,
        RevisionId: z.string().optional(),
      }),
      authorize: allow('UpdateAlias'),
      run: (input, context) => {
        const { store, record, alias } = find(input, context);
        if (input.RevisionId !== undefined && input.RevisionId !== alias.revisionId) {
          throw new AwsError(
            'PreconditionFailedException',
            'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
            412,
            { Type: 'User' },
          );
        }
        const changed = checked(store, record, {
          ...alias,
          description: input.Description ?? alias.description,
          functionVersion: input.FunctionVersion ?? alias.functionVersion,
          // Without RoutingConfig it stays; an empty one ends the routing.
          additionalWeights:
            input.RoutingConfig === undefined ? alias.additionalWeights : (input.RoutingConfig.AdditionalVersionWeights ?? {}),
          revisionId: randomUUID(),
        });
        return describeAlias(store.scope, store.qualifiers.putAlias(changed));
      },
    }),

    // An alias that isn't there is no error: ResourceNotFoundException isn't among those that the reference lists.
    DeleteAlias: operation({
      input: ofAlias,
      authorize: allow('DeleteAlias'),
      run: (input, context) => {
        const { store, record } = functions.locate(input.FunctionName, context);
        const alias = store.qualifiers.alias(record.name, input.Name);
        if (alias === undefined) return;
        store.qualifiers.deleteAlias(record.name, input.Name);
        deleted(store, alias);
      },
    }),

    ListAliases: operation({
      input: z.strictObject({
        FunctionName: z.string(),
        FunctionVersion: functionVersion.optional(),
        Marker: z.string().optional(),
        MaxItems: z.int().min(1).max(10_000).default(50),
      }),
      authorize: allow('ListAliases'),
      run: (input, context) => {
        const { store, record } = functions.locate(input.FunctionName, context);
        const { FunctionVersion, Marker } = input;
        const rest = store.qualifiers
          .aliases(record.name)
          .filter((alias) => FunctionVersion === undefined || versionsOf(alias).includes(FunctionVersion))
          .filter((alias) => Marker === undefined || alias.name > Marker);
        const page = rest.slice(0, Math.min(50, input.MaxItems));
        return {
          Aliases: page.map((alias) => describeAlias(store.scope, alias)),
          ...(rest.length > page.length ? { NextMarker: page.at(-1)?.name } : {}),
        };
      },
    }),
  };
}

/** Every version that an alias names. */
export function versionsOf(alias: AliasRecord): string[] {
  return [alias.functionVersion, ...Object.keys(alias.additionalWeights)];
}

/**
 * What "Implement Lambda canary deployments using a weighted alias" asks of two versions: both published, with the same execution role and the same
 * dead-letter queue or none. The words of these refusals couldn't be checked.
 */
function checked(store: FunctionStore, record: FunctionRecord, alias: AliasRecord): AliasRecord {
  const refuse = (message: string) => new AwsError('InvalidParameterValueException', message);
  const versions = versionsOf(alias).map((version) => {
    const found = version === '$LATEST' ? record : store.qualifiers.version(record.name, version);
    if (found === undefined)
      throw new AwsError('ResourceNotFoundException', `Function not found: ${record.arn}:${version}`, 404, { Type: 'User' });
    return found;
  });
  const [main, other, third] = versions;
  if (main === undefined || other === undefined) return alias;
  if (third !== undefined) throw refuse('Number of items in AdditionalVersionWeights cannot be greater than 1');
  if (main.version === other.version)
    throw refuse(
      `Invalid function version ${main.version}. Function version ${main.version} is already included in routing configuration.`,
    );
  if (main.version === undefined) throw refuse('$LATEST is not supported for an alias pointing to more than 1 version.');
  if (main.configuration.role !== other.configuration.role) throw refuse('The versions of an alias must have the same execution role.');
  if (!isDeepStrictEqual(main.configuration.deadLetterTargetArn, other.configuration.deadLetterTargetArn))
    throw refuse('The versions of an alias must have the same dead-letter queue configuration, or none.');
  return alias;
}

function describeAlias(scope: Scope, alias: AliasRecord): Record<string, unknown> {
  return {
    AliasArn: `${functionArn(scope, alias.functionName)}:${alias.name}`,
    Name: alias.name,
    FunctionVersion: alias.functionVersion,
    Description: alias.description,
    ...(Object.keys(alias.additionalWeights).length > 0 ? { RoutingConfig: { AdditionalVersionWeights: alias.additionalWeights } } : {}),
    RevisionId: alias.revisionId,
  };
}
