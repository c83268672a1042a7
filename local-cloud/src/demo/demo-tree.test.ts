import { coversPath, devicePathSchema, organizationPathSchema, sitePathSchema, timeZoneSchema } from '@enstratus/contract';
import { expect, it } from 'vitest';
import { demoDevices } from './demo-devices.ts';
import { newPassword } from './demo-people.ts';
import { demoTree, organizationsOf, sitesOf } from './demo-tree.ts';

it('the demo tree has two partners, each with dealers, customers, sites and devices', () => {
  const organizations = organizationsOf(demoTree).map(({ path }) => organizationPathSchema.parse(path));
  const partners = organizations.filter((path) => path.split('/').length === 3);
  expect(partners).toHaveLength(2);
  const sites = sitesOf(demoTree).map(({ path, site }) => {
    timeZoneSchema.parse(site.time_zone);
    return sitePathSchema.parse(path);
  });
  const devices = demoDevices().map(({ deviceId, path }) => devicePathSchema.parse(`${path}/${deviceId}`));
  for (const level of [organizations, sites]) {
    for (const path of level) expect(devices.some((device) => coversPath(path, device))).toBe(true);
  }
});

it('the demo devices have ids and Particle ids of their own', () => {
  const devices = demoDevices();
  expect(devices).toHaveLength(24);
  expect(new Set(devices.map(({ deviceId }) => deviceId)).size).toBe(24);
  expect(new Set(devices.map(({ particleId }) => particleId)).size).toBe(24);
});

it('a made password is within the policy of the pool', () => {
  for (let round = 0; round < 50; round += 1) expect(newPassword()).toMatch(/^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*-).{12,}$/);
});
