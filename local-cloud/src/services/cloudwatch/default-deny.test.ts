import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLE_WITHOUT_POLICIES } from '../../testing/role-without-policies.ts';
import { ACCOUNT, REGION, startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createCloudWatch } from './cloudwatch-service.ts';

let test: TestCloud;
beforeAll(async () => {
  test = await startTestCloud([createCloudWatch]);
});
afterAll(() => test.stop());

const arn = (name: string) => `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:${name}`;
const AlarmNames = ['errors'];
const Metric = { Namespace: 'N', MetricName: 'M' };
const times = { StartTime: 0, EndTime: 60 };
/** An input of each operation, and the resource that IAM is asked about ("Actions, resources, and condition keys for Amazon CloudWatch"). */
const INPUTS: Record<string, [input: unknown, resource: string]> = {
  DeleteAlarms: [{ AlarmNames }, arn('errors')],
  DescribeAlarmHistory: [{}, arn('*')],
  DescribeAlarms: [{}, arn('*')],
  DescribeAlarmsForMetric: [Metric, '*'],
  DisableAlarmActions: [{ AlarmNames }, arn('errors')],
  EnableAlarmActions: [{ AlarmNames }, arn('errors')],
  GetMetricData: [{ MetricDataQueries: [], ...times }, '*'],
  GetMetricStatistics: [{ ...Metric, ...times, Period: 60, Statistics: ['Sum'] }, '*'],
  ListMetrics: [{}, '*'],
  ListTagsForResource: [{ ResourceARN: arn('errors') }, arn('errors')],
  PutMetricAlarm: [{ AlarmName: 'errors', EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: 'GreaterThanThreshold' }, arn('errors')],
  PutMetricData: [{ Namespace: 'N', MetricData: [{ MetricName: 'M', Value: 1 }] }, '*'],
  SetAlarmState: [{ AlarmName: 'errors', StateValue: 'OK', StateReason: 'x' }, arn('errors')],
  TagResource: [{ ResourceARN: arn('errors'), Tags: [] }, arn('errors')],
  UntagResource: [{ ResourceARN: arn('errors'), TagKeys: [] }, arn('errors')],
};

describe('a role without policies', () => {
  it.each(Object.entries(INPUTS))('may not %s', async (operation, [input, resource]) => {
    await expect(test.cloud.call('monitoring', operation, input, test.caller(ROLE_WITHOUT_POLICIES))).rejects.toMatchObject({
      code: 'AccessDeniedException',
      message: expect.stringContaining(`not authorized to perform: cloudwatch:${operation} on resource: ${resource} because`),
    });
  });

  it('is asked about by every operation', () => {
    expect(Object.keys(test.cloud.service('monitoring')?.operations ?? {}).sort()).toEqual(Object.keys(INPUTS));
  });
});
