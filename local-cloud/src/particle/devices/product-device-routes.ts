import { z } from 'zod';
import type { Access } from '../access/access.ts';
import type { Clock } from '../clock.ts';
import type { FirmwareUpdates } from '../firmware/firmware-updates.ts';
import { releasedTo } from '../firmware/targets.ts';
import { ok, type Route } from '../http/api-request.ts';
import { flag, read } from '../http/fields.ts';
import type { DeviceSessions } from '../sessions/device-sessions.ts';
import type { ParticleState } from '../state/particle-state.ts';
import type { DeviceRecord, Product } from '../state/records.ts';
import { productDeviceAnswer } from './device-answer.ts';
import { importDevices } from './import-devices.ts';
import { listDevices } from './list-devices.ts';
import { updateDevice } from './update-device.ts';

/** Products and their devices (Cloud API reference, "Products", "Devices", "Device groups"). */
export function productDeviceRoutes(
  state: ParticleState,
  access: Access,
  { sessions, updates, clock }: { sessions: DeviceSessions; updates: FirmwareUpdates; clock: Clock },
): Route[] {
  const answer = (record: DeviceRecord) =>
    productDeviceAnswer(record, sessions.online(record.id), releasedTo(state, record)?.version ?? null);
  const devicesOf = (product: Product) => [...state.devices.values()].filter((record) => record.product_id === product.id);
  const groupsOf = (product: Product) => {
    const counts = new Map<string, number>();
    for (const { groups } of devicesOf(product)) for (const group of groups) counts.set(group, (counts.get(group) ?? 0) + 1);
    return [...counts].sort().map(([name, device_count]) => ({ name, description: '', color: '', device_count }));
  };
  const shown = (product: Product) => ({
    id: product.id,
    platform_id: product.platform_id,
    name: product.name,
    slug: product.slug,
    description: product.description,
    user: product.owner,
    groups: groupsOf(product).map(({ name }) => name),
    settings: { location: {}, known_application: { opt_in: false }, quarantine: true },
  });
  return [
    access.route('GET', '/v1/products', 'products:list', (_request, identity) =>
      ok({ products: [...state.products.values()].filter((product) => access.reachesProduct(identity, product)).map(shown) }),
    ),
    access.route('GET', '/v1/products/:product', 'products:get', ({ params }, identity) =>
      ok({ product: shown(access.product(identity, params['product'] ?? '')) }),
    ),
    access.route('GET', '/v1/products/:product/groups', 'groups:list', ({ params }, identity) =>
      ok({ groups: groupsOf(access.product(identity, params['product'] ?? '')) }),
    ),
    access.route('GET', '/v1/products/:product/devices', 'devices:list', ({ params, query }, identity) => {
      const product = access.product(identity, params['product'] ?? '');
      const { devices, meta } = listDevices(devicesOf(product), query);
      return ok({ devices: devices.map(answer), customers: [], meta });
    }),
    access.route('POST', '/v1/products/:product/devices', 'devices:import', (request, identity) =>
      ok(importDevices(state, access.product(identity, request.params['product'] ?? ''), request)),
    ),
    access.route('GET', '/v1/products/:product/devices/:device', 'devices:get', ({ params }, identity) => {
      const record = access.productDevice(access.product(identity, params['product'] ?? ''), params['device'] ?? '');
      return ok(answer(record));
    }),
    access.route('PUT', '/v1/products/:product/devices/:device', 'devices:update', ({ params, body }, identity) => {
      const record = access.productDevice(access.product(identity, params['product'] ?? ''), params['device'] ?? '');
      const changed = updateDevice(state, record, body, true, clock.now());
      if ('flash' in changed && changed.flash === true) updates.flashNow(record);
      return ok(changed);
    }),
    access.route('DELETE', '/v1/products/:product/devices/:device', 'devices:remove', ({ params, body }, identity) => {
      const record = access.productDevice(access.product(identity, params['product'] ?? ''), params['device'] ?? '');
      const { deny } = read(z.strictObject({ deny: flag.default(false) }), body);
      Object.assign(record, { product_id: null, groups: [], development: false, denied: deny });
      state.devices.put(record.id, record);
      return { status: 204 };
    }),
    access.route('DELETE', '/v1/products/:product/devices/:device/owner', 'devices:release', ({ params }, identity) => {
      const record = access.productDevice(access.product(identity, params['product'] ?? ''), params['device'] ?? '');
      record.owner = null;
      state.devices.put(record.id, record);
      return ok();
    }),
  ];
}
