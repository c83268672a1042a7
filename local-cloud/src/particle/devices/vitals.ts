import type { Access } from '../access/access.ts';
import type { Identity } from '../access/identity.ts';
import type { Clock } from '../clock.ts';
import { notFound } from '../http/api-error.ts';
import { type ApiRequest, ok, type Route } from '../http/api-request.ts';
import type { DeviceSessions } from '../sessions/device-sessions.ts';
import type { Session } from '../sessions/session.ts';
import type { DeviceRecord } from '../state/records.ts';

/** The event's name (Cloud API reference, "Device vitals event"). */
const EVENT = 'spark/device/diagnostics/update';

/** A device tells its vitals, if it has any: after each connect, and when it is asked to. */
export function publishVitals(session: Session, clock: Clock): void {
  const device = session.device.diagnostics?.();
  if (device === undefined) return;
  const now = clock.now();
  const cloud = { uptime: Math.floor((now - session.since) / 1000), publish: { sent: session.published } };
  const payload = { device, service: { device: { status: 'ok' }, cloud } };
  session.record.vitals = { updated_at: now, payload };
  session.emit(EVENT, JSON.stringify(payload));
}

/** Remote diagnostics (Cloud API reference, "Remote diagnostics"): refresh, and the last ones. */
export function vitalsRoutes(access: Access, sessions: DeviceSessions, clock: Clock): Route[] {
  const own = ({ params }: ApiRequest, identity: Identity) => access.device(identity, params['device'] ?? '');
  const ofProduct = ({ params }: ApiRequest, identity: Identity) =>
    access.productDevice(access.product(identity, params['product'] ?? ''), params['device'] ?? '');
  return (
    [
      ['/v1/diagnostics/:device', own],
      ['/v1/products/:product/diagnostics/:device', ofProduct],
    ] as const
  ).flatMap(([base, find]) => [
    access.route('POST', `${base}/update`, 'devices.diagnostics:update', (request, identity) => {
      const session = sessions.get(find(request, identity).id);
      if (session === undefined) throw notFound('The device you requested is not currently connected to the cloud.');
      // "The HTTP request returns immediately after the request to the device is sent."
      if (session.alive) queueMicrotask(() => publishVitals(session, clock));
      return ok();
    }),
    access.route('GET', `${base}/last`, 'devices.diagnostics:get', (request, identity) => {
      const { id, vitals }: DeviceRecord = find(request, identity);
      if (vitals === null) throw notFound(`No vitals of device ${id}`);
      return ok({ diagnostics: { updated_at: new Date(vitals.updated_at).toISOString(), deviceID: id, payload: vitals.payload } });
    }),
  ]);
}
