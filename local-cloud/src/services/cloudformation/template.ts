import { NotCarriedOut } from '../../kernel/aws-error.ts';
import { type ParameterDeclaration, readParameterDeclaration } from './parameters.ts';
import { readTemplateText } from './template-text.ts';
import { validationError } from './validation-error.ts';

export type DeletionPolicy = 'Delete' | 'Retain' | 'RetainExceptOnCreate';
export type UpdateReplacePolicy = 'Delete' | 'Retain';

/** Only what shifts an alias of a function. */
export interface UpdatePolicy {
  readonly applicationName: unknown;
  readonly deploymentGroupName: unknown;
}

export interface TemplateResource {
  readonly type: string;
  /** As written: with intrinsic functions. */
  readonly properties: Readonly<Record<string, unknown>>;
  readonly condition?: string;
  readonly dependsOn: readonly string[];
  readonly deletionPolicy: DeletionPolicy;
  readonly updateReplacePolicy: UpdateReplacePolicy;
  readonly metadata?: unknown;
  /** As written: with intrinsic functions. */
  readonly updatePolicy?: UpdatePolicy;
}

export interface TemplateOutput {
  readonly value: unknown;
  readonly description?: string;
  readonly exportName?: unknown;
  readonly condition?: string;
}

export interface TemplateRule {
  readonly condition?: unknown;
  readonly assertions: readonly { readonly assert: unknown; readonly description?: string }[];
}

/** A template whose structure is right; what its expressions say is checked when they are evaluated. */
export interface Template {
  readonly description?: string;
  readonly metadata?: unknown;
  readonly parameters: Readonly<Record<string, ParameterDeclaration>>;
  readonly rules: Readonly<Record<string, TemplateRule>>;
  readonly mappings: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  readonly conditions: Readonly<Record<string, unknown>>;
  readonly resources: Readonly<Record<string, TemplateResource>>;
  readonly outputs: Readonly<Record<string, TemplateOutput>>;
}

type Json = Readonly<Record<string, unknown>>;

const SECTIONS = [
  'AWSTemplateFormatVersion',
  'Description',
  'Metadata',
  'Parameters',
  'Rules',
  'Mappings',
  'Conditions',
  'Resources',
  'Outputs',
];
const SECTIONS_NOT_CARRIED_OUT = ['Transform', 'Hooks'];
const ATTRIBUTES = ['Type', 'Properties', 'Condition', 'DependsOn', 'DeletionPolicy', 'UpdateReplacePolicy', 'Metadata', 'UpdatePolicy'];
const ATTRIBUTES_NOT_CARRIED_OUT = ['CreationPolicy'];

/** Limits of CloudFormation User Guide, "Understand CloudFormation quotas". */
const MAX_RESOURCES = 500;
const MAX_OUTPUTS = 200;
const MAX_PARAMETERS = 200;

/**
 * Reads a template and checks its structure: sections, attributes of resources, limits. Throws ValidationError in
 * CloudFormation's words, or NotCarriedOut with the name of a section or attribute that has no effect here.
 */
export function readTemplate(text: string): Template {
  const root = readTemplateText(text);
  checkNames(
    root,
    SECTIONS,
    SECTIONS_NOT_CARRIED_OUT,
    (names) => `Invalid template property or properties [${names}]`,
    'the template section',
  );
  const version = root['AWSTemplateFormatVersion'];
  if (version !== undefined && String(version) !== '2010-09-09') {
    throw validationError('Template format error: invalid value for AWSTemplateFormatVersion, must be 2010-09-09');
  }
  const resources = section(root, 'Resources');
  if (Object.keys(resources).length === 0) throw validationError('Template format error: At least one Resources member must be defined.');
  const description = root['Description'];
  if (description !== undefined && typeof description !== 'string') {
    throw validationError('Template format error: every Description member must be a string.');
  }
  const template: Template = {
    ...(description === undefined ? {} : { description }),
    ...(root['Metadata'] === undefined ? {} : { metadata: root['Metadata'] }),
    parameters: mapSection(root, 'Parameters', (value, name) => readParameterDeclaration(name, value)),
    rules: mapSection(root, 'Rules', readRule),
    mappings: mapSection(root, 'Mappings', readMapping),
    conditions: section(root, 'Conditions'),
    resources: mapSection(root, 'Resources', readResource),
    outputs: mapSection(root, 'Outputs', readOutput),
  };
  checkCount(template.resources, MAX_RESOURCES, 'resources');
  checkCount(template.outputs, MAX_OUTPUTS, 'outputs');
  checkCount(template.parameters, MAX_PARAMETERS, 'parameters');
  return template;
}

