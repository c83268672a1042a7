import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import { type CallContext, type Operation, operation } from '../../kernel/service.ts';
import { passRole } from '../iam/pass-role.ts';
import { checkBus, type DefaultBus, ruleArn } from './default-bus.ts';
import { ruleName } from './rule-operations.ts';
import { checkInput } from './target-input.ts';
import { checkTarget, targetSchema } from './targets.ts';

/** EventBridge User Guide, "Amazon EventBridge quotas". */
const MAX_TARGETS = 5;

/** Targets of rules (EventBridge API Reference, "PutTargets", "ListTargetsByRule", "RemoveTargets"). */
export function targetOperations(bus: DefaultBus): Record<string, Operation<never, unknown>> {
  const on = (action: string) => (input: { readonly Rule: string }, context: CallContext) => [
    { action: `events:${action}`, resource: ruleArn(input.Rule, context) },
  ];
  return {
    PutTargets: operation({
      input: z.strictObject({ Rule: ruleName, EventBusName: z.string().optional(), Targets: z.array(targetSchema).min(1).max(100) }),
      authorize: (input, context) => [
        ...on('PutTargets')(input, context).map((one) => ({
          ...one,
          conditions: { 'events:TargetArn': input.Targets.map(({ Arn }) => Arn) },
        })),
        ...input.Targets.flatMap(({ RoleArn }) => (RoleArn === undefined ? [] : [passRole(RoleArn, 'events.amazonaws.com')])),
      ],
      run: ({ Rule, EventBusName, Targets }, context) => {
        checkBus(EventBusName, context);
        const rule = bus.rule(Rule, context);
        for (const target of Targets) {
          checkTarget(target);
          checkInput(target);
        }
        const targets = { ...rule.targets, ...Object.fromEntries(Targets.map((target) => [target.Id, target])) };
        if (Object.keys(targets).length > MAX_TARGETS)
          throw new AwsError(
            'LimitExceededException',
            `The requested resource exceeds the maximum number allowed: ${MAX_TARGETS} targets for a rule.`,
          );
        bus.rules(context).put({ ...rule, targets });
        return { FailedEntryCount: 0, FailedEntries: [] };
      },
    }),

    ListTargetsByRule: operation({
      input: z.strictObject({
        Rule: ruleName,
        EventBusName: z.string().optional(),
        // A rule has no more targets than one answer holds.
        Limit: z.number().int().min(1).max(100).optional(),
      }),
      authorize: on('ListTargetsByRule'),
      run: ({ Rule, EventBusName }, context) => {
        checkBus(EventBusName, context);
        return { Targets: Object.values(bus.rule(Rule, context).targets) };
      },
    }),

    RemoveTargets: operation({
      input: z.strictObject({
        Rule: ruleName,
        EventBusName: z.string().optional(),
        Ids: z.array(z.string()).min(1).max(100),
        Force: z.boolean().optional(),
      }),
      authorize: on('RemoveTargets'),
      run: ({ Rule, EventBusName, Ids }, context) => {
        checkBus(EventBusName, context);
        const rule = bus.rule(Rule, context);
        const targets = Object.fromEntries(Object.entries(rule.targets).filter(([id]) => !Ids.includes(id)));
        bus.rules(context).put({ ...rule, targets });
        const missing = Ids.filter((id) => !Object.hasOwn(rule.targets, id));
        return {
          FailedEntryCount: missing.length,
          FailedEntries: missing.map((TargetId) => ({
            TargetId,
            ErrorCode: 'ResourceNotFoundException',
            ErrorMessage: `Rule ${Rule} does not have a target with the Id ${TargetId}.`,
          })),
        };
      },
    }),
  };
}
