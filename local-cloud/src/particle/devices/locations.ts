import { z } from 'zod';
import type { Access } from '../access/access.ts';
import type { Clock } from '../clock.ts';
import { DEVICES_PER_PAGE } from '../documented.ts';
import { ok, type Route } from '../http/api-request.ts';
import { count, read } from '../http/fields.ts';
import type { DeviceSessions } from '../sessions/device-sessions.ts';
import type { Session } from '../sessions/session.ts';
import type { ParticleState } from '../state/particle-state.ts';
import type { DeviceRecord } from '../state/records.ts';

/**
 * A device that can tell its place publishes it as `loc` (Cloud API reference, "Tracker location events"). The stand-in does so for the
 * device, after each connect and when it is asked to.
 */
export function publishLocation(session: Session, clock: Clock, trigger: 'time' | 'user', req_id: number): boolean {
  const place = session.device.locate?.();
  if (place === undefined) return false;
  const now = clock.now();
  const time = Math.floor(now / 1000);
  session.record.location = { ...place, at: now };
  const loc = { lck: 1, time, lat: place.lat, lon: place.lon, h_acc: place.horizontal_accuracy_m };
  session.emit('loc', JSON.stringify({ cmd: 'loc', time, loc, trig: [trigger], req_id }));
  return true;
}

/** Tracker firmware reference, "get_loc": the function `cmd` with `{"cmd":"get_loc"}`. Undefined when it is another call. */
export function askForLocation(session: Session, name: string, argument: string, clock: Clock): number | undefined {
  if (name !== 'cmd' || session.record.functions.includes('cmd') || session.device.locate === undefined) return undefined;
  if (!z.object({ cmd: z.literal('get_loc') }).safeParse(parsed(argument)).success) return undefined;
  return session.alive && publishLocation(session, clock, 'user', session.published + 1) ? 0 : -1;
}

const asked = z.strictObject({
  device_id: z.string().optional(),
  device_name: z.string().optional(),
  groups: z.string().optional(),
  page: count.default(1),
  per_page: count.default(DEVICES_PER_PAGE),
});

/** The last known places of a product's devices (Cloud API reference, "Location"). */
export function locationRoutes(state: ParticleState, access: Access, sessions: DeviceSessions): Route[] {
  const shown = ({ id, product_id, name, groups, last_heard, location }: DeviceRecord) => ({
    device_id: id,
    product_id,
    device_name: name,
    groups,
    gps_lock: true,
    last_heard: last_heard === null ? null : new Date(last_heard).toISOString(),
    timestamps: location === null ? [] : [new Date(location.at).toISOString()],
    online: sessions.online(id),
    geometry: { type: 'Point', coordinates: location === null ? [] : [location.lon, location.lat] },
  });
  return [
    access.route('GET', '/v1/products/:product/locations', 'locations:get', ({ params, query }, identity) => {
      const product = access.product(identity, params['product'] ?? '');
      const { device_id = '', device_name = '', groups, page, per_page } = read(asked, query);
      const found = [...state.devices.values()].filter(
        (record) =>
          record.product_id === product.id &&
          record.location !== null &&
          record.id.includes(device_id.toLowerCase()) &&
          (record.name ?? '').includes(device_name) &&
          (groups === undefined || groups.split(',').some((group) => record.groups.includes(group))),
      );
      const size = Math.max(1, per_page);
      const from = (Math.max(1, page) - 1) * size;
      const meta = { page: Math.max(1, page), per_page: size, total_pages: Math.ceil(found.length / size), devices_found: found.length };
      return ok({ locations: found.slice(from, from + size).map(shown), meta });
    }),
    access.route('GET', '/v1/products/:product/locations/:device', 'locations:get', ({ params, query }, identity) => {
      read(z.strictObject({}), query);
      return ok({ location: shown(access.productDevice(access.product(identity, params['product'] ?? ''), params['device'] ?? '')) });
    }),
  ];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
