import { NotCarriedOut } from '../../kernel/aws-error.ts';
import { changedProperties, isSame } from './changed-properties.ts';
import { CustomResources } from './custom-resource.ts';
import { referencesIn } from './dynamic-references.ts';
import { type Evaluation, evaluateOutputs, type ResourceValues } from './evaluation.ts';
import { holdsUnknown, resolve, UNKNOWN } from './intrinsics.ts';
import type { Problem, Provider } from './provider.ts';
import type { ResourceRecord, StackOutput } from './stack-store.ts';
import type { TemplateResource } from './template.ts';
import { validationError } from './validation-error.ts';

/** A member of a change set, in the shape of the API's ResourceChange. */
export interface ResourceChange {
  readonly Action: 'Add' | 'Modify' | 'Remove';
  readonly PolicyAction?: 'Delete' | 'Retain' | 'ReplaceAndDelete' | 'ReplaceAndRetain';
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceType: string;
  readonly Replacement?: 'True' | 'False' | 'Conditional';
  readonly Scope: readonly string[];
  readonly Details: readonly unknown[];
  /** JSON text; shown when property values are asked for. */
  readonly BeforeContext?: string;
  readonly AfterContext?: string;
}

export interface Plan {
  readonly changes: readonly ResourceChange[];
  /** False: an execution would do nothing at all. */
  readonly hasChanges: boolean;
}

export interface PlanInput {
  readonly evaluation: Evaluation;
  /** What the stack has now; empty for a new one. */
  readonly records: readonly ResourceRecord[];
  readonly stackTags: Readonly<Record<string, string>>;
  readonly outputs: readonly StackOutput[];
  readonly provider: (type: string) => Provider | undefined;
}

/**
 * What a deployment would do, without doing it. Throws before anything is made when a resource type or property isn't
 * carried out (NotCarriedOut, by its name) or is wrong (ValidationError).
 */
export function plan(input: PlanInput): Plan {
  const { evaluation, records, provider } = input;
  checkTypes(evaluation, provider);
  const recordOf = new Map(records.map((record) => [record.logicalId, record]));
  const moved = new Set<string>();
  const asked = new Set<string>();
  const values: ResourceValues = {
    ref: (logicalId) => (moved.has(logicalId) ? UNKNOWN : (recordOf.get(logicalId)?.physicalId ?? UNKNOWN)),
    attribute: (logicalId, attribute) => {
      const record = recordOf.get(logicalId);
      return moved.has(logicalId) || asked.has(logicalId) ? UNKNOWN : (record?.attributes[attribute] ?? UNKNOWN);
    },
  };
  const problems: string[] = [];
  const unknown: string[] = [];
  const changes = topological(evaluation).flatMap((logicalId): ResourceChange[] => {
    const resource = evaluation.resources[logicalId] as TemplateResource;
    const found = provider(resource.type) as Provider;
    const properties = resolve(resource.properties, evaluation.names(values)) as Record<string, unknown>;
    for (const [reference, service] of referencesIn(properties)) {
      if (service !== 'ssm') throw new NotCarriedOut(`the dynamic reference ${reference}`);
    }
    for (const problem of found.problems(withDynamicUnknown(properties))) {
      (problem.isUnknownProperty ? unknown : problems).push(describe(logicalId, resource.type, problem));
    }
    const record = recordOf.get(logicalId);
    if (record === undefined || (record.physicalId === undefined && record.before === undefined)) {
      return [
        {
          Action: 'Add',
          LogicalResourceId: logicalId,
          ResourceType: resource.type,
          Scope: [],
          Details: [],
          AfterContext: context(properties),
        },
      ];
    }
    const change = modification(record, resource, properties, found, input.stackTags);
    if (change === undefined) return [];
    if (change.Replacement !== 'False') moved.add(logicalId);
    if (CustomResources.isCustom(resource.type)) asked.add(logicalId);
    return [change];
  });
  if (unknown.length > 0) throw new NotCarriedOut(unknown.join('; '));
  if (problems.length > 0) throw validationError(`Properties validation failed: ${problems.join('; ')}`);
  const removals = records.filter(({ logicalId }) => !Object.hasOwn(evaluation.resources, logicalId)).map(removal);
  const all = [...changes, ...removals];
  const hasChanges = all.length > 0 || records.length === 0 || !isSame(evaluateOutputs(evaluation, values), input.outputs);
  return { changes: all, hasChanges };
}

function checkTypes(evaluation: Evaluation, provider: (type: string) => Provider | undefined): void {
  const missing = Object.entries(evaluation.resources).filter(([, { type }]) => provider(type) === undefined);
  if (missing.length === 0) return;
  const names = missing.map(([logicalId, { type }]) => `${type} (${logicalId})`);
  throw new NotCarriedOut(`the resource type${names.length > 1 ? 's' : ''} ${names.join(', ')}`);
}

