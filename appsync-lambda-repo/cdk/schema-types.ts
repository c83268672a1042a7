import { codegen } from '@graphql-codegen/core';
import * as typescriptPlugin from '@graphql-codegen/typescript';
import { parse } from 'graphql';
import { appsyncDefinitions, schemaText } from './graphql-schema.ts';

/** Where the generated types stand, from the repo's folder. */
export const typesFile = 'src/schema.generated.ts';

/** The TypeScript types of the schema: names as they are, enums as unions of texts, every field of an answer present (null where there is nothing). */
export async function schemaTypes(): Promise<string> {
  // A tree of plain data. codegen's own graphql may be another version, whose types of it differ.
  const schema = parse(appsyncDefinitions + schemaText) as unknown as Parameters<typeof codegen>[0]['schema'];
  const types = await codegen({
    filename: typesFile,
    schema,
    documents: [],
    plugins: [{ typescript: {} }],
    pluginMap: { typescript: typescriptPlugin },
    config: {
      namingConvention: 'keep',
      enumsAsTypes: true,
      immutableTypes: true,
      skipTypename: true,
      avoidOptionals: { field: true, inputValue: false, object: false, defaultValue: false },
      scalars: { AWSDateTime: 'string', ID: 'string' },
      strictScalars: true,
    },
  });
  return `// Generated from schema.graphql by \`npm run generate\`.\n${types}`;
}