function readResource(value: unknown, logicalId: string): TemplateResource {
  if (!/^[A-Za-z0-9]{1,255}$/.test(logicalId)) {
    throw validationError(`Template format error: Resource name ${logicalId} is non alphanumeric.`);
  }
  if (!isObject(value)) throw validationError(`Template format error: [/Resources/${logicalId}] resource definition is malformed`);
  checkNames(
    value,
    ATTRIBUTES,
    ATTRIBUTES_NOT_CARRIED_OUT,
    (names) => `Invalid template resource property '${names}' of ${logicalId}`,
    `the resource attribute`,
    ` of ${logicalId}`,
  );
  const type = value['Type'];
  if (typeof type !== 'string') {
    throw validationError(`Template format error: [/Resources/${logicalId}] Every Resources object must contain a Type member.`);
  }
  const properties = value['Properties'] ?? {};
  if (!isObject(properties)) {
    throw validationError(`Template format error: [/Resources/${logicalId}/Properties] 'null' values are not allowed in templates`);
  }
  const condition = value['Condition'];
  return {
    type,
    properties,
    ...(condition === undefined ? {} : { condition: text(condition, `/Resources/${logicalId}/Condition`) }),
    dependsOn: readDependsOn(value['DependsOn'], logicalId),
    deletionPolicy: policy(value['DeletionPolicy'], ['Delete', 'Retain', 'RetainExceptOnCreate'] as const, 'DeletionPolicy', logicalId),
    updateReplacePolicy: policy(value['UpdateReplacePolicy'], ['Delete', 'Retain'] as const, 'UpdateReplacePolicy', logicalId),
    ...(value['Metadata'] === undefined ? {} : { metadata: value['Metadata'] }),
    ...(value['UpdatePolicy'] === undefined ? {} : { updatePolicy: readUpdatePolicy(value['UpdatePolicy'], type, logicalId) }),
  };
}

/** CloudFormation Template Reference, "UpdatePolicy attribute": of its kinds the one for aliases, without hooks. */
function readUpdatePolicy(value: unknown, type: string, logicalId: string): UpdatePolicy {
  const malformed = (what: string) => validationError(`Template format error: UpdatePolicy of ${logicalId} is malformed: ${what}`);
  if (!isObject(value)) throw malformed('it must be a map');
  const other = Object.keys(value).find((key) => key !== 'CodeDeployLambdaAliasUpdate');
  if (other !== undefined) throw new NotCarriedOut(`the UpdatePolicy "${other}" of ${logicalId}`);
  const update = value['CodeDeployLambdaAliasUpdate'];
  if (!isObject(update)) throw malformed('CodeDeployLambdaAliasUpdate must be a map');
  if (type !== 'AWS::Lambda::Alias') throw malformed(`CodeDeployLambdaAliasUpdate is for AWS::Lambda::Alias, not for ${type}`);
  const { ApplicationName: applicationName, DeploymentGroupName: deploymentGroupName, ...rest } = update;
  const [hook] = Object.keys(rest);
  if (hook !== undefined) throw new NotCarriedOut(`the UpdatePolicy "CodeDeployLambdaAliasUpdate.${hook}" of ${logicalId}`);
  if (applicationName === undefined || deploymentGroupName === undefined)
    throw malformed('ApplicationName and DeploymentGroupName are required');
  return { applicationName, deploymentGroupName };
}

function readDependsOn(value: unknown, logicalId: string): string[] {
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).map((item) => text(item, `/Resources/${logicalId}/DependsOn`));
}

