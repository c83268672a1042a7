// Writes the TypeScript types of schema.graphql.
import { writeFileSync } from 'node:fs';
import { schemaTypes, typesFile } from '../cdk/schema-types.ts';

writeFileSync(new URL(`../${typesFile}`, import.meta.url), await schemaTypes());
