import { type AlarmSettings, type AlarmStateValue, COMPARISONS, type Comparison } from './alarm-record.ts';
import type { StatisticSet } from './datapoints.ts';
import { breachOf, type Verdict } from './evaluate-alarm.ts';

/** What was looked at when an alarm was evaluated. */
export interface Evaluation {
  readonly verdict: Verdict;
  /** By period, newest first. */
  readonly values: readonly (number | undefined)[];
  readonly sets: readonly (StatisticSet | undefined)[] | undefined;
  /** When the newest period ends, ms since 1970. */
  readonly end_ms: number;
  readonly period_s: number;
}

/** The words of StateReason, as AWS's own examples have them. */
export function stateReason(settings: AlarmSettings, state: AlarmStateValue, evaluation: Evaluation): string {
  const { EvaluationPeriods: periods, DatapointsToAlarm: wanted = periods, TreatMissingData: treat } = settings;
  const { verdict, values } = evaluation;
  const present = verdict.evaluated.filter((period) => values[period] !== undefined);
  const filled = verdict.evaluated.length - present.length;
  if (state === 'INSUFFICIENT_DATA') return `Insufficient Data: ${many(filled, 'datapoint was', 'datapoints were')} unknown.`;
  const treated = treat === 'breaching' ? 'Breaching' : treat === 'notBreaching' ? 'NonBreaching' : undefined;
  const filledIn =
    treated === undefined || filled === 0
      ? ''
      : `${many(filled, 'missing datapoint was', 'missing datapoints were')} treated as [${treated}]`;
  if (present.length === 0)
    return `Threshold Crossed: no datapoints were received for ${many(periods, 'period', 'periods')}${filledIn === '' ? '' : ` and ${filledIn}`}.`;
  const isBreach = breachOf(settings);
  const telling = present.filter((period) => isBreach(values[period] ?? 0) === (state === 'ALARM'));
  const shown = telling.length > 0 ? telling : present;
  const points = shown.map((period) => `${decimal(values[period] ?? 0)} (${shortTime(periodStart(evaluation, period))})`).join(', ');
  const { words } = COMPARISONS[settings.ComparisonOperator as Comparison];
  const was = shown.length === 1 ? 'was' : 'were';
  const negated = telling.length > 0 && state !== 'ALARM' ? ' not' : '';
  const needed = state === 'ALARM' ? wanted : periods - wanted + 1;
  const transition = state === 'ALARM' ? 'OK -> ALARM' : 'ALARM -> OK';
  return (
    `Threshold Crossed: ${shown.length} out of the last ${many(verdict.evaluated.length, 'datapoint', 'datapoints')} [${points}] ${was}${negated} ${words} ` +
    `the threshold (${decimal(settings.Threshold)}) (minimum ${many(needed, 'datapoint', 'datapoints')} for ${transition} transition)` +
    `${filledIn === '' ? '' : ` and ${filledIn}`}.`
  );
}

/** StateReasonData: JSON with what was evaluated. */
export function stateReasonData(settings: AlarmSettings, evaluation: Evaluation, now_ms: number): string {
  const { verdict, values, sets, period_s } = evaluation;
  const present = verdict.evaluated.filter((period) => values[period] !== undefined);
  const oldest = present.at(-1);
  return JSON.stringify({
    version: '1.0',
    queryDate: longTime(now_ms),
    ...(oldest === undefined ? {} : { startDate: longTime(periodStart(evaluation, oldest)) }),
    ...(settings.Unit === undefined ? {} : { unit: settings.Unit }),
    ...(settings.Statistic === undefined ? {} : { statistic: settings.Statistic }),
    period: period_s,
    recentDatapoints: present.toReversed().map((period) => values[period]),
    threshold: settings.Threshold,
    evaluatedDatapoints: verdict.evaluated.map((period) => ({
      timestamp: longTime(periodStart(evaluation, period)),
      ...(sets?.[period] === undefined ? {} : { sampleCount: sets[period]?.count }),
      ...(values[period] === undefined ? {} : { value: values[period] }),
    })),
  });
}

function periodStart({ end_ms, period_s }: Evaluation, period: number): number {
  return end_ms - (period + 1) * period_s * 1000;
}

function many(count: number, one: string, several: string): string {
  return `${count} ${count === 1 ? one : several}`;
}

/** `1.0`, as AWS writes it. */
function decimal(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

/** `2019-10-02T17:04:40.985+0000`, UTC. */
export function longTime(time_ms: number): string {
  return new Date(time_ms).toISOString().replace('Z', '+0000');
}

/** `02/10/19 17:04:00`, UTC. */
function shortTime(time_ms: number): string {
  const [date = '', time = ''] = new Date(time_ms).toISOString().split('T');
  const [year = '', month, day] = date.split('-');
  return `${day}/${month}/${year.slice(2)} ${time.slice(0, 8)}`;
}
