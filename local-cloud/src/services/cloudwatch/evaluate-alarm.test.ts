import fc from 'fast-check';
import { expect, it } from 'vitest';
import { evaluateAlarm } from './evaluate-alarm.ts';

const TREATMENTS = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;
const rules = (DatapointsToAlarm: number, TreatMissingData: (typeof TREATMENTS)[number]) => ({
  EvaluationPeriods: 3,
  DatapointsToAlarm,
  Threshold: 1,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  TreatMissingData,
});
/** `0 - X - X`: oldest first, X breaches. */
const values = (text: string) =>
  text
    .split(' ')
    .map((sign) => (sign === '-' ? undefined : sign === 'X' ? 2 : 0))
    .toReversed();

// "Configuring how CloudWatch alarms treat missing data": its two tables, and the examples below them. `-` is "retain current state".
it.each([
  [3, '0 - X - X', 'OK OK OK OK'],
  [3, '0 - - - -', 'OK OK OK OK'],
  [3, '- - - - -', 'INSUFFICIENT_DATA - ALARM OK'],
  [3, '0 X X - X', 'ALARM ALARM ALARM ALARM'],
  [3, '- - X - -', 'ALARM - ALARM OK'],
  [2, '0 - X - X', 'ALARM ALARM ALARM ALARM'],
  [2, '0 0 X 0 X', 'ALARM ALARM ALARM ALARM'],
  [2, '0 - X - -', 'OK OK ALARM OK'],
  [2, '- - - - 0', 'OK OK ALARM OK'],
  [2, '- - - X -', 'ALARM - ALARM OK'],
  // Not at once: the next value may be a good one.
  [3, '- - - - X', 'OK - ALARM OK'],
  [3, '- - - X -', 'OK - ALARM OK'],
  [3, '- - - X 0', 'OK OK OK OK'],
])('%i of 3 with %s', (wanted, text, expected) => {
  const states = TREATMENTS.map((treat) => evaluateAlarm(values(text), rules(wanted, treat)).state ?? '-');
  expect(states.join(' ')).toBe(expected);
});

it('evaluates as many periods as it says, real values before filled ones', () => {
  const value = fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined });
  fc.assert(
    fc.property(fc.array(value, { minLength: 5, maxLength: 5 }), fc.constantFrom(...TREATMENTS), (found, treat) => {
      const { evaluated } = evaluateAlarm(found, rules(2, treat));
      expect(evaluated).toHaveLength(3);
      const real = found.filter((one) => one !== undefined).length;
      expect(evaluated.filter((period) => found[period] !== undefined)).toHaveLength(Math.min(3, real));
    }),
  );
});

it.each([
  ['GreaterThanOrEqualToThreshold', 1, 'ALARM'],
  ['GreaterThanThreshold', 1, 'OK'],
  ['LessThanThreshold', 1, 'OK'],
  ['LessThanOrEqualToThreshold', 1, 'ALARM'],
])('%s', (ComparisonOperator, value, state) => {
  expect(evaluateAlarm([value], { EvaluationPeriods: 1, Threshold: 1, ComparisonOperator }).state).toBe(state);
});
