import { coversPath, deviceIdSchema, devicePathSchema, organizationPathSchema, sitePathSchema, timeZoneSchema } from '@enstratus/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { demoDevices } from './demo-devices.ts';
import { newPassword } from './demo-people.ts';
import { type DemoOrganization, demoTree, mostDevices, organizationsOf, sitesOf, usualDevices } from './demo-tree.ts';

/** Roughly what lies around the four states: south, north, west, east. */
const states: Readonly<Record<string, readonly [number, number, number, number]>> = {
  'America/Denver': [36.9, 41.1, -109.1, -102],
  'America/Los_Angeles': [32.5, 42.1, -124.5, -114.1],
  'America/Chicago': [25.8, 36.6, -103.1, -93.5],
  'America/Phoenix': [31.3, 37.1, -114.9, -109],
};

/** What holds for a tree of any size. */
function expectWellFormed(tree: DemoOrganization, count: number): void {
  const organizations = organizationsOf(tree).map(({ path }) => organizationPathSchema.parse(path));
  const sites = sitesOf(tree).map(({ path }) => sitePathSchema.parse(path));
  for (const paths of [organizations, sites]) expect(new Set(paths).size).toBe(paths.length);
  for (const { site } of sitesOf(tree)) {
    timeZoneSchema.parse(site.time_zone);
    const [south = 0, north = 0, west = 0, east = 0] = states[site.time_zone] ?? [];
    expect(site.lat > south && site.lat < north && site.lon > west && site.lon < east, `${site.name} ${site.lat} ${site.lon}`).toBe(true);
    expect(Object.keys(site.devices).length).toBeLessThanOrEqual(6);
  }
  const devices = demoDevices(count);
  expect(devices.map(({ number }) => number)).toEqual(Array.from({ length: count }, (_, index) => index + 1));
  for (const { deviceId, path } of devices) {
    deviceIdSchema.parse(deviceId);
    devicePathSchema.parse(`${path}/${deviceId}`);
  }
  expect(new Set(devices.map(({ particleId }) => particleId)).size).toBe(count);
}

describe('the demo tree', () => {
  it('has two partners, each with dealers, customers, sites and devices', () => {
    const tree = demoTree();
    expectWellFormed(tree, usualDevices);
    const organizations = organizationsOf(tree).map(({ path }) => path);
    expect(organizations.filter((path) => path.split('/').length === 3)).toHaveLength(2);
    const devices = demoDevices();
    expect(devices).toHaveLength(50);
    for (const path of [...organizations, ...sitesOf(tree).map((site) => site.path)])
      expect(devices.some((device) => coversPath(path, device.path))).toBe(true);
  });

  it('keeps the devices that states on disk know', () => {
    const known = demoDevices();
    expect(known[0]).toMatchObject({
      deviceId: 'pump-0001',
      particleId: 'befd3837de9dabba13f857dc',
      name: 'North well',
      path: '/enfusion/mesa-solar/delta-pumps/ridge-ranch/north-well',
      time_zone: 'America/Denver',
    });
    expect(known[23]).toMatchObject({ deviceId: 'pump-0024', name: 'Cooler compressor', time_zone: 'America/Phoenix' });
    expect(known[23]?.path).toBe('/enfusion/lone-star-drives/desert-supply/yuma-greens/cooler');
  });

  it('goes on beyond the named devices below the same dealers, spread over the four states', () => {
    const tree = demoTree(3000);
    expectWellFormed(tree, 3000);
    const dealers = organizationsOf(tree).filter(({ path }) => path.split('/').length === 4);
    expect(dealers.map(({ path }) => path)).toEqual(
      organizationsOf(demoTree())
        .filter(({ path }) => path.split('/').length === 4)
        .map(({ path }) => path),
    );
    for (const { organization } of dealers) expect(organization.organizations?.length).toBeGreaterThan(80);
    for (const zone of Object.keys(states)) {
      const latitudes = sitesOf(tree).flatMap(({ site }) => (site.time_zone === zone ? [site.lat] : []));
      expect(Math.max(...latitudes) - Math.min(...latitudes)).toBeGreaterThan(2);
    }
  });

  it('says the same of a device however many there are', () => {
    const many = demoDevices(2000);
    fc.assert(fc.property(fc.integer({ min: 0, max: 2000 }), (count) => void expect(demoDevices(count)).toEqual(many.slice(0, count))));
  });

  it('has names enough for the most that there may be, and refuses more', () => {
    expectWellFormed(demoTree(mostDevices), mostDevices);
    for (const wrong of [-1, 1.5, mostDevices + 1]) expect(() => demoTree(wrong)).toThrow(/devices must be 0 to 50000/);
  });
});

it('a made password is within the policy of the pool', () => {
  for (let round = 0; round < 50; round += 1) expect(newPassword()).toMatch(/^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*-).{12,}$/);
});
