import { z } from 'zod';
import { type Operation, operation } from '../../kernel/service.ts';
import { onAny } from './alarm-operations.ts';
import { alarmArn } from './alarm-record.ts';
import type { Alarms } from './alarms.ts';
import { apiNumber, apiTime_ms } from './api-values.ts';
import { page } from './pages.ts';

/** DescribeAlarmHistory: changes of settings and states, and what was told, of 30 days. */
export function historyOperations(alarms: Alarms): Record<string, Operation<never, unknown>> {
  return {
    DescribeAlarmHistory: operation({
      input: z.strictObject({
        AlarmName: z.string().optional(),
        AlarmTypes: z.array(z.enum(['CompositeAlarm', 'MetricAlarm', 'LogAlarm'])).default(['MetricAlarm']),
        HistoryItemType: z.enum(['ConfigurationUpdate', 'StateUpdate', 'Action']).optional(),
        StartDate: apiTime_ms.optional(),
        EndDate: apiTime_ms.optional(),
        MaxRecords: apiNumber.pipe(z.int().min(1).max(100)).default(50),
        NextToken: z.string().optional(),
        ScanBy: z.enum(['TimestampDescending', 'TimestampAscending']).default('TimestampDescending'),
      }),
      authorize: (input, context) => [
        input.AlarmName === undefined
          ? onAny('DescribeAlarmHistory', context)
          : { action: 'cloudwatch:DescribeAlarmHistory', resource: alarmArn(context, input.AlarmName) },
      ],
      run: (input, context) => {
        const { StartDate: from = 0, EndDate: to = Number.POSITIVE_INFINITY } = input;
        const found = alarms
          .in(context)
          .history()
          .filter(({ alarmName }) => input.AlarmName === undefined || alarmName === input.AlarmName)
          .filter(({ type }) => input.HistoryItemType === undefined || type === input.HistoryItemType)
          .filter(({ at_ms }) => at_ms >= from && at_ms <= to)
          .filter(() => input.AlarmTypes.includes('MetricAlarm'));
        if (input.ScanBy === 'TimestampAscending') found.reverse();
        const { items, NextToken } = page(found, ({ id }) => String(id), input.MaxRecords, input.NextToken);
        return {
          AlarmHistoryItems: items.map(({ alarmName, at_ms, type, summary, data }) => ({
            AlarmName: alarmName,
            AlarmType: 'MetricAlarm',
            Timestamp: new Date(at_ms),
            HistoryItemType: type,
            HistorySummary: summary,
            HistoryData: data,
          })),
          NextToken,
        };
      },
    }),
  };
}
