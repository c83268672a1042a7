import { CloudFormationClient, GetTemplateCommand, ListStacksCommand } from '@aws-sdk/client-cloudformation';
import { z } from 'zod';
import { clientOptions } from '../../src/tools/running-system.ts';
import type { System } from './system.ts';

const resource = z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) });
const template = z.object({ Resources: z.record(z.string(), resource) });
type Resources = z.output<typeof template>['Resources'];

/** What refers to a function and doesn't call it. */
const NO_SOURCES = new Set([
  'AWS::Lambda::Function',
  'AWS::Lambda::Permission',
  'AWS::Lambda::Version',
  'AWS::Lambda::Alias',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::IAM::Policy',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::Logs::MetricFilter',
]);

/**
 * Everything in the deployed templates that calls a function, named as `EventKind.sources` does, and every function that nothing calls. Throws for a resource that refers to a
 * function and of which nobody has said here what it is: a new kind of source is not passed over.
 */
export async function eventSourcesOf(system: System): Promise<string[]> {
  const client = new CloudFormationClient(clientOptions(system.endpoints));
  const { StackSummaries = [] } = await client.send(new ListStacksCommand({}));
  const sources: string[] = [];
  for (const { StackName = '' } of StackSummaries) {
    const { TemplateBody = '{}' } = await client.send(new GetTemplateCommand({ StackName }));
    const parsed = template.safeParse(TemplateBody.startsWith('{') ? JSON.parse(TemplateBody) : undefined);
    if (parsed.success) sources.push(...sourcesIn(parsed.data.Resources, StackName));
  }
  return sources.sort();
}

function sourcesIn(resources: Resources, stack: string): string[] {
  const names = functionNames(resources);
  const called = new Set<string>();
  const sources = Object.entries(resources).flatMap(([id, { Type, Properties }]) => {
    if (NO_SOURCES.has(Type)) return [];
    const functions = [...names.keys()].filter((logicalId) =>
      [logicalId, ...aliasesOf(logicalId, resources)].some((one) => refersTo(Properties, one)),
    );
    // A parameter tells the name of a function that others invoke.
    if (functions.length === 0 || Type === 'AWS::SSM::Parameter') return [];
    for (const fn of functions) called.add(fn);
    return functions.flatMap((fn) => sourcesOf(Type, id, Properties, names.get(fn) ?? fn, resources, stack));
  });
  const direct = [...names].filter(([id]) => !called.has(id)).map(([, name]) => `direct invocation of ${name}`);
  return [...sources, ...direct];
}

function sourcesOf(
  type: string,
  id: string,
  properties: Record<string, unknown>,
  name: string,
  resources: Resources,
  stack: string,
): string[] {
  if (type === 'AWS::Lambda::Url') return [`function URL of ${name}`];
  if (type === 'AWS::Lambda::EventSourceMapping') return [`queue of ${name}`];
  if (type === 'AWS::Cognito::UserPool') {
    const triggers = z.record(z.string(), z.object({ LambdaVersion: z.string() })).parse(properties['LambdaConfig']);
    return Object.entries(triggers).map(([trigger, { LambdaVersion }]) => `${trigger} ${LambdaVersion} of a user pool, ${name}`);
  }
  if (type === 'AWS::AppSync::DataSource') {
    const source = properties['Name'];
    const resolvers = Object.values(resources).filter(
      ({ Type, Properties }) => Type === 'AWS::AppSync::Resolver' && Properties['DataSourceName'] === source,
    );
    return resolvers.map(({ Properties: { TypeName, FieldName } }) => `field ${TypeName}.${FieldName} of ${name}`);
  }
  if (type.startsWith('Custom::')) return [`${type} by ${name}`];
  throw new Error(
    `${id} of ${stack}, an ${type}, refers to ${name}: what it calls it with needs a kind of event, or a line among what is no source`,
  );
}

/** Functions by their logical ids, named by their log groups. */
function functionNames(resources: Resources): Map<string, string> {
  const lambdas = Object.entries(resources).filter(([, { Type }]) => Type === 'AWS::Lambda::Function');
  return new Map(
    lambdas.map(([id, { Properties }]) => {
      const { LogGroup } = z.object({ LogGroup: z.object({ Ref: z.string() }) }).parse(Properties['LoggingConfig']);
      const name = z.string().parse(resources[LogGroup.Ref]?.Properties['LogGroupName']);
      return [id, name.replace('/enstratus/functions/', '').replace('-repo/', '/')];
    }),
  );
}

/** Logical ids of a function's aliases: who refers to one calls the function. */
function aliasesOf(logicalId: string, resources: Resources): string[] {
  return Object.entries(resources).flatMap(([id, { Type, Properties }]) =>
    Type === 'AWS::Lambda::Alias' && refersTo(Properties['FunctionName'], logicalId) ? [id] : [],
  );
}

function refersTo(value: unknown, logicalId: string): boolean {
  if (typeof value === 'string') return value.includes(`\${${logicalId}`);
  if (Array.isArray(value)) return value.some((entry) => refersTo(entry, logicalId));
  if (typeof value !== 'object' || value === null) return false;
  const { Ref, 'Fn::GetAtt': attribute } = value as { Ref?: unknown; 'Fn::GetAtt'?: unknown };
  if (Ref === logicalId || (Array.isArray(attribute) && attribute[0] === logicalId)) return true;
  return Object.values(value).some((entry) => refersTo(entry, logicalId));
}
