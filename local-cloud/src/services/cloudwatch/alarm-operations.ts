import { z } from 'zod';
import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import { type Authorization, type CallContext, type Operation, operation, type Scope } from '../../kernel/service.ts';
import { ALARM_STATES, type Alarm, alarmArn, alarmSettings, watchedBy } from './alarm-record.ts';
import type { Alarms } from './alarms.ts';
import { apiDimensions, apiNumber, apiTags, dimensionsOf, validationError } from './api-values.ts';
import { page } from './pages.ts';

/** "CloudWatch quotas", "DeleteAlarms" and "DescribeAlarms": at most 100 names a call. */
const alarmNames = z.array(z.string().min(1).max(255)).max(100);
const MAX_TAGS = 50;

/** Operations on alarms. Composite alarms, log alarms, muting and anomaly detectors are not carried out. */
export function alarmOperations(alarms: Alarms, clock: () => number): Record<string, Operation<never, unknown>> {
  const setEnabled = (ActionsEnabled: boolean, action: string) =>
    operation({
      input: z.strictObject({ AlarmNames: alarmNames }),
      authorize: (input, context) => input.AlarmNames.map((name) => on(action, name, context)),
      run: (input, context) => {
        for (const name of input.AlarmNames) {
          const kept = alarms.in(context).get(name);
          if (kept !== undefined)
            configure(alarms, context, { ...kept.alarm, settings: { ...kept.alarm.settings, ActionsEnabled } }, clock());
        }
      },
    });
  return {
    PutMetricAlarm: operation({
      input: alarmSettings.extend({ Tags: apiTags.max(MAX_TAGS).default([]) }),
      authorize: (input, context) => [on('PutMetricAlarm', input.AlarmName, context)],
      run: ({ Tags, ...settings }, context) => {
        watchedBy(settings);
        const now = clock();
        const before = alarms.in(context).get(settings.AlarmName)?.alarm;
        const alarm: Alarm = {
          arn: alarmArn(context, settings.AlarmName),
          settings,
          configured_ms: now,
          // "PutMetricAlarm": an update leaves the state unchanged, and its tags are ignored.
          state: before?.state ?? {
            value: 'INSUFFICIENT_DATA',
            reason: 'Unchecked: Initial alarm creation',
            updated_ms: now,
            transitioned_ms: now,
          },
          tags: before?.tags ?? Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])),
        };
        configure(alarms, context, alarm, now);
      },
    }),

    DeleteAlarms: operation({
      input: z.strictObject({ AlarmNames: alarmNames }),
      authorize: (input, context) => input.AlarmNames.map((name) => on('DeleteAlarms', name, context)),
      run: (input, context) => {
        const store = alarms.in(context);
        // "DeleteAlarms": when one of them is not there, none is deleted.
        const missing = input.AlarmNames.find((name) => store.get(name) === undefined);
        if (missing !== undefined) throw new AwsError('ResourceNotFound', `Alarm ${missing} does not exist`, 404);
        for (const name of input.AlarmNames) {
          store.delete(name);
          note(alarms, context, name, `Alarm "${name}" deleted`, 'Delete', clock());
        }
      },
    }),

    DescribeAlarms: operation({
      input: z.strictObject({
        AlarmNames: alarmNames.optional(),
        AlarmNamePrefix: z.string().optional(),
        AlarmTypes: z.array(z.enum(['CompositeAlarm', 'MetricAlarm', 'LogAlarm'])).default(['MetricAlarm']),
        StateValue: z.enum(ALARM_STATES).optional(),
        ActionPrefix: z.string().optional(),
        MaxRecords: apiNumber.pipe(z.int().min(1).max(100)).default(50),
        NextToken: z.string().optional(),
      }),
      authorize: (_input, context) => [onAny('DescribeAlarms', context)],
      run: (input, context) => {
        const { AlarmNames: names, AlarmNamePrefix: prefix = '', ActionPrefix: action, StateValue: state } = input;
        if (names !== undefined && input.AlarmNamePrefix !== undefined)
          throw new AwsError('InvalidParameterCombinationException', 'AlarmNames and AlarmNamePrefix cannot be specified together');
        const found = alarms
          .in(context)
          .list()
          .map(({ alarm }) => alarm)
          .filter(({ settings }) => (names === undefined ? settings.AlarmName.startsWith(prefix) : names.includes(settings.AlarmName)))
          .filter((alarm) => state === undefined || alarm.state.value === state)
          .filter(({ settings }) => action === undefined || actionsOf(settings).some((arn) => arn.startsWith(action)));
        const wanted = input.AlarmTypes.includes('MetricAlarm') ? found : [];
        const { items, NextToken } = page(wanted, ({ settings }) => settings.AlarmName, input.MaxRecords, input.NextToken);
        return { CompositeAlarms: [], MetricAlarms: items.map(shownAlarm), NextToken };
      },
    }),

    DescribeAlarmsForMetric: operation({
      input: z.strictObject({
        MetricName: z.string(),
        Namespace: z.string(),
        Statistic: z.string().optional(),
        Dimensions: apiDimensions,
        Period: apiNumber.optional(),
        Unit: z.string().optional(),
      }),
      authorize: () => [{ action: 'cloudwatch:DescribeAlarmsForMetric', resource: '*' }],
      run: (input, context) => {
        const wanted = JSON.stringify(Object.entries(dimensionsOf(input.Dimensions)).sort());
        const found = alarms.in(context).list();
        const MetricAlarms = found
          .map(({ alarm }) => alarm)
          .filter(({ settings }) => settings.MetricName === input.MetricName && settings.Namespace === input.Namespace)
          .filter(({ settings }) => JSON.stringify(Object.entries(dimensionsOf(settings.Dimensions)).sort()) === wanted)
          .filter(({ settings }) => input.Statistic === undefined || settings.Statistic === input.Statistic)
          .filter(({ settings }) => input.Period === undefined || settings.Period === input.Period)
          .filter(({ settings }) => input.Unit === undefined || settings.Unit === input.Unit);
        return { MetricAlarms: MetricAlarms.map(shownAlarm) };
      },
    }),

    SetAlarmState: operation({
      input: z.strictObject({
        AlarmName: z.string().min(1).max(255),
        StateValue: z.enum(ALARM_STATES),
        StateReason: z.string().max(1023),
        StateReasonData: z.string().max(4000).optional(),
      }),
      authorize: (input, context) => [on('SetAlarmState', input.AlarmName, context)],
      run: (input, context) => {
        const { StateValue: value, StateReason: reason, StateReasonData: reasonData } = input;
        if (reasonData !== undefined) checkJson(reasonData);
        alarms.setState(context, alarms.get(context, input.AlarmName), { value, reason, reasonData });
      },
    }),

    EnableAlarmActions: setEnabled(true, 'EnableAlarmActions'),
    DisableAlarmActions: setEnabled(false, 'DisableAlarmActions'),

    ListTagsForResource: operation({
      input: z.strictObject({ ResourceARN: z.string() }),
      authorize: (input) => [{ action: 'cloudwatch:ListTagsForResource', resource: input.ResourceARN }],
      run: (input, context) => ({
        Tags: Object.entries(tagged(alarms, context, input.ResourceARN).tags).map(([Key, Value]) => ({ Key, Value })),
      }),
    }),

    TagResource: operation({
      input: z.strictObject({ ResourceARN: z.string(), Tags: apiTags }),
      authorize: (input) => [{ action: 'cloudwatch:TagResource', resource: input.ResourceARN }],
      run: (input, context) => {
        const alarm = tagged(alarms, context, input.ResourceARN);
        const tags = { ...alarm.tags, ...Object.fromEntries(input.Tags.map(({ Key, Value }) => [Key, Value])) };
        if (Object.keys(tags).length > MAX_TAGS) throw validationError(`A resource can have at most ${MAX_TAGS} tags`);
        alarms.in(context).put({ ...alarm, tags });
      },
    }),

    UntagResource: operation({
      input: z.strictObject({ ResourceARN: z.string(), TagKeys: z.array(z.string()) }),
      authorize: (input) => [{ action: 'cloudwatch:UntagResource', resource: input.ResourceARN }],
      run: (input, context) => {
        const alarm = tagged(alarms, context, input.ResourceARN);
        const tags = Object.fromEntries(Object.entries(alarm.tags).filter(([key]) => !input.TagKeys.includes(key)));
        alarms.in(context).put({ ...alarm, tags });
      },
    }),
  };
}

