import { NotCarriedOut } from '../../kernel/aws-error.ts';
import { checkRules, evaluateConditions } from './conditions.ts';
import { findCircle, type Graph, type Mentions, mentionsOf } from './dependencies.ts';
import { type Names, NO_VALUE, resolve, UNKNOWN } from './intrinsics.ts';
import { type ParameterValue, parameterRef } from './parameters.ts';
import type { StackOutput } from './stack-store.ts';
import type { Template, TemplateResource } from './template.ts';
import { validationError } from './validation-error.ts';

export interface StackIdentity {
  readonly account: string;
  readonly region: string;
  readonly stackId: string;
  readonly stackName: string;
}

/** What `Ref` and `Fn::GetAtt` of resources yield. */
export interface ResourceValues {
  ref(logicalId: string): unknown;
  attribute(logicalId: string, attribute: string): unknown;
}

/** A template with its parameters' values: which resources it makes, and in which order. */
export interface Evaluation {
  readonly template: Template;
  /** Those whose condition holds. */
  readonly resources: Readonly<Record<string, TemplateResource>>;
  /** Logical id to the logical ids that must exist before. */
  readonly graph: Graph;
  /** Names of the exports that the template imports. */
  readonly imports: readonly string[];
  /** The names of this template for `resolve`, its resources as `values` knows them. */
  names(values: ResourceValues): Names;
}

const PSEUDO_PARAMETERS = ['AccountId', 'NoValue', 'NotificationARNs', 'Partition', 'Region', 'StackId', 'StackName', 'URLSuffix'].map(
  (name) => `AWS::${name}`,
);

/**
 * Evaluates conditions and rules, checks every reference and the order. `exported` finds the value of an export.
 * Throws ValidationError in CloudFormation's words before anything is made.
 */
export function evaluate(
  template: Template,
  parameters: Readonly<Record<string, ParameterValue>>,
  identity: StackIdentity,
  exported: (name: string) => string | undefined,
): Evaluation {
  checkReferences(template);
  const parameterOrPseudo = (name: string): unknown => {
    const declaration = Object.hasOwn(template.parameters, name) ? template.parameters[name] : undefined;
    const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    return declaration === undefined || value === undefined ? pseudoParameter(name, identity) : parameterRef(declaration, value);
  };
  const mapped = (map: string, top: string, second: string): unknown => {
    const value = template.mappings[map]?.[top]?.[second];
    if (value === undefined) throw validationError(`Template error: Unable to get mapping for ${map}::${top}::${second}`);
    return value;
  };
  const parametersOnly: Names = {
    ref: (name) => {
      const value = parameterOrPseudo(name);
      if (value === undefined) {
        throw validationError(
          `Template format error: Unresolved dependencies [${name}]. Cannot reference resources in the Conditions block of the template`,
        );
      }
      return value;
    },
    attribute: (logicalId) => {
      throw validationError(`Template error: Fn::GetAtt of ${logicalId} cannot be used in the Conditions or Rules block of the template`);
    },
    condition: (name) => {
      throw validationError(`Template format error: Unresolved condition dependency ${name}`);
    },
    mapped,
    importValue: () => {
      throw validationError('Template error: Fn::ImportValue cannot be used in the Conditions or Rules block of the template');
    },
  };
  checkRules(template.rules, parametersOnly);
  const conditions = evaluateConditions(template.conditions, parametersOnly);
  const condition = (name: string): boolean => {
    const value = conditions[name];
    if (value === undefined)
      throw validationError(`Template format error: Unresolved condition dependency ${name} in the Resources block of the template`);
    return value;
  };
  const holds = (part: { readonly condition?: string }) => part.condition === undefined || condition(part.condition);
  const resources = Object.fromEntries(Object.entries(template.resources).filter(([, resource]) => holds(resource)));
  const graph = graphOf(template, resources, condition);
  const imports = new Set<string>();
  const names = (values: ResourceValues): Names => ({
    ref: (name) => parameterOrPseudo(name) ?? values.ref(name),
    attribute: values.attribute,
    condition,
    mapped,
    importValue: (name) => {
      const value = exported(name);
      if (value === undefined) throw validationError(`No export named ${name} found.`);
      imports.add(name);
      return value;
    },
  });
  const outputs = Object.fromEntries(Object.entries(template.outputs).filter(([, output]) => holds(output)));
  const evaluation: Evaluation = { template: { ...template, outputs }, resources, graph, imports: [], names };
  // Once with placeholders: finds wrong mappings, imports and arguments before anything is made.
  const placeholders = names({ ref: () => UNKNOWN, attribute: () => UNKNOWN });
  for (const { properties } of Object.values(resources)) resolve(properties, placeholders);
  for (const { value, exportName } of Object.values(outputs)) resolve([value, exportName], placeholders);
  return { ...evaluation, imports: [...imports] };
}

