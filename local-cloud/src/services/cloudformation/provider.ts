import type { ZodError } from 'zod';
import type { Cloud } from '../../kernel/cloud.ts';
import type { ResourceContext, ResourceState, ResourceType } from '../../kernel/resource-type.ts';
import { holdsUnknown } from './intrinsics.ts';

type Properties = Readonly<Record<string, unknown>>;

/** A resource type as the engine uses it: properties come in resolved, unparsed. */
export interface Provider {
  readonly type: string;
  /** Why the whole type has no effect here. */
  readonly inertType?: string;
  readonly canUpdate: boolean;
  /** Whether a change of the stack's tags is handed on to the resource. */
  readonly takesTags: boolean;
  readonly replaceOn: readonly string[];
  /** What is wrong with the properties; what depends on values not yet known is passed over. */
  problems(properties: Properties): Problem[];
  /** Given properties that have no effect here, each with the reason. */
  inertIn(properties: Properties): string[];
  create(properties: Properties, context: ResourceContext): Promise<ProviderState>;
  update(physicalId: string, properties: Properties, previous: Properties, context: ResourceContext): Promise<ProviderState>;
  remove(physicalId: string, properties: Properties, context: ResourceContext): Promise<void>;
}

export interface ProviderState {
  readonly physicalId: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly noEcho?: boolean;
}

/** `isUnknownProperty`: a property that this local cloud doesn't carry out, or that doesn't exist. */
export interface Problem {
  readonly message: string;
  readonly isUnknownProperty: boolean;
}

/** Where each resource type is found: every registered service's own. */
export function findResourceType(cloud: Cloud, type: string): ResourceType | undefined {
  for (const service of cloud.services) {
    const found = service.resourceTypes?.find((candidate) => candidate.type === type);
    if (found !== undefined) return found;
  }
  return undefined;
}

export function providerOf(resourceType: ResourceType): Provider {
  const { type, inert = {}, inertType } = resourceType;
  // The engine parses before it calls, so the handlers' own properties type is assured.
  const handlers = resourceType as unknown as ResourceType<unknown>;
  return {
    type,
    ...(inertType === undefined ? {} : { inertType }),
    canUpdate: handlers.update !== undefined,
    takesTags: handlers.update !== undefined && inertType === undefined,
    replaceOn: handlers.replaceOn ?? [],
    problems: (properties) => problemsOf(resourceType, properties),
    inertIn: (properties) =>
      Object.entries(inert)
        .filter(([path]) => isPresent(properties, path.split('.')))
        .map(([path, reason]) => `${path} (${reason})`),
    create: async (properties, context) => stateOf(await handlers.create(parse(resourceType, properties), context)),
    update: async (physicalId, properties, previous, context) => {
      if (handlers.update === undefined) throw new Error(`${type} can't be updated`);
      return stateOf(await handlers.update(physicalId, parse(resourceType, properties), parse(resourceType, previous), context));
    },
    remove: (physicalId, properties, context) => handlers.delete(physicalId, parse(resourceType, properties), context),
  };
}

function stateOf(state: ResourceState): ProviderState {
  return { physicalId: state.physicalId, attributes: state.attributes };
}

function parse(resourceType: ResourceType, properties: Properties): unknown {
  const result = safeParse(resourceType, properties);
  if (result.success) return result.data;
  throw new Error(
    describe(result.error, properties)
      .map((problem) => problem.message)
      .join('; '),
  );
}

function safeParse(resourceType: ResourceType, properties: Properties) {
  const { properties: schema, inert = {} } = resourceType as unknown as ResourceType<unknown>;
  const result = schema.safeParse(properties);
  if (result.success || Object.keys(inert).length === 0) return result;
  // Inert properties needn't stand in the schema.
  return schema.safeParse(Object.keys(inert).reduce<unknown>((value, path) => without(value, path.split('.')), properties));
}

function problemsOf(resourceType: ResourceType, properties: Properties): Problem[] {
  try {
    const result = safeParse(resourceType, properties);
    return result.success ? [] : describe(result.error, properties);
  } catch (error) {
    // A transformation met an unknown value that it can't read yet; with the value itself it is tried again.
    if (holdsUnknown(properties)) return [];
    throw error;
  }
}

type Issue = ZodError['issues'][number];

function describe(error: ZodError, properties: Properties): Problem[] {
  return error.issues.flatMap((issue) => describeIssue(issue, properties, []));
}

function describeIssue(issue: Issue, properties: Properties, prefix: readonly PropertyKey[]): Problem[] {
  const path = [...prefix, ...issue.path];
  const name = path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ message: `property ${name === '' ? key : `${name}.${key}`}`, isUnknownProperty: true }));
  }
  if (holdsUnknown(at(properties, path))) {
    // Within a union an unknown property is real even where the rest isn't known yet.
    const nested =
      issue.code === 'invalid_union' ? issue.errors.map((issues) => issues.flatMap((inner) => describeIssue(inner, properties, path))) : [];
    const everyBranchRefuses = nested.length > 0 && nested.every((problems) => problems.some((problem) => problem.isUnknownProperty));
    return everyBranchRefuses ? (nested[0] ?? []).filter((problem) => problem.isUnknownProperty) : [];
  }
  if (issue.code === 'invalid_union') {
    const nested = issue.errors.map((issues) => issues.flatMap((inner) => describeIssue(inner, properties, path)));
    const best = nested
      .filter((problems) => problems.some((problem) => problem.isUnknownProperty))
      .toSorted((a, b) => a.length - b.length)[0];
    if (best !== undefined) return best.filter((problem) => problem.isUnknownProperty);
  }
  return [{ message: `${name === '' ? 'Properties' : name}: ${issue.message}`, isUnknownProperty: false }];
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[key] : undefined),
    value,
  );
}

function isPresent(value: unknown, path: readonly string[]): boolean {
  const [head, ...rest] = path;
  if (head === undefined) return true;
  if (Array.isArray(value)) return value.some((item) => isPresent(item, path));
  return typeof value === 'object' && value !== null && Object.hasOwn(value, head) && isPresent((value as Properties)[head], rest);
}

function without(value: unknown, path: readonly string[]): unknown {
  const [head, ...rest] = path;
  if (head === undefined || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => without(item, path));
  const { [head]: member, ...others } = value as Properties;
  if (member === undefined || rest.length === 0) return others;
  return { ...others, [head]: without(member, rest) };
}
