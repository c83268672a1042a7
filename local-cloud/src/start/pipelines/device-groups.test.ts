import { describe, expect, it } from 'vitest';
import { deliveryOrganization } from './delivery-organization.ts';
import { spreadOverGroups } from './device-groups.ts';

const ids = (count: number) => Array.from({ length: count }, (_, number) => `device-${number}`);
const counts = (count: number) => {
  const spread = [...spreadOverGroups(ids(count), deliveryOrganization()).values()];
  return ['dev', 'test', 'prod'].map((group) => spread.filter((one) => one === group).length);
};

describe('devices in the groups of the stages', () => {
  it.each([
    [24, [3, 3, 18]],
    [6, [2, 2, 2]],
    [3, [1, 1, 1]],
    [1, [1, 0, 0]],
    [0, [0, 0, 0]],
  ])('of %d are a few in each before the last', (count, expected) => {
    expect(counts(count)).toEqual(expected);
  });
});