/** Outputs with their values; `values` yields what resources have now. */
export function evaluateOutputs(evaluation: Evaluation, values: ResourceValues): StackOutput[] {
  const names = evaluation.names(values);
  return Object.entries(evaluation.template.outputs).map(([key, output]) => {
    const value = resolve(output.value, names);
    if (typeof value === 'object' || value === NO_VALUE || value === undefined) {
      throw validationError(
        `Template format error: Output ${key} is malformed. The Value field of every Outputs member must evaluate to a String.`,
      );
    }
    return {
      key,
      value: String(value),
      ...(output.description === undefined ? {} : { description: output.description }),
      ...(output.exportName === undefined ? {} : { exportName: String(resolve(output.exportName, names)) }),
    };
  });
}

/** Checks that every name in the template stands for something, whatever its conditions say. */
export function checkReferences(template: Template): void {
  const isKnown = (name: string) =>
    Object.hasOwn(template.resources, name) || Object.hasOwn(template.parameters, name) || PSEUDO_PARAMETERS.includes(name);
  const check = (block: string, value: unknown, dependsOn: readonly string[], condition: string | undefined) => {
    const mentions = mentionsOf(value);
    const unresolved = [
      ...[...mentions.refs].filter((name) => !isKnown(name)),
      ...[...mentions.attributes.map(([logicalId]) => logicalId), ...dependsOn].filter((name) => !Object.hasOwn(template.resources, name)),
    ];
    if (unresolved.length > 0) {
      throw validationError(
        `Template format error: Unresolved resource dependencies [${[...new Set(unresolved)].join(', ')}] in the ${block} block of the template`,
      );
    }
    for (const name of [...mentions.conditions, ...(condition === undefined ? [] : [condition])]) {
      if (!Object.hasOwn(template.conditions, name)) {
        throw validationError(`Template format error: Unresolved condition dependency ${name} in the ${block} block of the template`);
      }
    }
  };
  for (const resource of Object.values(template.resources)) check('Resources', namesIn(resource), resource.dependsOn, resource.condition);
  for (const output of Object.values(template.outputs)) check('Outputs', [output.value, output.exportName], [], output.condition);
}

/** What a resource says with names of others. */
function namesIn({ properties, updatePolicy }: TemplateResource): unknown {
  return [properties, updatePolicy ?? {}];
}

function graphOf(template: Template, resources: Readonly<Record<string, TemplateResource>>, condition: (name: string) => boolean): Graph {
  const graph = new Map<string, Set<string>>();
  for (const [logicalId, resource] of Object.entries(resources)) {
    const mentioned = resourcesIn(mentionsOf(namesIn(resource), condition), template);
    checkPresent(mentioned, resources, 'Resources');
    // DependsOn a resource whose condition doesn't hold is ignored (User Guide, "DependsOn attribute").
    const explicit = resource.dependsOn.filter((name) => Object.hasOwn(resources, name));
    graph.set(logicalId, new Set([...mentioned, ...explicit]));
  }
  for (const output of Object.values(template.outputs)) {
    if (output.condition !== undefined && !condition(output.condition)) continue;
    checkPresent(resourcesIn(mentionsOf(output.value, condition), template), resources, 'Outputs');
  }
  const circle = findCircle(graph);
  if (circle !== undefined) throw validationError(`Circular dependency between resources: [${circle.join(', ')}]`);
  return graph;
}

function checkPresent(mentioned: readonly string[], resources: object, block: string): void {
  const absent = mentioned.filter((name) => !Object.hasOwn(resources, name));
  if (absent.length > 0) {
    throw validationError(
      `Template format error: Unresolved resource dependencies [${absent.join(', ')}] in the ${block} block of the template`,
    );
  }
}

function resourcesIn(mentions: Mentions, template: Template): string[] {
  const names = [...mentions.refs, ...mentions.attributes.map(([logicalId]) => logicalId)];
  return [...new Set(names)].filter((name) => Object.hasOwn(template.resources, name));
}

function pseudoParameter(name: string, identity: StackIdentity): unknown {
  switch (name) {
    case 'AWS::AccountId':
      return identity.account;
    case 'AWS::Region':
      return identity.region;
    case 'AWS::Partition':
      return 'aws';
    case 'AWS::StackId':
      return identity.stackId;
    case 'AWS::StackName':
      return identity.stackName;
    case 'AWS::URLSuffix':
      return 'amazonaws.com';
    case 'AWS::NoValue':
      return NO_VALUE;
    case 'AWS::NotificationARNs':
      throw new NotCarriedOut('the pseudo parameter AWS::NotificationARNs');
    default:
      return undefined;
  }
}
