import { type AlarmSettings, type AlarmStateValue, COMPARISONS, type Comparison } from './alarm-record.ts';

/** How many more periods than EvaluationPeriods are looked at, for the case that some have no value: the documentation's examples look at 5 for 3. */
export const FURTHER_PERIODS = 2;

export interface Verdict {
  /** Undefined: the state stays what it is. */
  readonly state: AlarmStateValue | undefined;
  /** Which periods were evaluated, newest first; 0 is the newest. Those without a value are those that were filled in. */
  readonly evaluated: readonly number[];
}

type Rules = Pick<AlarmSettings, 'EvaluationPeriods' | 'DatapointsToAlarm' | 'Threshold' | 'ComparisonOperator' | 'TreatMissingData'>;

/**
 * The state that the values of the latest periods mean, newest first and EvaluationPeriods + 2 of them ("Configuring how CloudWatch alarms treat missing data"): with
 * enough values the most recent ones are evaluated, however far back; with too few, the missing ones are filled in as TreatMissingData says, as few as possible.
 */
export function evaluateAlarm(values: readonly (number | undefined)[], rules: Rules): Verdict {
  const { EvaluationPeriods: periods, DatapointsToAlarm: wanted = periods, TreatMissingData: treat = 'missing' } = rules;
  const breaches = (index: number) => breachOf(rules)(values[index] ?? 0);
  const present = values.flatMap((value, index) => (value === undefined ? [] : [index]));
  const evaluated = withFilled(present.slice(0, periods), values, periods);
  const breaching = present.slice(0, periods).filter(breaches).length;
  if (present.length >= periods) return { state: breaching >= wanted ? 'ALARM' : 'OK', evaluated };
  const filled = periods - present.length;
  if (treat === 'breaching') return { state: breaching + filled >= wanted ? 'ALARM' : 'OK', evaluated };
  if (breaching >= wanted) return { state: 'ALARM', evaluated };
  if (treat === 'notBreaching') return { state: 'OK', evaluated };
  if (breaching < present.length) return { state: 'OK', evaluated };
  // Nothing is there that doesn't breach.
  if (treat === 'ignore') return { state: undefined, evaluated };
  const oldest = present.at(-1);
  if (oldest === undefined) return { state: 'INSUFFICIENT_DATA', evaluated };
  // "Avoiding premature transitions": what breached as long ago as DatapointsToAlarm, and nothing better since.
  return { state: oldest + 1 >= wanted ? 'ALARM' : 'OK', evaluated };
}

export function breachOf({ ComparisonOperator, Threshold }: Pick<Rules, 'ComparisonOperator' | 'Threshold'>): (value: number) => boolean {
  const { holds } = COMPARISONS[ComparisonOperator as Comparison];
  return (value) => holds(value, Threshold);
}

/** The newest periods without a value, as many as are lacking, among those with one. */
function withFilled(present: readonly number[], values: readonly (number | undefined)[], periods: number): number[] {
  const missing = values.flatMap((value, index) => (value === undefined ? [index] : []));
  return [...present, ...missing.slice(0, Math.max(0, periods - present.length))].sort((a, b) => a - b);
}
