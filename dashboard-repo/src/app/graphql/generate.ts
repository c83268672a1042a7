// Writes operations.generated.ts: each operation's text without a byte to spare, and the types of what it takes and gives.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { codegen } from '@graphql-codegen/core';
import * as typescriptOperations from '@graphql-codegen/typescript-operations';
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  stripIgnoredCharacters,
  visit,
} from 'graphql';
import { appSyncBuiltIns } from './appsync-built-ins.ts';

const folder = import.meta.dirname;
const schemaFile = join(folder, '..', '..', '..', 'schema.graphql');
export const generatedFile = join(folder, 'operations.generated.ts');

/** The dashboard's operations: every .graphql file of this folder, by its name. */
export function operationFiles(): { location: string; text: string }[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.graphql'))
    .sort()
    .map((name) => ({ location: name, text: readFileSync(join(folder, name), 'utf8') }));
}

/** The same tree, in the words of the graphql-js that the generator was installed with: only the types differ from version to version. */
const forCodegen = (document: DocumentNode) => document as unknown as Parameters<typeof codegen>[0]['schema'];

/** What operations.generated.ts has to be. @throws {Error} Naming the operation that does not fit the schema. */
export async function generate(): Promise<string> {
  const documents = operationFiles().map(({ location, text }) => ({ location, document: parse(text) }));
  const types = await codegen({
    schema: forCodegen(parse(appSyncBuiltIns + readFileSync(schemaFile, 'utf8'))),
    documents: documents.map(({ location, document }) => ({ location, document: forCodegen(document) })),
    filename: generatedFile,
    pluginMap: { typescriptOperations },
    plugins: [{ typescriptOperations: {} }],
    config: {
      enumsAsTypes: true,
      onlyOperationTypes: true,
      skipTypename: true,
      useTypeImports: true,
      avoidOptionals: { field: true },
      immutableTypes: true,
      scalars: { AWSDateTime: 'string' },
      strictScalars: true,
    },
  });
  const definitions = documents.flatMap(({ document }) => document.definitions);
  const fragments = new Map(
    definitions
      .filter((node): node is FragmentDefinitionNode => node.kind === Kind.FRAGMENT_DEFINITION)
      .map((node) => [node.name.value, node]),
  );
  const texts = definitions
    .filter((node): node is OperationDefinitionNode => node.kind === Kind.OPERATION_DEFINITION)
    .map((node) => documentOf(node, fragments));
  return [
    '// Written by `npm run codegen` from schema.graphql and the .graphql files beside this one.',
    "import type { GraphQLDocument } from './document.ts';",
    types.trim(),
    ...texts,
    '',
  ].join('\n\n');
}

function documentOf(operation: OperationDefinitionNode, fragments: ReadonlyMap<string, FragmentDefinitionNode>): string {
  const name = operation.name?.value;
  if (name === undefined) throw new Error('Every operation needs a name');
  const used = new Map<string, FragmentDefinitionNode>();
  const collect = (node: OperationDefinitionNode | FragmentDefinitionNode): void => {
    visit(node, {
      FragmentSpread({ name: { value } }) {
        const fragment = fragments.get(value);
        if (fragment === undefined) throw new Error(`${name}: there is no fragment ${value}`);
        if (used.has(value)) return;
        used.set(value, fragment);
        collect(fragment);
      },
    });
  };
  collect(operation);
  const text = stripIgnoredCharacters([operation, ...used.values()].map(print).join('\n'));
  const kind = operation.operation.charAt(0).toUpperCase() + operation.operation.slice(1);
  return `export const ${name}Document = '${text}' as GraphQLDocument<${name}${kind}, ${name}${kind}Variables>;`;
}

if (process.argv[1] !== undefined && dirname(process.argv[1]) === folder) writeFileSync(generatedFile, await generate());
