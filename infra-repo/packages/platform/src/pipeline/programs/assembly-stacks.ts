import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const manifestSchema = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      properties: z.object({ templateFile: z.string().optional(), stackName: z.string().optional() }).optional(),
    }),
  ),
});

export const templateSchema = z.looseObject({
  Parameters: z.record(z.string(), z.looseObject({ Type: z.string(), Default: z.unknown().optional() })).default({}),
  Resources: z
    .record(z.string(), z.looseObject({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).optional() }))
    .default({}),
});
export type Template = z.infer<typeof templateSchema>;

export interface AssemblyStack {
  readonly stackName: string;
  readonly template: Template;
}

/** The stacks of a stage in a cloud assembly, with their templates. Throws an Error that names the file that can't be read. */
export function stacksOfAssembly(folder: string): AssemblyStack[] {
  const { artifacts } = read(join(folder, 'manifest.json'), manifestSchema);
  return Object.entries(artifacts).flatMap(([id, { type, properties }]) => {
    if (type !== 'aws:cloudformation:stack') return [];
    const file = join(folder, properties?.templateFile ?? `${id}.template.json`);
    return [{ stackName: properties?.stackName ?? id, template: read(file, templateSchema) }];
  });
}

/** Names of the SSM parameters that a template writes. */
export function parametersWritten({ Resources }: Template): string[] {
  return Object.values(Resources).flatMap(({ Type, Properties }) =>
    Type === 'AWS::SSM::Parameter' && typeof Properties?.['Name'] === 'string' ? [Properties['Name']] : [],
  );
}

/** "Get a plaintext value from Systems Manager Parameter Store" and "Get a secure string value", CloudFormation User Guide: `{{resolve:ssm:<name>:<version>}}`, the version optional. */
const dynamicReference = /\{\{resolve:ssm(?:-secure)?:([\w./-]+)(?::\d+)?\}\}/g;

/** Names of the SSM parameters that a template reads when it is deployed, by its own parameters or by dynamic references, CDK's own left out. */
export function parametersRead(template: Template): string[] {
  const byParameters = Object.values(template.Parameters).flatMap(({ Type, Default }) =>
    Type.startsWith('AWS::SSM::Parameter::Value<') && typeof Default === 'string' ? [Default] : [],
  );
  const byReferences = [...JSON.stringify(template).matchAll(dynamicReference)].flatMap(([, name]) => (name === undefined ? [] : [name]));
  return [...byParameters, ...byReferences].filter((name) => !name.startsWith('/cdk-bootstrap/'));
}

function read<Shape extends z.ZodType>(file: string, shape: Shape): z.infer<Shape> {
  try {
    return shape.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new Error(`${file} can't be read: ${(error as Error).message}`);
  }
}
