import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import { type Operation, operation } from '../../kernel/service.ts';
import { versionsOf } from './alias-operations.ts';
import { describeFunction, type FunctionRecord, lambdaTime } from './function-record.ts';
import type { FunctionStore } from './function-store.ts';
import type { Functions, Located } from './functions.ts';

/** Publishing and listing versions (Lambda API Reference, "PublishVersion", "ListVersionsByFunction"). */
export function versionOperations(functions: Functions): Record<string, Operation<never, unknown>> {
  return {
    PublishVersion: operation({
      input: z.strictObject({
        FunctionName: z.string(),
        CodeSha256: z.string().optional(),
        Description: z.string().max(256).optional(),
        RevisionId: z.string().optional(),
      }),
      authorize: (input, context) => [functions.authorization('PublishVersion', input.FunctionName, context)],
      run: (input, context) => {
        const { store, record } = functions.locate(input.FunctionName, context);
        if (input.RevisionId !== undefined && input.RevisionId !== record.revisionId) {
          throw new AwsError(
            'PreconditionFailedException',
            'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
            412,
            { Type: 'User' },
          );
        }
        if (input.CodeSha256 !== undefined && input.CodeSha256 !== record.code.sha256) {
          throw new AwsError(
            'InvalidParameterValueException',
            `CodeSHA256 (${input.CodeSha256}) is different from current CodeSHA256 in $LATEST (${record.code.sha256}). Please try again with the CodeSHA256 in $LATEST.`,
          );
        }
        return describeFunction(publishVersion(store, record, functions.cloud.clock(), input.Description));
      },
    }),

    ListVersionsByFunction: operation({
      input: z.strictObject({
        FunctionName: z.string(),
        Marker: z.string().optional(),
        MaxItems: z.int().min(1).max(10_000).default(50),
      }),
      authorize: (input, context) => [functions.authorization('ListVersionsByFunction', input.FunctionName, context)],
      run: (input, context) => {
        const { store, record } = functions.locate(input.FunctionName, context);
        const versions = store.qualifiers.versions(record.name);
        const rest =
          input.Marker === undefined ? [record, ...versions] : versions.filter(({ version }) => Number(version) > Number(input.Marker));
        const page = rest.slice(0, Math.min(50, input.MaxItems));
        return {
          Versions: page.map((one) => describeFunction(one, one.version === undefined ? `${one.arn}:$LATEST` : undefined)),
          ...(rest.length > page.length ? { NextMarker: page.at(-1)?.version ?? '0' } : {}),
        };
      },
    }),
  };
}

/**
 * A copy of `$LATEST` under the next number, or the version published last when neither code nor configuration has changed since (Lambda Developer
 * Guide, "Manage Lambda function versions"). The description is the version's own.
 */
export function publishVersion(store: FunctionStore, record: FunctionRecord, now_ms: number, description?: string): FunctionRecord {
  const last = store.qualifiers.versions(record.name).at(-1);
  if (last !== undefined && last.code.sha256 === record.code.sha256 && sameConfiguration(last, record)) return last;
  const { name, arn, code, configuration } = record;
  return store.qualifiers.publish({
    name,
    arn,
    code,
    configuration: { ...configuration, description: description ?? configuration.description },
    lastModified: lambdaTime(now_ms),
    revisionId: randomUUID(),
    tags: {},
  });
}

/** Deletes a published version, of which no alias may be left (Lambda API Reference, "DeleteFunction"). Answers what it was. */
export function deleteVersion({ store, record, arn, alias, version, qualifier }: Located): FunctionRecord {
  const refuse = (message: string) => new AwsError('InvalidParameterValueException', message);
  if (alias !== undefined) throw refuse('Deletion of aliases is not currently supported.');
  if (version.version === undefined) throw refuse('$LATEST version cannot be deleted without deleting the function.');
  const pointing = store.qualifiers.aliases(record.name).filter((one) => versionsOf(one).includes(version.version ?? ''));
  if (pointing.length > 0) {
    throw new AwsError(
      'ResourceConflictException',
      `Function ${arn} cannot be deleted: version ${qualifier} is referenced by the alias ${pointing.map(({ name }) => name).join(', ')}.`,
      409,
      { Type: 'User' },
    );
  }
  store.qualifiers.deleteVersion(record.name, version.version);
  return version;
}

function sameConfiguration(one: FunctionRecord, other: FunctionRecord): boolean {
  // As JSON: what is undefined is absent in a record that was read from disk.
  const compared = (record: FunctionRecord): unknown => JSON.parse(JSON.stringify({ ...record.configuration, description: '' }));
  return isDeepStrictEqual(compared(one), compared(other));
}
