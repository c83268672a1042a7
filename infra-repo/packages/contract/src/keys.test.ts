import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deviceEntity, eventEntity, organizationEntity, particleLinkEntity, siteEntity, userEntity } from './entities.ts';
import {
  coversPath,
  deviceIdSchema,
  devicePathSchema,
  organizationPathSchema,
  parentPath,
  particleIdSchema,
  sitePathSchema,
} from './identifiers.ts';
import {
  deviceKey,
  eventKey,
  gapKey,
  organizationKey,
  type PackIdentity,
  packKey,
  packSortKey,
  packSortKeyRange,
  packSortKeysBetween,
  parsePackSortKey,
  particleLinkKey,
  siteKey,
  subtreePrefix,
  treeKey,
  userKey,
} from './keys.ts';
import { maxCounter } from './status-fields.ts';

const counter = fc.oneof(fc.integer({ min: 0, max: maxCounter }), fc.integer({ min: 0, max: 1200 }));
const identity: fc.Arbitrary<PackIdentity> = fc.record({ time: counter, boot_id: counter, seq: counter });
const deviceId = fc.stringMatching(/^[a-z0-9][a-z0-9-]{1,30}$/);
const inOrder = (a: PackIdentity, b: PackIdentity) => a.time - b.time || a.boot_id - b.boot_id || a.seq - b.seq;

describe('pack keys', () => {
  it('order as time, boot and sequence do', () => {
    fc.assert(
      fc.property(identity, identity, (a, b) => {
        const [x, y] = [packSortKey(a), packSortKey(b)];
        expect(Math.sign(x < y ? -1 : x > y ? 1 : 0)).toBe(Math.sign(inOrder(a, b)));
      }),
    );
  });

  it('give back their identity, so that no two packs share one', () => {
    fc.assert(fc.property(identity, (pack) => void expect(parsePackSortKey(packSortKey(pack))).toEqual(pack)));
    expect(parsePackSortKey('PACK#12#3#4')).toBeUndefined();
  });

  it('lie in their ranges, and nothing else of the device does', () => {
    fc.assert(
      fc.property(identity, counter, counter, (pack, from, to) => {
        const sk = packSortKey(pack);
        expect(sk > packSortKeyRange.first && sk < packSortKeyRange.last).toBe(true);
        const range = packSortKeysBetween(from, to);
        expect(sk >= range.first && sk <= range.last).toBe(pack.time >= from && pack.time <= to);
      }),
    );
    for (const { sk } of [deviceKey('d1'), eventKey('d1', 5, 'x'), gapKey('d1', 1, 2)]) {
      expect(sk > packSortKeyRange.first && sk < packSortKeyRange.last).toBe(false);
    }
  });

  it('keep the devices apart', () => {
    fc.assert(
      fc.property(deviceId, deviceId, identity, (a, b, pack) => {
        expect(packKey(a, pack).pk === packKey(b, pack).pk).toBe(a === b);
      }),
    );
  });
});

it('a gap key orders by boot and sequence', () => {
  fc.assert(
    fc.property(counter, counter, counter, counter, (boot, seq, otherBoot, otherSeq) => {
      const [x, y] = [gapKey('d1', boot, seq).sk, gapKey('d1', otherBoot, otherSeq).sk];
      expect(x < y ? -1 : x > y ? 1 : 0).toBe(Math.sign(boot - otherBoot || seq - otherSeq));
    }),
  );
  expect(() => gapKey('d1', -1, 0)).toThrow(RangeError);
  expect(() => gapKey('d1', 1.5, 0)).toThrow(RangeError);
});