function on(action: string, name: string, context: Scope): Authorization {
  return { action: `cloudwatch:${action}`, resource: alarmArn(context, name) };
}

/** Whether a call with names is checked against each of them or against all, as here, couldn't be checked. */
export function onAny(action: string, context: Scope): Authorization {
  return { action: `cloudwatch:${action}`, resource: alarmArn(context, '*') };
}

function tagged(alarms: Alarms, context: CallContext, arn: string): Alarm {
  const prefix = alarmArn(context, '');
  if (!arn.startsWith(prefix))
    throw new NotCarriedOut(`tags of the CloudWatch resource ${arn}: only those of alarms of this account and region`);
  const kept = alarms.in(context).get(arn.slice(prefix.length));
  if (kept === undefined) throw new AwsError('ResourceNotFoundException', `Alarm ${arn} does not exist`, 404);
  return kept.alarm;
}

function configure(alarms: Alarms, context: CallContext, alarm: Alarm, now: number): void {
  const name = alarm.settings.AlarmName;
  const isNew = alarms.in(context).get(name) === undefined;
  alarms.in(context).put({ ...alarm, configured_ms: now });
  note(alarms, context, name, isNew ? `Alarm "${name}" created` : `Alarm "${name}" updated`, isNew ? 'Create' : 'Update', now);
}

function note(alarms: Alarms, context: Scope, alarmName: string, summary: string, type: string, at_ms: number): void {
  alarms.in(context).addHistory({
    alarmName,
    at_ms,
    type: 'ConfigurationUpdate',
    summary,
    data: JSON.stringify({ version: '1.0', type }),
  });
}

function checkJson(text: string): void {
  try {
    JSON.parse(text);
  } catch {
    throw new AwsError('InvalidFormat', 'StateReasonData must be valid JSON');
  }
}

function actionsOf(settings: Alarm['settings']): string[] {
  return [...settings.AlarmActions, ...settings.OKActions, ...settings.InsufficientDataActions];
}

/** "MetricAlarm". */
export function shownAlarm({ arn, settings, state, configured_ms }: Alarm): Record<string, unknown> {
  return {
    ...settings,
    AlarmArn: arn,
    AlarmConfigurationUpdatedTimestamp: new Date(configured_ms),
    StateValue: state.value,
    StateReason: state.reason,
    StateReasonData: state.reasonData,
    StateUpdatedTimestamp: new Date(state.updated_ms),
    StateTransitionedTimestamp: new Date(state.transitioned_ms),
  };
}
