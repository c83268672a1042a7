import { expect, test } from 'vitest';
import { Things } from '../../testing/fake-resources.ts';
import { startTestCloud } from '../../testing/test-cloud.ts';
import { createCloudFormation } from './cloudformation-service.ts';
import { listInert } from './list-inert.ts';

test('every inert type and property is listed with its reason', async () => {
  const cloud = await startTestCloud([new Things().create, createCloudFormation]);
  const inert = listInert(cloud.cloud);
  expect(inert).toContainEqual({ type: 'Test::Things::Thing', property: 'Colour', reason: 'things have no colour here' });
  expect(inert).toContainEqual({ type: 'AWS::ECR::Repository', reason: expect.stringContaining('container images') });
  expect(inert.map(({ type }) => type)).toEqual(inert.map(({ type }) => type).toSorted());
  await cloud.stop();
});