describe('the electrodb entities', () => {
  const store = { table: 'table' };
  const path = '/enfusion/p1/d3/c9/north/pump-1';
  const keysOf = (params: object) => {
    const item = (params as { Item: Record<string, string> }).Item;
    return Object.fromEntries(['pk', 'sk', 'gsi1pk', 'gsi1sk'].flatMap((name) => (name in item ? [[name, item[name]]] : [])));
  };

  it('build the keys that the key builders build', () => {
    const device = {
      device_id: 'pump-1',
      particle_id: 'a'.repeat(24),
      name: 'Pump',
      path,
      time_zone: 'UTC',
      pack_minutes: 15,
      registered_at: 1,
    };
    expect(keysOf(deviceEntity(store).create(device).params())).toEqual({
      ...deviceKey('pump-1'),
      ...treeKey('DEVICE', path),
    });
    expect(
      keysOf(
        particleLinkEntity(store)
          .create({ particle_id: 'a'.repeat(24), device_id: 'pump-1', path, pack_minutes: 15 })
          .params(),
      ),
    ).toEqual(particleLinkKey('a'.repeat(24)));
    const organization = '/enfusion/p1';
    expect(keysOf(organizationEntity(store).create({ path: organization, name: 'P1', created_at: 1 }).params())).toEqual({
      ...organizationKey(organization),
      ...treeKey('ORGANIZATION', organization),
    });
    const site = '/enfusion/p1/d3/c9/north';
    expect(keysOf(siteEntity(store).create({ path: site, name: 'North', time_zone: 'UTC', created_at: 1 }).params())).toEqual({
      ...siteKey(site),
      ...treeKey('SITE', site),
    });
    const user = { user_id: 'u-1', email: 'a@example.com', name: 'A', persona: 'dealer' as const, path: organization, created_at: 1 };
    expect(keysOf(userEntity(store).create(user).params())).toEqual({ ...userKey('u-1'), ...treeKey('USER', `${organization}/u-1`) });
    const event = { device_id: 'pump-1', time: 1_763_759_640, event_id: 'e:1', type: 't', event: {}, recorded_at: 1 };
    expect(keysOf(eventEntity(store).create(event).params())).toEqual(eventKey('pump-1', 1_763_759_640, 'e:1'));
  });

  it('leave the tree alone when a device gets another name', () => {
    const params = deviceEntity(store).patch({ device_id: 'pump-1' }).set({ name: 'Well 3' }).params() as { UpdateExpression: string };
    expect(params.UpdateExpression).not.toContain('gsi1');
  });

  it('find a subtree and not its namesake', () => {
    const params = deviceEntity(store)
      .query.tree({})
      .begins({ path: subtreePrefix('/enfusion/p1') })
      .params() as {
      ExpressionAttributeValues: Record<string, unknown>;
    };
    expect(Object.values(params.ExpressionAttributeValues)).toEqual(['TREE#DEVICE', '/enfusion/p1/']);
    expect(treeKey('DEVICE', '/enfusion/p1/d').gsi1sk.startsWith(subtreePrefix('/enfusion/p1'))).toBe(true);
    expect(treeKey('DEVICE', '/enfusion/p10/d').gsi1sk.startsWith(subtreePrefix('/enfusion/p1'))).toBe(false);
    expect(treeKey('ORGANIZATION', '/enfusion/p1').gsi1sk.startsWith(subtreePrefix('/enfusion/p1'))).toBe(true);
  });
});

describe('identifiers', () => {
  it('are checked strictly', () => {
    for (const good of ['d1', 'pump-0001', '0a', 'a'.repeat(31)]) expect(deviceIdSchema.safeParse(good).success).toBe(true);
    for (const bad of ['d', '-d', 'D1', 'a'.repeat(32), 'a/b', 'a#b', '', 7]) expect(deviceIdSchema.safeParse(bad).success).toBe(false);
    expect(particleIdSchema.safeParse('0123456789abcdef01234567').success).toBe(true);
    for (const bad of ['0123456789ABCDEF01234567', '0123', '0123456789abcdef0123456g'])
      expect(particleIdSchema.safeParse(bad).success).toBe(false);
  });

  it('of paths follow the tree', () => {
    for (const path of ['/enfusion', '/enfusion/p1', '/enfusion/p1/d3/c9'])
      expect(organizationPathSchema.safeParse(path).success).toBe(true);
    for (const path of ['', '/', '/other/p1', '/enfusion/', '/enfusion/P1', '/enfusion//d3', '/enfusion/p1/d3/c9/s']) {
      expect(organizationPathSchema.safeParse(path).success).toBe(false);
    }
    expect(sitePathSchema.safeParse('/enfusion/p1/d3/c9/north').success).toBe(true);
    expect(sitePathSchema.safeParse('/enfusion/p1/d3/c9').success).toBe(false);
    expect(devicePathSchema.safeParse('/enfusion/p1/d3/c9/north/pump-1').success).toBe(true);
    expect(coversPath('/enfusion/p1', '/enfusion/p1/d3')).toBe(true);
    expect(coversPath('/enfusion/p1', '/enfusion/p1')).toBe(true);
    expect(coversPath('/enfusion/p1', '/enfusion/p10')).toBe(false);
    expect(parentPath('/enfusion/p1')).toBe('/enfusion');
    expect(parentPath('/enfusion')).toBeUndefined();
  });
});
