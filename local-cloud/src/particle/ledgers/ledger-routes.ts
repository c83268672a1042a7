import { z } from 'zod';
import type { Access } from '../access/access.ts';
import type { Identity } from '../access/identity.ts';
import type { Clock } from '../clock.ts';
import { LEDGER_NAME } from '../documented.ts';
import { ApiError, badRequest, notCarriedOut } from '../http/api-error.ts';
import { ok, type Route } from '../http/api-request.ts';
import { count, flag, read } from '../http/fields.ts';
import type { ParticleState } from '../state/particle-state.ts';
import type { LedgerDefinition, LedgerInstance } from '../state/records.ts';
import type { Ledgers } from './ledgers.ts';

const definition = z.strictObject({
  ledger: z.strictObject({
    name: z.string().regex(LEDGER_NAME, 'must be 1 to 32 of a-z, 0-9 and -'),
    description: z.string().default(''),
    scope: z.enum(['Owner', 'Product', 'Device']),
    direction: z.enum(['Downstream', 'Upstream']),
  }),
});
const changes = z.strictObject({
  ledger: z.strictObject({ description: z.string().optional(), direction: z.literal('Downstream').optional() }),
});
const instanceBody = z.strictObject({ instance: z.strictObject({ data: z.record(z.string(), z.unknown()) }) });
const setMode = z.strictObject({ set_mode: z.enum(['Replace', 'Merge']).default('Replace') });
const listed = z.strictObject({
  scope: z.enum(['Owner', 'Product', 'Device']).optional(),
  archived: flag.optional(),
  page: count.default(1),
  per_page: count.default(100),
});

/** Ledger definitions and instances of the account (Cloud API reference, "Ledger"). */
export function ledgerRoutes(state: ParticleState, access: Access, ledgers: Ledgers, clock: Clock): Route[] {
  /** An API user's or client's ledgers are those of its product's owner. */
  const ownerOf = (identity: Identity): string =>
    identity.kind === 'api_user' ? (state.products.get(String(identity.product_id))?.owner ?? identity.username) : identity.username;
  const find = (identity: Identity, name: string | undefined) => ledgers.definition(ownerOf(identity), name ?? '');
  /** The instance's place in the form in which it is kept; 403 for a device or product that isn't the caller's. */
  const place = (identity: Identity, ledger: LedgerDefinition, value: string | undefined): string => {
    const wanted = value ?? '';
    if (ledger.scope === 'Product') return String(access.product(identity, wanted).id);
    if (ledger.scope === 'Owner') return state.accounts.get(ledger.owner)?.user_id ?? '';
    const record = state.devices.get(wanted.toLowerCase());
    if (record === undefined || !access.reachesDevice(identity, record)) throw new ApiError(403, { ok: false, error: 'Permission Denied' });
    if (record.product_id === null) throw badRequest(`Device ${wanted} is in no product: it can't have ledgers`);
    return record.id;
  };
  const page = <T>(all: readonly T[], at: number, size: number) => ({
    part: all.slice((Math.max(1, at) - 1) * size, Math.max(1, at) * size),
    meta: { page: Math.max(1, at), per_page: size, total_pages: Math.ceil(all.length / Math.max(1, size)), total: all.length },
  });
  const shownInstance = (ledger: LedgerDefinition, instance: LedgerInstance) => ({
    name: ledger.name,
    scope: {
      type: ledger.scope,
      value: instance.scope_value,
      ...(ledger.scope === 'Device' ? { name: state.devices.get(instance.scope_value)?.name ?? undefined } : {}),
    },
    size_bytes: instance.size_bytes,
    data: instance.data,
    created_at: new Date(instance.created_at).toISOString(),
    updated_at: new Date(instance.updated_at).toISOString(),
  });
  const at = '/v1/ledgers/:ledger/instances/:scope';
  return [
    access.route('POST', '/v1/ledgers', 'ledgers:create', ({ body }, identity) => {
      const { ledger } = read(definition, body);
      if (ledger.direction === 'Upstream') throw notCarriedOut('A device-to-cloud ledger');
      return { status: 201, body: { ledger: shown(ledgers.create({ ...ledger, direction: 'Downstream', owner: ownerOf(identity) })) } };
    }),
    access.route('GET', '/v1/ledgers', 'ledgers:list', ({ query }, identity) => {
      const { scope, archived, page: number, per_page } = read(listed, query);
      const all = ledgers
        .of(ownerOf(identity))
        .filter((ledger) => (scope ?? ledger.scope) === ledger.scope && (archived === true) === (ledger.archived_at !== null));
      const { part, meta } = page(all, number, per_page);
      return ok({ ledger_definitions: part.map(shown), meta });
    }),
    access.route('GET', '/v1/ledgers/:ledger', 'ledgers:get', ({ params }, identity) =>
      ok({ ledger: shown(find(identity, params['ledger'])) }),
    ),
    access.route('PUT', '/v1/ledgers/:ledger', 'ledgers:update', ({ params, body }, identity) => {
      const before = find(identity, params['ledger']);
      const { ledger } = read(changes, body);
      return ok({
        ledger: shown(ledgers.keep({ ...before, description: ledger.description ?? before.description, updated_at: clock.now() })),
      });
    }),
    access.route('DELETE', '/v1/ledgers/:ledger', 'ledgers:remove', ({ params }, identity) => {
      ledgers.archive(find(identity, params['ledger']));
      return ok();
    }),
    access.route('GET', '/v1/ledgers/:ledger/instances', 'ledger.instances:list', ({ params, query }, identity) => {
      const ledger = find(identity, params['ledger']);
      const { page: number, per_page } = read(listed.pick({ page: true, per_page: true }), query);
      const { part, meta } = page(ledgers.instances(ledger), number, per_page);
      return ok({ instances: part.map((instance) => shownInstance(ledger, instance)), meta });
    }),
    access.route('GET', at, 'ledger.instances:get', ({ params }, identity) => {
      const ledger = find(identity, params['ledger']);
      return ok({ instance: shownInstance(ledger, ledgers.instance(ledger, place(identity, ledger, params['scope']))) });
    }),
    access.route('PUT', at, 'ledger.instances:set', ({ params, query, body }, identity) => {
      const ledger = find(identity, params['ledger']);
      const where = place(identity, ledger, params['scope']);
      const merge = read(setMode, query).set_mode === 'Merge';
      return ok({ instance: shownInstance(ledger, ledgers.set(ledger, where, read(instanceBody, body).instance.data, merge)) });
    }),
    access.route('DELETE', at, 'ledger.instances:remove', ({ params }, identity) => {
      const ledger = find(identity, params['ledger']);
      ledgers.delete(ledger, place(identity, ledger, params['scope']));
      return ok();
    }),
  ];
}

function shown({ name, description, scope, direction, created_at, updated_at, archived_at }: LedgerDefinition) {
  const time = (at: number) => new Date(at).toISOString();
  return {
    name,
    description,
    scope,
    direction,
    created_at: time(created_at),
    updated_at: time(updated_at),
    archived_at: archived_at === null ? null : time(archived_at),
  };
}
