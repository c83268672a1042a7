import type { ZodType } from 'zod';
import type { PolicyDocument } from './policy-document.ts';
import { type ResourceContext, type ResourceType, resourceType } from './resource-type.ts';

/**
 * A resource type that gives resources of another type their only policy, as AWS::SNS::TopicPolicy and AWS::SQS::QueuePolicy do. Ref is an id of
 * its own. A resource that is dropped from the list, or all of them when it is deleted, get an empty policy; one that is gone already is no error.
 */
export function policyResourceType<Properties extends { PolicyDocument: PolicyDocument }>(definition: {
  readonly type: string;
  readonly properties: ZodType<Properties>;
  /** The resources' physical ids. */
  holders(properties: Properties): readonly string[];
  /** `policy` is JSON text, or empty for none. */
  setPolicy(holder: string, policy: string, context: ResourceContext): Promise<unknown>;
  readonly unlessGone: (work: Promise<unknown>) => Promise<void>;
}): ResourceType {
  const { type, properties, holders, setPolicy, unlessGone } = definition;
  const put = async (wanted: Properties, context: ResourceContext) => {
    for (const holder of holders(wanted)) await setPolicy(holder, JSON.stringify(wanted.PolicyDocument), context);
  };
  const clear = (dropped: readonly string[], context: ResourceContext) =>
    Promise.all(dropped.map((holder) => unlessGone(setPolicy(holder, '', context))));
  return resourceType<Properties>({
    type,
    properties,
    async create(wanted, context) {
      await put(wanted, context);
      const physicalId = context.uniqueName();
      return { physicalId, attributes: { Id: physicalId } };
    },
    async update(physicalId, wanted, previous, context) {
      await put(wanted, context);
      const kept = holders(wanted);
      await clear(
        holders(previous).filter((holder) => !kept.includes(holder)),
        context,
      );
      return { physicalId, attributes: { Id: physicalId } };
    },
    async delete(_physicalId, previous, context) {
      await clear(holders(previous), context);
    },
  });
}