function policy<const T extends string>(value: unknown, allowed: readonly T[], attribute: string, logicalId: string): T {
  if (value === undefined) return allowed[0] as T;
  const found = allowed.find((candidate) => candidate === value);
  if (found !== undefined) return found;
  if (value === 'Snapshot') throw new NotCarriedOut(`the ${attribute} "Snapshot" of ${logicalId}`);
  throw validationError(`Template format error: Unrecognized ${attribute} ${JSON.stringify(value)} for resource ${logicalId}`);
}

function readOutput(value: unknown, name: string): TemplateOutput {
  const where = `/Outputs/${name}`;
  if (!isObject(value) || !Object.hasOwn(value, 'Value')) {
    throw validationError(`Template format error: Output ${name} is malformed. Every Outputs member must contain a Value object`);
  }
  checkNames(value, ['Value', 'Description', 'Export', 'Condition'], [], (names) => `Invalid output property '${names}' of ${name}`, '');
  const { Description: description, Condition: condition, Export: exported } = value;
  if (exported !== undefined && (!isObject(exported) || !Object.hasOwn(exported, 'Name') || Object.keys(exported).length > 1)) {
    throw validationError(`Template format error: Output ${name} is malformed. Export must contain exactly a Name`);
  }
  return {
    value: value['Value'],
    ...(description === undefined ? {} : { description: text(description, `${where}/Description`) }),
    ...(exported === undefined ? {} : { exportName: (exported as Json)['Name'] }),
    ...(condition === undefined ? {} : { condition: text(condition, `${where}/Condition`) }),
  };
}

function readRule(value: unknown, name: string): TemplateRule {
  if (!isObject(value) || !Array.isArray(value['Assertions'])) {
    throw validationError(`Template format error: Rule ${name} is malformed: Assertions must be a list`);
  }
  checkNames(value, ['RuleCondition', 'Assertions'], [], (names) => `Invalid rule property '${names}' of ${name}`, '');
  return {
    ...(value['RuleCondition'] === undefined ? {} : { condition: value['RuleCondition'] }),
    assertions: value['Assertions'].map((assertion: unknown) => {
      if (!isObject(assertion) || assertion['Assert'] === undefined) {
        throw validationError(`Template format error: Rule ${name} is malformed: every assertion needs Assert`);
      }
      checkNames(assertion, ['Assert', 'AssertDescription'], [], (names) => `Invalid assertion property '${names}' of rule ${name}`, '');
      const description = assertion['AssertDescription'];
      return { assert: assertion['Assert'], ...(typeof description === 'string' ? { description } : {}) };
    }),
  };
}

function readMapping(value: unknown, name: string): Record<string, Record<string, unknown>> {
  if (!isObject(value) || !Object.values(value).every(isObject)) {
    throw validationError(`Template format error: Every Mappings attribute must be a map of maps: ${name}`);
  }
  return value as Record<string, Record<string, unknown>>;
}

function checkNames(
  value: Json,
  known: readonly string[],
  notCarriedOut: readonly string[],
  message: (names: string) => string,
  what: string,
  where = '',
): void {
  for (const name of Object.keys(value)) {
    if (notCarriedOut.includes(name)) throw new NotCarriedOut(`${what} "${name}"${where}`);
  }
  const unknown = Object.keys(value).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw validationError(message(unknown.join(', ')));
}

function checkCount(members: object, limit: number, what: string): void {
  const count = Object.keys(members).length;
  if (count > limit) throw validationError(`Template format error: Number of ${what}, ${count}, is greater than maximum allowed, ${limit}`);
}

function mapSection<T>(root: Json, name: string, read: (value: unknown, key: string) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(section(root, name)).map(([key, value]) => [key, read(value, key)]));
}

function section(root: Json, name: string): Json {
  const value = root[name];
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw validationError(`Template format error: ${name} section must be a map`);
  return value;
}

function text(value: unknown, where: string): string {
  if (typeof value === 'string') return value;
  throw validationError(`Template format error: ${where} must be a string`);
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
