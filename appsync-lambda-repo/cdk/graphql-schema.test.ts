import { readFileSync } from 'node:fs';
import { numberFields, personas, runStates, statusFields } from '@enstratus/contract';
import { buildSchema, type GraphQLSchema, isEnumType, isInputObjectType, isObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { appsyncDefinitions, deployedSchema, schemaText } from './graphql-schema.ts';
import { schemaTypes, typesFile } from './schema-types.ts';

const schema: GraphQLSchema = buildSchema(appsyncDefinitions + schemaText);

function enumNames(name: string): string[] {
  const type = schema.getType(name);
  return isEnumType(type) ? type.getValues().map((value) => value.name) : [];
}

function fieldNames(name: string): string[] {
  const type = schema.getType(name);
  return isObjectType(type) || isInputObjectType(type) ? Object.keys(type.getFields()) : [];
}

describe('the schema', () => {
  it('has the states, personas and readings of the contract', () => {
    expect(enumNames('RunState').sort()).toEqual([...runStates, 'unknown'].sort());
    expect(enumNames('Persona').sort()).toEqual([...personas].sort());
    expect(enumNames('SeriesMetric').sort()).toEqual(
      numberFields
        .map(({ name }) => name)
        .filter((name) => name !== 'fault_code')
        .sort(),
    );
    const document = ['boot_id', 'seq', 'time', ...statusFields.map(({ name }) => name)];
    expect(fieldNames('StatusDocument')).toEqual(document);
    expect(fieldNames('StatusDocumentInput')).toEqual(document);
  });

  it('hands on to those who watch what ingest hands in', () => {
    expect(fieldNames('DeviceStatus')).toEqual(fieldNames('DeviceStatusInput'));
  });
});

describe('what is deployed of it', () => {
  const deployed = deployedSchema(schemaText);

  it('means the same, without a description or a comment', () => {
    expect(deployed).not.toMatch(/#|"""|^\s*"/m);
    expect(deployed).toContain('devices(first: Int = 100, after: String, filter: DeviceFilter): DeviceConnection!');
    expect(deployed).toContain('publishDeviceStatus(status: DeviceStatusInput!): DeviceStatus! @aws_iam');
    expect(deployed).toContain('@aws_subscribe(mutations: ["publishDeviceStatus"])');
    const built = buildSchema(appsyncDefinitions + deployed);
    expect(Object.keys(built.getTypeMap())).toEqual(Object.keys(schema.getTypeMap()));
    for (const name of Object.keys(built.getTypeMap())) {
      const types = [built.getType(name), schema.getType(name)];
      const [one, other] = types.map((type) =>
        isObjectType(type) || isInputObjectType(type)
          ? Object.values(type.getFields()).map((field) => `${field.name}: ${field.type}`)
          : `${type}`,
      );
      expect(one).toEqual(other);
    }
  });
});

it('the types are those of the schema: `npm run generate` writes them', async () => {
  expect(readFileSync(new URL(`../${typesFile}`, import.meta.url), 'utf8')).toBe(await schemaTypes());
});