function describe(logicalId: string, type: string, { message, isUnknownProperty }: Problem): string {
  return isUnknownProperty ? `the ${message} of ${type} (${logicalId})` : `${logicalId} (${type}): ${message}`;
}

function withDynamicUnknown(value: Record<string, unknown>): Record<string, unknown> {
  return referencesIn(value).length === 0
    ? value
    : (JSON.parse(JSON.stringify(value).replaceAll(/\{\{resolve:[^}]*\}\}/g, UNKNOWN)) as Record<string, unknown>);
}

function modification(
  record: ResourceRecord,
  resource: TemplateResource,
  properties: Readonly<Record<string, unknown>>,
  provider: Provider,
  stackTags: Readonly<Record<string, string>>,
): ResourceChange | undefined {
  if (record.type !== resource.type) {
    throw validationError(
      `Update of resource type is not permitted. The new template modifies resource type of the following resources: [${record.logicalId}]`,
    );
  }
  if (CustomResources.isCustom(resource.type) && !isSame(record.properties['ServiceToken'], properties['ServiceToken'])) {
    // A replaced function has a new ARN, which is known only then.
    if (!holdsUnknown(properties['ServiceToken'])) throw validationError(`Modifying service token is not allowed. (${record.logicalId})`);
  }
  const changed = changedProperties(record.properties, properties);
  const replacing = changed.filter((name) => !provider.canUpdate || provider.replaceOn.includes(name));
  const isCertain = replacing.some((name) => !holdsUnknown(properties[name]));
  const replacement = replacing.length === 0 ? 'False' : isCertain ? 'True' : 'Conditional';
  const attributes = [
    ...(isSame(record.metadata, resource.metadata) ? [] : ['Metadata']),
    ...(record.deletionPolicy === resource.deletionPolicy ? [] : ['DeletionPolicy']),
    ...(record.updateReplacePolicy === resource.updateReplacePolicy ? [] : ['UpdateReplacePolicy']),
    ...(isSame(record.stackTags, stackTags) || !provider.takesTags ? [] : ['Tags']),
  ];
  if (changed.length === 0 && attributes.length === 0 && !record.status.endsWith('_FAILED')) return undefined;
  const details = [
    ...changed.map((name) => propertyDetail(name, record.properties[name], properties[name], replacing.includes(name))),
    ...attributes.map((attribute) => ({
      Target: { Attribute: attribute, RequiresRecreation: 'Never' },
      Evaluation: 'Static',
      ChangeSource: 'DirectModification',
    })),
  ];
  const policy = resource.updateReplacePolicy === 'Retain' ? 'ReplaceAndRetain' : 'ReplaceAndDelete';
  return {
    Action: 'Modify',
    ...(replacement === 'True' ? { PolicyAction: policy } : {}),
    LogicalResourceId: record.logicalId,
    ...(record.physicalId === undefined ? {} : { PhysicalResourceId: record.physicalId }),
    ResourceType: record.type,
    Replacement: replacement,
    Scope: [...(changed.length === 0 ? [] : ['Properties']), ...attributes],
    Details: details,
    BeforeContext: context(record.properties),
    AfterContext: context(properties),
  };
}

function propertyDetail(name: string, before: unknown, after: unknown, replaces: boolean): unknown {
  const isDynamic = holdsUnknown(after);
  const kind = before === undefined ? 'Add' : after === undefined ? 'Remove' : 'Modify';
  return {
    Target: {
      Attribute: 'Properties',
      Name: name,
      RequiresRecreation: replaces ? (isDynamic ? 'Conditionally' : 'Always') : 'Never',
      Path: `/Properties/${name}`,
      ...(before === undefined ? {} : { BeforeValue: valueText(before) }),
      ...(after === undefined ? {} : { AfterValue: valueText(after) }),
      AttributeChangeType: kind,
    },
    Evaluation: isDynamic ? 'Dynamic' : 'Static',
    ChangeSource: isDynamic ? 'ResourceReference' : 'DirectModification',
  };
}

function removal(record: ResourceRecord): ResourceChange {
  return {
    Action: 'Remove',
    PolicyAction: record.deletionPolicy === 'Delete' ? 'Delete' : 'Retain',
    LogicalResourceId: record.logicalId,
    ...(record.physicalId === undefined ? {} : { PhysicalResourceId: record.physicalId }),
    ResourceType: record.type,
    Scope: [],
    Details: [],
    BeforeContext: context(record.properties),
  };
}

function topological({ graph }: Evaluation): string[] {
  const order: string[] = [];
  const seen = new Set<string>();
  const visit = (logicalId: string): void => {
    if (seen.has(logicalId)) return;
    seen.add(logicalId);
    for (const dependency of graph.get(logicalId) ?? []) visit(dependency);
    order.push(logicalId);
  };
  for (const logicalId of graph.keys()) visit(logicalId);
  return order;
}

function valueText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function context(properties: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ Properties: properties });
}
