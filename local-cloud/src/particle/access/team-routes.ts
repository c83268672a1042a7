import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { notCarriedOut, notFound } from '../http/api-error.ts';
import { ok, type Route } from '../http/api-request.ts';
import { read } from '../http/fields.ts';
import type { ParticleState } from '../state/particle-state.ts';
import type { ApiUser } from '../state/records.ts';
import type { Access } from './access.ts';
import { SCOPES } from './scopes.ts';
import { issueToken } from './tokens.ts';

const apiUserFields = z.strictObject({ friendly_name: z.string().min(1), scopes: z.array(z.enum(SCOPES)).min(1) });

/** Makes an API user of a product, with its one token, which does not expire (Cloud API reference, "API users"). */
export function createApiUser(state: ParticleState, clock: Clock, product_id: number, fields: z.infer<typeof apiUserFields>): ApiUser {
  const stem = fields.friendly_name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const username = `${stem}+${randomBytes(5).toString('hex')}@api.particle.io`;
  return keepApiUser(state, clock, { username, product_id, ...fields });
}

function keepApiUser(state: ParticleState, clock: Clock, user: Omit<ApiUser, 'token'>): ApiUser {
  const { token } = issueToken(state, clock, 'particle', { kind: 'api_user', username: user.username }, 0);
  return state.api_users.put(user.username, { ...user, token });
}

/** A product's team: its owner and its API users. */
export function teamRoutes(state: ParticleState, access: Access, clock: Clock): Route[] {
  const userOf = (product_id: number, username: string | undefined): ApiUser => {
    const user = state.api_users.get(username ?? '');
    if (user === undefined || user.product_id !== product_id) throw notFound(`No team member ${username}`);
    return user;
  };
  const shown = ({ username, friendly_name, scopes, product_id }: ApiUser) => ({
    username,
    friendly_name,
    scopes,
    is_programmatic: true,
    product_id,
  });
  return [
    access.route('GET', '/v1/products/:product/team', null, ({ params }, identity) => {
      const product = access.product(identity, params['product'] ?? '');
      const users = [...state.api_users.values()].filter((user) => user.product_id === product.id);
      const owner = { username: product.owner, role: { id: '000000000000000000000002', name: 'Administrator' } };
      return ok({ ok: true, team: [owner, ...users.map(shown)] });
    }),
    access.route('POST', '/v1/products/:product/team', null, ({ params, body }, identity) => {
      const product = access.product(identity, params['product'] ?? '');
      if (body['username'] !== undefined) throw notCarriedOut('Inviting a person to a team');
      const user = createApiUser(state, clock, product.id, read(apiUserFields, body));
      return ok({ ok: true, created: { username: user.username, is_programmatic: true, tokens: [{ token: user.token }] } });
    }),
    access.route('PUT', '/v1/products/:product/team/:username', null, ({ params, body }, identity) => {
      const product = access.product(identity, params['product'] ?? '');
      const before = userOf(product.id, params['username']);
      const fields = read(apiUserFields.partial(), body);
      // "When scopes assigned to a user change, the access token is updated and a fresh token is returned."
      if (fields.scopes === undefined) {
        state.api_users.put(before.username, { ...before, friendly_name: fields.friendly_name ?? before.friendly_name });
        return ok({ ok: true, updated: { username: before.username, is_programmatic: true } });
      }
      state.tokens.delete(before.token);
      const after = keepApiUser(state, clock, {
        ...before,
        scopes: fields.scopes,
        friendly_name: fields.friendly_name ?? before.friendly_name,
      });
      return ok({ ok: true, updated: { username: after.username, is_programmatic: true, tokens: [{ token: after.token }] } });
    }),
    access.route('DELETE', '/v1/products/:product/team/:username', null, ({ params }, identity) => {
      const product = access.product(identity, params['product'] ?? '');
      const user = userOf(product.id, params['username']);
      state.tokens.delete(user.token);
      state.api_users.delete(user.username);
      return { status: 204 };
    }),
  ];
}
