import { expect, it } from 'vitest';
import { statusEventName } from './event-names.ts';

it.each([
  ['status', 'status'],
  ['status/live', 'status/live'],
  ['status/changed', 'status/changed'],
  ['status/report', 'status/report'],
  ['status/other', 'status'],
  ['status_v2', 'status'],
  [undefined, 'status'],
])('the event %s is %s', (event, name) => {
  expect(statusEventName(event)).toBe(name);
});
