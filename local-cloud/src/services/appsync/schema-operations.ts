import { introspectionFromSchema } from 'graphql';
import { z } from 'zod';
import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import { type CallContext, type Operation, operation } from '../../kernel/service.ts';
import type { GraphqlApi } from './api-store.ts';
import type { Apis } from './apis.ts';
import { buildApiSchema, SchemaRefused } from './schema/api-schema.ts';
import { printOwnTypes } from './schema/print-own-types.ts';

/** AppSync endpoints and quotas: "Schema document size". */
const MAX_SCHEMA_BYTES = 1024 * 1024;

const ofApi = { apiId: z.string() };

/** The operations on an API's schema. */
export function schemaOperations(apis: Apis): Record<string, Operation<never, unknown>> {
  const allow = (action: string, part: string) => (input: { apiId: string }, context: CallContext) =>
    apis.onPath(action, `apis/${input.apiId}/${part}`, context);

  return {
    StartSchemaCreation: operation({
      // Base64 text as it comes over the wire.
      input: z.strictObject({ ...ofApi, definition: z.union([z.string(), z.instanceof(Uint8Array)]) }),
      authorize: allow('StartSchemaCreation', 'schemacreation'),
      run: ({ apiId, definition }, context) => {
        const api = apis.api(apiId, context);
        const { schemas } = apis.in(context);
        const bytes = typeof definition === 'string' ? Buffer.from(definition, 'base64') : Buffer.from(definition);
        const before = schemas.get(apiId)?.definition;
        const sdl = bytes.toString('utf8');
        const refused = bytes.length > MAX_SCHEMA_BYTES ? `The schema is larger than ${MAX_SCHEMA_BYTES} bytes.` : schemaProblem(sdl, api);
        schemas.put(
          apiId,
          refused === undefined
            ? { apiId, status: 'SUCCESS', details: 'Successfully created schema.', definition: sdl }
            : { apiId, status: 'FAILED', details: refused, definition: before },
        );
        apis.changed(apiId);
        // It is done already, but AWS takes its time and clients ask for the status.
        return { status: 'PROCESSING' };
      },
    }),

    GetSchemaCreationStatus: operation({
      input: z.strictObject(ofApi),
      authorize: allow('GetSchemaCreationStatus', 'schemacreation'),
      run: (input, context) => {
        const schema = apis.in(context).schemas.get(apis.api(input.apiId, context).apiId);
        return schema === undefined ? { status: 'NOT_APPLICABLE', details: '' } : { status: schema.status, details: schema.details };
      },
    }),

    GetIntrospectionSchema: operation({
      input: z.strictObject({ ...ofApi, format: z.enum(['SDL', 'JSON']), includeDirectives: z.boolean().default(true) }),
      authorize: allow('GetIntrospectionSchema', 'schema'),
      run: (input, context) => {
        apis.api(input.apiId, context);
        const schema = apis.runtime(input.apiId)?.schema;
        if (schema === undefined) throw new AwsError('GraphQLSchemaException', 'InvalidSchema: the API has no schema.');
        if (input.format === 'JSON') return { schema: Buffer.from(JSON.stringify({ data: introspectionFromSchema(schema.graphql) })) };
        return { schema: Buffer.from(input.includeDirectives ? schema.definition : printOwnTypes(schema.graphql)) };
      },
    }),
  };
}

/** Why this is no schema for the API, or undefined. */
export function schemaProblem(definition: string, { providers }: GraphqlApi): string | undefined {
  try {
    buildApiSchema(definition, { soleProvider: providers.length === 1 });
    return undefined;
  } catch (error) {
    if (error instanceof SchemaRefused || error instanceof NotCarriedOut) return error.message;
    throw error;
  }
}
