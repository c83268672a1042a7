import { z } from 'zod';
import type { Access } from '../access/access.ts';
import type { Identity } from '../access/identity.ts';
import type { Clock } from '../clock.ts';
import { MAX_ARGUMENT_BYTES } from '../documented.ts';
import { ApiError, badRequest, notFound } from '../http/api-error.ts';
import { type ApiAnswer, type ApiRequest, ok, type Route } from '../http/api-request.ts';
import { read, textual } from '../http/fields.ts';
import type { DeviceSessions } from '../sessions/device-sessions.ts';
import type { Session } from '../sessions/session.ts';
import type { DeviceRecord } from '../state/records.ts';
import type { OpenSpan, TraceSpans } from '../trace-spans.ts';
import { askForLocation } from './locations.ts';

/** `arg` in the reference, `args` from particle-api-js; the first stands where both are given. */
const callFields = z.strictObject({ arg: textual.optional(), args: textual.optional(), format: z.literal('raw').optional() });
const variableFields = z.looseObject({ format: z.literal('raw').optional() });

/** Functions, variables and pings of devices (Cloud API reference, "Call a function", "Get a variable value", "Ping a device"). */
export function callRoutes(access: Access, sessions: DeviceSessions, clock: Clock, timeout_ms: number, traces?: TraceSpans): Route[] {
  const own = ({ params }: ApiRequest, identity: Identity) => access.device(identity, params['device'] ?? '');
  const ofProduct = ({ params }: ApiRequest, identity: Identity) =>
    access.productDevice(access.product(identity, params['product'] ?? ''), params['device'] ?? '');
  return (
    [
      ['/v1/devices/:device', own],
      ['/v1/products/:product/devices/:device', ofProduct],
    ] as const
  ).flatMap(([base, find]) => [
    access.route('PUT', `${base}/ping`, 'devices:ping', (request, identity) => {
      const record = find(request, identity);
      return ok({ online: sessions.get(record.id)?.alive === true, ok: true });
    }),
    access.route('POST', `${base}/:function`, 'devices.function:call', (request, identity) => call(request, find(request, identity))),
    access.route('GET', `${base}/:variable`, 'devices.variable:get', (request, identity) => variable(request, find(request, identity))),
  ]);

  async function call({ params, body, span }: ApiRequest, record: DeviceRecord): Promise<ApiAnswer> {
    const name = params['function'] ?? '';
    const { arg, args, format } = read(callFields, body);
    const argument = arg ?? args ?? '';
    if (Buffer.byteLength(argument) > MAX_ARGUMENT_BYTES) throw badRequest(`arg: must be at most ${MAX_ARGUMENT_BYTES} bytes`);
    const session = online(record);
    const located = askForLocation(session, name, argument, clock);
    if (located === undefined && !record.functions.includes(name)) throw notFound(`Function ${name} not found`);
    const value = located ?? (await traced(span, record, name, () => inTime(session, () => session.device.call(name, argument))));
    session.heard();
    if (!Number.isInteger(value) || value !== Math.trunc(value) || Math.abs(value) > 2 ** 31) throw timedOut();
    return format === 'raw'
      ? { status: 200, raw: String(value) }
      : ok({ id: record.id, name: record.name, connected: true, return_value: value });
  }

  /** What the device did is a span of its own, below the request's. */
  async function traced(
    span: OpenSpan | undefined,
    { id }: DeviceRecord,
    function_name: string,
    work: () => Promise<number>,
  ): Promise<number> {
    if (traces === undefined || span === undefined) return work();
    const device = traces.below(span);
    const told = { operation: 'device function', resource: id };
    const known = { function_name, particle_id: id };
    try {
      const return_value = await work();
      traces.end(device, { ...told, attributes: { ...known, return_value } });
      return return_value;
    } catch (error) {
      traces.end(device, { ...told, errorCode: 'TimedOut', attributes: known });
      throw error;
    }
  }

  async function variable({ params, query }: ApiRequest, record: DeviceRecord): Promise<ApiAnswer> {
    const name = params['variable'] ?? '';
    const session = online(record);
    if (!Object.hasOwn(record.variables, name)) throw notFound('Variable not found');
    const result = await inTime(session, () => session.device.variable(name));
    if (result === undefined) throw timedOut();
    session.heard();
    if (read(variableFields, query).format === 'raw') return { status: 200, raw: String(result) };
    const last_handshake_at = record.last_handshake_at === null ? null : new Date(record.last_handshake_at).toISOString();
    return ok({ name, result, coreInfo: { name: record.name, deviceID: record.id, connected: true, last_handshake_at } });
  }

  /** Cloud API reference, "Errors": 404 is for a device that is not connected. */
  function online(record: DeviceRecord): Session {
    const session = sessions.get(record.id);
    if (session === undefined) throw notFound('The device you requested is not currently connected to the cloud.');
    return session;
  }

  /** What the device answers; 408 when it refuses, is gone without the cloud having noticed, or takes too long. */
  async function inTime<T>(session: Session, ask: () => T | Promise<T>): Promise<T> {
    let stop: () => void = () => {};
    const late = new Promise<never>((_resolve, reject) => {
      stop = clock.after(timeout_ms, () => reject(timedOut()));
    });
    const answer = session.alive ? Promise.resolve().then(ask) : new Promise<never>(() => {});
    try {
      return await Promise.race([answer.catch(() => Promise.reject(timedOut())), late]);
    } finally {
      stop();
    }
  }
}

function timedOut(): ApiError {
  return new ApiError(408, { ok: false, error: 'Timed out.', error_description: 'Timed out.' });
}
