import { z } from 'zod';
import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import { type CallContext, type Operation, operation } from '../../kernel/service.ts';
import { passRole } from '../iam/pass-role.ts';
import { checkBus, type DefaultBus, ruleArn } from './default-bus.ts';
import { invalid } from './pattern-error.ts';
import type { Rule } from './rule-store.ts';

export const ruleName = z.string().regex(/^[.\w-]{1,64}$/, 'must be 1 to 64 of letters, digits and .-_');
const tagList = z.array(z.strictObject({ Key: z.string().min(1).max(128), Value: z.string().max(256) }));

/** PutRule and what is asked of and done to a rule as a whole (EventBridge API Reference). */
export function ruleOperations(bus: DefaultBus): Record<string, Operation<never, unknown>> {
  const named = z.strictObject({ Name: ruleName, EventBusName: z.string().optional() });
  const on = (action: string) => (input: { readonly Name: string }, context: CallContext) => [
    { action: `events:${action}`, resource: ruleArn(input.Name, context) },
  ];
  const setEnabled = (action: string, enabled: boolean) =>
    operation({
      input: named,
      authorize: on(action),
      run: ({ Name, EventBusName }, context) => {
        checkBus(EventBusName, context);
        bus.rules(context).put({ ...bus.rule(Name, context), enabled });
        return {};
      },
    });

  return {
    PutRule: operation({
      input: z.strictObject({
        Name: ruleName,
        EventPattern: z.string().optional(),
        ScheduleExpression: z.string().optional(),
        State: z.enum(['ENABLED', 'DISABLED', 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS']).default('ENABLED'),
        Description: z.string().max(512).optional(),
        RoleArn: z.string().optional(),
        Tags: tagList.optional(),
        EventBusName: z.string().optional(),
      }),
      authorize: (input, context) => [
        ...on('PutRule')(input, context),
        ...(input.Tags === undefined ? [] : on('TagResource')(input, context)),
        ...(input.RoleArn === undefined ? [] : [passRole(input.RoleArn, 'events.amazonaws.com')]),
      ],
      run: (input, context) => {
        checkBus(input.EventBusName, context);
        if (input.ScheduleExpression !== undefined) throw new NotCarriedOut('schedules of EventBridge rules ("ScheduleExpression")');
        if (input.EventPattern === undefined) throw invalid('Parameter(s) EventPattern or ScheduleExpression must be specified.');
        const before = bus.rules(context).get(input.Name);
        bus.rules(context).put({
          name: input.Name,
          arn: ruleArn(input.Name, context),
          eventPattern: input.EventPattern,
          enabled: input.State !== 'DISABLED',
          description: input.Description,
          roleArn: input.RoleArn,
          // Tags of a rule that is there are left as they are ("PutRule").
          tags: before?.tags ?? Object.fromEntries((input.Tags ?? []).map(({ Key, Value }) => [Key, Value])),
          targets: before?.targets ?? {},
        });
        return { RuleArn: ruleArn(input.Name, context) };
      },
    }),

    DescribeRule: operation({
      input: named,
      authorize: on('DescribeRule'),
      run: ({ Name, EventBusName }, context) => {
        checkBus(EventBusName, context);
        return { ...shown(bus.rule(Name, context)), CreatedBy: context.account };
      },
    }),

    ListRules: operation({
      input: z.strictObject({
        NamePrefix: z.string().optional(),
        EventBusName: z.string().optional(),
        Limit: z.number().int().min(1).max(100).default(100),
        NextToken: z.string().optional(),
      }),
      authorize: () => [{ action: 'events:ListRules', resource: '*' }],
      run: ({ NamePrefix = '', EventBusName, Limit, NextToken = '' }, context) => {
        checkBus(EventBusName, context);
        const after = Buffer.from(NextToken, 'base64url').toString();
        const rest = bus
          .rules(context)
          .list()
          .filter(({ name }) => name.startsWith(NamePrefix) && name > after);
        const Rules = rest.slice(0, Limit).map(shown);
        return { Rules, ...(rest.length > Limit ? { NextToken: Buffer.from(Rules.at(-1)?.Name ?? '').toString('base64url') } : {}) };
      },
    }),

    EnableRule: setEnabled('EnableRule', true),
    DisableRule: setEnabled('DisableRule', false),

    DeleteRule: operation({
      input: z.strictObject({ Name: ruleName, EventBusName: z.string().optional(), Force: z.boolean().optional() }),
      authorize: on('DeleteRule'),
      run: ({ Name, EventBusName }, context) => {
        checkBus(EventBusName, context);
        if (Object.keys(bus.rule(Name, context).targets).length > 0)
          throw new AwsError('ValidationException', "Rule can't be deleted since it has targets.");
        bus.rules(context).delete(Name);
        return {};
      },
    }),

    ...tagOperations(bus),
  };
}

function tagOperations(bus: DefaultBus): Record<string, Operation<never, unknown>> {
  const ResourceARN = z.string();
  const on = (action: string) => (input: { readonly ResourceARN: string }) => [{ action: `events:${action}`, resource: input.ResourceARN }];
  const ruleOf = (arn: string, context: CallContext) => {
    const prefix = ruleArn('', context);
    if (!arn.startsWith(prefix)) throw new AwsError('ResourceNotFoundException', `Resource ${arn} does not exist.`);
    return bus.rule(arn.slice(prefix.length), context);
  };
  return {
    ListTagsForResource: operation({
      input: z.strictObject({ ResourceARN }),
      authorize: on('ListTagsForResource'),
      run: (input, context) => ({ Tags: Object.entries(ruleOf(input.ResourceARN, context).tags).map(([Key, Value]) => ({ Key, Value })) }),
    }),
    TagResource: operation({
      input: z.strictObject({ ResourceARN, Tags: tagList }),
      authorize: on('TagResource'),
      run: (input, context) => {
        const rule = ruleOf(input.ResourceARN, context);
        bus
          .rules(context)
          .put({ ...rule, tags: { ...rule.tags, ...Object.fromEntries(input.Tags.map(({ Key, Value }) => [Key, Value])) } });
        return {};
      },
    }),
    UntagResource: operation({
      input: z.strictObject({ ResourceARN, TagKeys: z.array(z.string()) }),
      authorize: on('UntagResource'),
      run: (input, context) => {
        const rule = ruleOf(input.ResourceARN, context);
        const tags = Object.fromEntries(Object.entries(rule.tags).filter(([key]) => !input.TagKeys.includes(key)));
        bus.rules(context).put({ ...rule, tags });
        return {};
      },
    }),
  };
}

function shown(rule: Rule) {
  return {
    Name: rule.name,
    Arn: rule.arn,
    EventPattern: rule.eventPattern,
    State: rule.enabled ? 'ENABLED' : 'DISABLED',
    Description: rule.description,
    RoleArn: rule.roleArn,
    EventBusName: 'default',
  };
}
