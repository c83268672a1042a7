import { z } from 'zod';
import type { Access } from '../access/access.ts';
import type { Clock } from '../clock.ts';
import { ApiError, notCarriedOut, notFound } from '../http/api-error.ts';
import { ok, type Route } from '../http/api-request.ts';
import { deviceId, flag, read } from '../http/fields.ts';
import type { DeviceSessions } from '../sessions/device-sessions.ts';
import type { ParticleState } from '../state/particle-state.ts';
import { deviceAnswer } from './device-answer.ts';
import { updateDevice } from './update-device.ts';

const claim = z.strictObject({ id: deviceId, request_transfer: flag.default(false) });

/** Devices of the account: list, get, claim, unclaim, rename (Cloud API reference, "Devices"). */
export function deviceRoutes(state: ParticleState, access: Access, sessions: DeviceSessions, clock: Clock): Route[] {
  return [
    access.route('GET', '/v1/devices', null, (_request, { username }) => {
      const owned = [...state.devices.values()].filter((record) => record.owner === username);
      owned.sort((one, other) => (other.last_handshake_at ?? 0) - (one.last_handshake_at ?? 0));
      return ok(owned.map((record) => deviceAnswer(record, sessions.online(record.id))));
    }),
    access.route('POST', '/v1/devices', null, ({ body }, { username }) => {
      if (body['product_id'] !== undefined) throw notCarriedOut('Provisioning a device');
      const { id, request_transfer } = read(claim, body);
      const record = state.devices.get(id);
      if (record === undefined)
        throw new ApiError(404, { ok: false, errors: ['device does not exist'], error_description: 'device does not exist' });
      const product = record.product_id === null ? undefined : state.products.get(String(record.product_id));
      if ((record.owner !== null && record.owner !== username) || (product !== undefined && product.owner !== username)) {
        if (request_transfer) throw notCarriedOut("A transfer of somebody else's device");
        const message = 'That belongs to someone else. To request a transfer add ?request_transfer=true';
        throw new ApiError(403, { ok: false, errors: [message], error_description: message });
      }
      record.owner = username;
      state.devices.put(id, record);
      return ok({
        ok: true,
        user_id: state.accounts.get(username)?.user_id,
        id,
        deviceID: id,
        connected: sessions.online(id),
        claimed: true,
      });
    }),
    access.route('GET', '/v1/devices/:device', 'devices:get', ({ params }, identity) => {
      const record = access.device(identity, params['device'] ?? '');
      return ok(deviceAnswer(record, sessions.online(record.id)));
    }),
    access.route('PUT', '/v1/devices/:device', 'devices:update', ({ params, body }, identity) =>
      ok(updateDevice(state, access.device(identity, params['device'] ?? ''), body, false, clock.now())),
    ),
    access.route('DELETE', '/v1/devices/:device', null, ({ params }, identity) => {
      const record = access.device(identity, params['device'] ?? '');
      record.owner = null;
      state.devices.put(record.id, record);
      return ok();
    }),
    access.route('GET', '/v1/serial_numbers/:serial', null, ({ params }) => {
      for (const { id, serial_number, iccid, platform_id } of state.devices.values())
        if (serial_number === params['serial']) return ok({ ok: true, deviceID: id, device_id: id, serial_number, iccid, platform_id });
      throw notFound('Serial number not found');
    }),
  ];
}
