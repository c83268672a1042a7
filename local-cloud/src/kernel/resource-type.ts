import { type ZodType, z } from 'zod';
import { AwsError } from './aws-error.ts';
import type { Scope } from './service.ts';

/** What CloudFormation knows of a created resource. */
export interface ResourceState {
  /** What `Ref` yields. */
  readonly physicalId: string;
  /** What `Fn::GetAtt` yields, by attribute name. */
  readonly attributes: Readonly<Record<string, string | number | boolean | readonly string[]>>;
}

/** The UpdatePolicy of an alias: a deployment of CodeDeploy shifts it (CloudFormation Template Reference, "UpdatePolicy attribute"). */
export interface AliasUpdatePolicy {
  readonly applicationName: string;
  readonly deploymentGroupName: string;
}

/** What a resource type's handlers are given. */
export interface ResourceContext extends Scope {
  readonly stackName: string;
  readonly stackId: string;
  readonly logicalId: string;
  readonly endpoint: string;
  /** Tags of the stack and `aws:cloudformation:*`, which AWS puts on every resource. */
  readonly stackTags: Readonly<Record<string, string>>;
  /** Only in an update of a resource that has such a policy. */
  readonly aliasUpdate?: AliasUpdatePolicy & {
    /** The update brings back what was before one that failed: at once, and what may still be shifting is stopped. */
    readonly isRollback: boolean;
    /** Aborted when the deployment of the stack is given up, with the error to reject with as its reason. */
    readonly signal: AbortSignal;
  };
  /** Calls a service with the deployment's own role: what that role may not do, the deployment can't. */
  call<Out = unknown>(service: string, operation: string, input: unknown): Promise<Out>;
  /**
   * A physical name as CloudFormation makes it: `<stack>-<logicalId>-<random>`, cut to `maxLength`, lower case on wish.
   * Stable for one resource during one create, so that a create that is tried again doesn't make a second one.
   */
  uniqueName(options?: { maxLength?: number; lowerCase?: boolean; separator?: string }): string;
}

/** One CloudFormation resource type. Its handlers call the services' own operations, as CloudFormation does. */
export interface ResourceType<Properties = never> {
  /** Such as `AWS::SQS::Queue`. */
  readonly type: string;
  /** Strict: a property that isn't carried out fails the deployment by its name. */
  readonly properties: ZodType<Properties>;
  /** Properties that are accepted and have no effect here, each with the reason. Said at deploy and in LIMITS.md. */
  readonly inert?: Readonly<Record<string, string>>;
  /** The whole type is accepted and has no effect here: the reason. Said at deploy and in LIMITS.md. */
  readonly inertType?: string;
  /** Top-level properties whose change replaces the resource ("Update requires: Replacement"). */
  readonly replaceOn?: readonly string[];
  create(properties: Properties, context: ResourceContext): Promise<ResourceState>;
  /** Absent: any change of a property replaces the resource. */
  update?(physicalId: string, properties: Properties, previous: Properties, context: ResourceContext): Promise<ResourceState>;
  /** A resource that is already gone is no error. */
  delete(physicalId: string, properties: Properties, context: ResourceContext): Promise<void>;
}

/** Types a resource type where it is written; the engine parses by `properties` before it calls. */
export function resourceType<Properties>(definition: ResourceType<Properties>): ResourceType {
  return definition as unknown as ResourceType;
}

/** CloudFormation writes numbers as text as often as not. */
export const cfnNumber = z.union([
  z.number(),
  z
    .string()
    .regex(/^-?\d+(\.\d+)?$/)
    .transform(Number),
]);
/** CloudFormation writes booleans as text as often as not. */
export const cfnBoolean = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);
export const cfnTags = z.array(z.strictObject({ Key: z.string(), Value: z.string() }));

/** Makes what waits for work and carries on when it fails with this code, such as a deletion of what is gone already. */
export function unlessCode(code: string): (work: Promise<unknown>) => Promise<void> {
  return async (work) => {
    try {
      await work;
    } catch (error) {
      if (!(error instanceof AwsError && error.code === code)) throw error;
    }
  };
}
