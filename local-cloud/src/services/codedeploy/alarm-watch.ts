import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import type { Caller } from '../../kernel/service.ts';
import type { GroupSettings } from './codedeploy-store.ts';

const answer = z.object({
  MetricAlarms: z.array(z.object({ AlarmName: z.string(), StateValue: z.string() })).default([]),
  CompositeAlarms: z.array(z.object({ AlarmName: z.string(), StateValue: z.string() })).default([]),
});

/** Why a deployment has to stop. */
export interface StopReason {
  readonly code: string;
  readonly message: string;
}

/**
 * Looks at the alarms of a deployment group with the rights of its role (CodeDeploy User Guide, "Monitoring deployments with CloudWatch alarms in
 * CodeDeploy"). Answers why the deployment has to stop: an alarm in ALARM or, unless the group ignores it, states that can't be told. Whether AWS
 * counts an alarm that isn't there as such couldn't be checked; here it does.
 */
export async function lookAtAlarms(
  cloud: Cloud,
  caller: Caller,
  { enabled, ignorePollAlarmFailure, names }: GroupSettings['alarms'],
): Promise<StopReason | undefined> {
  if (!enabled || names.length === 0) return undefined;
  let states: ReadonlyMap<string, string>;
  try {
    const { MetricAlarms, CompositeAlarms } = answer.parse(
      await cloud.call('monitoring', 'DescribeAlarms', { AlarmNames: [...names] }, caller),
    );
    states = new Map([...MetricAlarms, ...CompositeAlarms].map(({ AlarmName, StateValue }) => [AlarmName, StateValue]));
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    if (ignorePollAlarmFailure) return undefined;
    return {
      code: error.httpStatus === 403 ? 'IAM_ROLE_PERMISSIONS' : 'INTERNAL_ERROR',
      message: `The status of alarms could not be retrieved: ${error.message}`,
    };
  }
  const active = names.filter((name) => states.get(name) === 'ALARM');
  if (active.length > 0) {
    return {
      code: 'ALARM_ACTIVE',
      message: `One or more alarms have been activated according to the Amazon CloudWatch metrics you selected, and the affected deployments have been stopped. Activated alarms: <${active.join(', ')}>`,
    };
  }
  const missing = names.filter((name) => !states.has(name));
  if (missing.length === 0 || ignorePollAlarmFailure) return undefined;
  return { code: 'INTERNAL_ERROR', message: `The status of alarms could not be retrieved: there is no alarm ${missing.join(', ')}` };
}
