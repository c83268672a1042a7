// biome-ignore-all lint/suspicious/noTemplateCurlyInString: electrodb fills these templates
import { type DocumentClient, Entity, type EntityItem } from 'electrodb';
import { personas } from './personas.ts';

/*
 * The entities that people edit and list, on electrodb. Packs and gaps have builders of their own (pack-item.ts, keys.ts): what electrodb
 * adds to an item would be written, and paid for, millions of times a month.
 *
 * What keeps the indexes right:
 * - An entity is always in an index or never in it. No index has a `condition`: electrodb evaluates it only when a composite attribute
 *   is set, and on old values (its issues 479 and 481).
 * - A key part has one composite attribute, so an update never lacks another one of the same part (its issue 406).
 * - casing is 'none': what is stored is what was given, and equals what keys.ts builds (a test compares them).
 * - `begins({ path })` on an index needs `subtreePrefix(path)`: electrodb leaves out what the template has after the attribute.
 */

/** Where the entities live. The client is an AWS SDK document client; without one, `.params()` still builds requests. */
export interface EntityStore {
  readonly client?: DocumentClient;
  readonly table: string;
}

const service = 'enstratus';
const required = { type: 'string', required: true } as const;
const fixed = { type: 'string', required: true, readOnly: true } as const;
/** Epoch seconds. */
const instant = { type: 'number', required: true } as const;

/** `/enfusion` and the partners, dealers and customers below it. */
export const organizationEntity = (store: EntityStore) =>
  new Entity(
    {
      model: { entity: 'Organization', version: '1', service },
      attributes: { path: fixed, name: required, created_at: instant },
      indexes: {
        primary: {
          pk: { field: 'pk', composite: ['path'], template: 'ORGANIZATION#${path}', casing: 'none' },
          sk: { field: 'sk', composite: [], template: 'ORGANIZATION', casing: 'none' },
        },
        tree: {
          index: 'gsi1',
          pk: { field: 'gsi1pk', composite: [], template: 'TREE#ORGANIZATION', casing: 'none' },
          sk: { field: 'gsi1sk', composite: ['path'], template: '${path}/', casing: 'none' },
        },
      },
    },
    store,
  );

/** A place with devices, below a customer. */
export const siteEntity = (store: EntityStore) =>
  new Entity(
    {
      model: { entity: 'Site', version: '1', service },
      attributes: { path: fixed, name: required, time_zone: required, created_at: instant },
      indexes: {
        primary: {
          pk: { field: 'pk', composite: ['path'], template: 'SITE#${path}', casing: 'none' },
          sk: { field: 'sk', composite: [], template: 'SITE', casing: 'none' },
        },
        tree: {
          index: 'gsi1',
          pk: { field: 'gsi1pk', composite: [], template: 'TREE#SITE', casing: 'none' },
          sk: { field: 'gsi1sk', composite: ['path'], template: '${path}/', casing: 'none' },
        },
      },
    },
    store,
  );

/** A controller in the field: what of it hardly ever changes, because each write of it is one in the index too. What it does stands in the item of its newest status. */
export const deviceEntity = (store: EntityStore) =>
  new Entity(
    {
      model: { entity: 'Device', version: '1', service },
      attributes: {
        device_id: fixed,
        particle_id: required,
        name: required,
        path: required,
        time_zone: required,
        pack_minutes: { type: 'number', required: true },
        registered_at: instant,
      },
      indexes: {
        primary: {
          pk: { field: 'pk', composite: ['device_id'], template: 'DEVICE#${device_id}', casing: 'none' },
          sk: { field: 'sk', composite: [], template: 'DEVICE', casing: 'none' },
        },
        tree: {
          index: 'gsi1',
          pk: { field: 'gsi1pk', composite: [], template: 'TREE#DEVICE', casing: 'none' },
          sk: { field: 'gsi1sk', composite: ['path'], template: '${path}/', casing: 'none' },
        },
      },
    },
    store,
  );

/**
 * Which device stands behind Particle's id, with what of it is needed for each of its packs: path and pack_minutes, as they stand in the device's item. One read is
 * enough then. Whoever writes them writes both items, in one transaction.
 */
export const particleLinkEntity = (store: EntityStore) =>
  new Entity(
    {
      model: { entity: 'ParticleLink', version: '1', service },
      attributes: { particle_id: fixed, device_id: required, path: required, pack_minutes: { type: 'number', required: true } },
      indexes: {
        primary: {
          pk: { field: 'pk', composite: ['particle_id'], template: 'PARTICLE#${particle_id}', casing: 'none' },
          sk: { field: 'sk', composite: [], template: 'LINK', casing: 'none' },
        },
      },
    },
    store,
  );

/** One entry of a device's event history; `event` is the event as it was published. */
export const eventEntity = (store: EntityStore) =>
  new Entity(
    {
      model: { entity: 'Event', version: '1', service },
      attributes: {
        device_id: fixed,
        time: { type: 'number', required: true, readOnly: true, padding: { length: 10, char: '0' } },
        event_id: fixed,
        type: required,
        event: { type: 'any', required: true },
        recorded_at: instant,
      },
      indexes: {
        primary: {
          pk: { field: 'pk', composite: ['device_id'], template: 'DEVICE#${device_id}', casing: 'none' },
          sk: { field: 'sk', composite: ['time', 'event_id'], template: 'EVENT#${time}#${event_id}', casing: 'none' },
        },
      },
    },
    store,
  );

/** Somebody who signs in. `path` is the organization below which they see everything. */
export const userEntity = (store: EntityStore) =>
  new Entity(
    {
      model: { entity: 'User', version: '1', service },
      attributes: {
        user_id: fixed,
        email: required,
        name: required,
        persona: { type: personas, required: true },
        path: required,
        created_at: instant,
      },
      indexes: {
        primary: {
          pk: { field: 'pk', composite: ['user_id'], template: 'USER#${user_id}', casing: 'none' },
          sk: { field: 'sk', composite: [], template: 'USER', casing: 'none' },
        },
        tree: {
          index: 'gsi1',
          pk: { field: 'gsi1pk', composite: [], template: 'TREE#USER', casing: 'none' },
          sk: { field: 'gsi1sk', composite: ['path', 'user_id'], template: '${path}/${user_id}/', casing: 'none' },
        },
      },
    },
    store,
  );

export type OrganizationItem = EntityItem<ReturnType<typeof organizationEntity>>;
export type SiteItem = EntityItem<ReturnType<typeof siteEntity>>;
export type DeviceItem = EntityItem<ReturnType<typeof deviceEntity>>;
export type ParticleLinkItem = EntityItem<ReturnType<typeof particleLinkEntity>>;
export type EventItem = EntityItem<ReturnType<typeof eventEntity>>;
export type UserItem = EntityItem<ReturnType<typeof userEntity>>;
