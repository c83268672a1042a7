import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { TOKEN_LIFE_S } from '../documented.ts';
import { ApiError, badRequest, notCarriedOut, notFound } from '../http/api-error.ts';
import { type ApiRequest, ok, type Route } from '../http/api-request.ts';
import { count, read } from '../http/fields.ts';
import type { ParticleState } from '../state/particle-state.ts';
import type { AccessToken, Account, OAuthClient } from '../state/records.ts';
import type { Access } from './access.ts';
import { issueToken, newSecret, passwordMatches } from './tokens.ts';

/** Clients that anybody may use for an account of their own: `particle` in the docs, `particle-api` in particle-api-js. */
const PUBLIC_CLIENTS = new Map([
  ['particle', 'particle'],
  ['particle-api', 'particle-api'],
]);

const tokenForm = z.strictObject({
  grant_type: z.string(),
  username: z.string().optional(),
  password: z.string().optional(),
  client_id: z.string().optional(),
  client_secret: z.string().optional(),
  expires_in: count.optional(),
  expires_at: z.iso.datetime({ offset: true }).optional(),
});

/** POST /oauth/token and what can be done with tokens (Cloud API reference, "Authentication"). */
export function oauthRoutes(state: ParticleState, access: Access, clock: Clock): Route[] {
  return [
    { method: 'POST', pattern: '/oauth/token', handle: (request) => ok(grant(state, clock, request)) },
    {
      method: 'GET',
      pattern: '/v1/access_tokens',
      handle: (request) => ok(tokensOf(state, basicAccount(state, request).username).map(tokenInfo)),
    },
    {
      method: 'GET',
      pattern: '/v1/access_tokens/current',
      handle: (request) => ok(currentToken(state, access.identify(request).token)),
    },
    {
      method: 'DELETE',
      pattern: '/v1/access_tokens/current',
      handle: (request) => {
        state.tokens.delete(access.identify(request).token);
        return ok();
      },
    },
    access.route('DELETE', '/v1/access_tokens', null, (_request, identity) => {
      for (const token of tokensOf(state, identity.username)) state.tokens.delete(token.token);
      return ok();
    }),
    {
      method: 'DELETE',
      pattern: '/v1/access_tokens/:token',
      // particle-api-js sends no credentials with it: whoever knows the token may end it.
      handle: ({ params }) => {
        if (!state.tokens.delete(params['token'] ?? '')) throw notFound('No such token');
        return ok();
      },
    },
  ];
}

/** Clients of a product or of the account (Cloud API reference, "OAuth clients"). */
export function clientRoutes(state: ParticleState, access: Access): Route[] {
  const of = (product_id: number | null, owner: string) =>
    [...state.clients.values()].filter((client) => client.product_id === product_id && client.owner === owner);
  const create = (request: ApiRequest, owner: string, product_id: number | null) => {
    const fields = read(
      z.strictObject({
        name: z.string().min(1),
        type: z.enum(['installed', 'web']),
        redirect_uri: z.url().optional(),
        scope: z.unknown().optional(),
      }),
      request.body,
    );
    if (fields.scope !== undefined) throw notCarriedOut('A scope of an OAuth client');
    const id = `${fields.name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-${1000 + state.clients.size}`;
    const client = state.clients.put(id, {
      id,
      name: fields.name,
      type: fields.type,
      secret: newSecret(),
      owner,
      product_id,
      redirect_uri: fields.redirect_uri,
    });
    return ok({ ok: true, client: { name: client.name, type: client.type, id, secret: client.secret } });
  };
  const remove = (client: OAuthClient | undefined, product_id: number | null) => {
    if (client === undefined || client.product_id !== product_id) throw notFound('No such client');
    state.clients.delete(client.id);
    for (const token of [...state.tokens.values()])
      if (token.holder.kind === 'client' && token.holder.client_id === client.id) state.tokens.delete(token.token);
    return { status: 204 };
  };
  const listed = (clients: readonly OAuthClient[]) => ok({ ok: true, clients: clients.map(({ name, type, id }) => ({ name, type, id })) });
  return [
    access.route('GET', '/v1/clients', null, (_request, { username }) => listed(of(null, username))),
    access.route('POST', '/v1/clients', null, (request, { username }) => create(request, username, null)),
    access.route('DELETE', '/v1/clients/:client', null, ({ params }, { username }) => {
      const client = state.clients.get(params['client'] ?? '');
      return remove(client?.owner === username ? client : undefined, null);
    }),
    access.route('GET', '/v1/products/:product/clients', 'clients:list', ({ params }, identity) => {
      const product = access.product(identity, params['product'] ?? '');
      return listed(of(product.id, product.owner));
    }),
    access.route('POST', '/v1/products/:product/clients', 'clients:create', (request, identity) => {
      const product = access.product(identity, request.params['product'] ?? '');
      return create(request, product.owner, product.id);
    }),
    access.route('DELETE', '/v1/products/:product/clients/:client', 'clients:remove', ({ params }, identity) => {
      const product = access.product(identity, params['product'] ?? '');
      return remove(state.clients.get(params['client'] ?? ''), product.id);
    }),
  ];
}

function grant(state: ParticleState, clock: Clock, request: ApiRequest) {
  if ((request.headers['content-type'] ?? '').startsWith('application/json'))
    throw badRequest('This endpoint takes forms only, no JSON (Cloud API reference, "Generate an access token")');
  const form = read(tokenForm, request.body);
  const client = clientOf(state, request, form);
  const life_s = lifeOf(form, clock);
  const holder = form.grant_type === 'password' ? passwordHolder(state, form) : clientHolder(form.grant_type, client);
  const token = issueToken(state, clock, client.id, holder, life_s);
  return {
    access_token: token.token,
    token_type: 'bearer',
    expires_in: life_s,
    ...(form.grant_type === 'password' ? { refresh_token: newSecret() } : {}),
  };
}

function clientOf(state: ParticleState, { basic }: ApiRequest, form: z.infer<typeof tokenForm>): { id: string; registered: boolean } {
  const id = basic?.username ?? form.client_id;
  const secret = basic?.password ?? form.client_secret;
  if (id !== undefined && PUBLIC_CLIENTS.get(id) === secret) return { id, registered: false };
  const client = id === undefined ? undefined : state.clients.get(id);
  if (client !== undefined && client.secret === secret) return { id: client.id, registered: true };
  throw new ApiError(400, { error: 'invalid_client', error_description: 'Client credentials are invalid' });
}

function lifeOf({ expires_in, expires_at }: z.infer<typeof tokenForm>, clock: Clock): number {
  if (expires_at !== undefined) return Math.max(1, Math.round((Date.parse(expires_at) - clock.now()) / 1000));
  return expires_in ?? TOKEN_LIFE_S;
}

function passwordHolder(state: ParticleState, { username, password }: z.infer<typeof tokenForm>): AccessToken['holder'] {
  const account = username === undefined ? undefined : state.accounts.get(username);
  if (account === undefined || password === undefined || !passwordMatches(account, password))
    throw new ApiError(400, { error: 'invalid_grant', error_description: 'User credentials are invalid' });
  return { kind: 'account', username: account.username };
}

function clientHolder(grant_type: string, client: { id: string; registered: boolean }): AccessToken['holder'] {
  if (grant_type !== 'client_credentials') throw notCarriedOut(`grant_type ${grant_type}`);
  if (!client.registered) throw new ApiError(400, { error: 'invalid_client', error_description: 'Client credentials are invalid' });
  return { kind: 'client', client_id: client.id };
}

function basicAccount(state: ParticleState, { basic }: ApiRequest): Account {
  const account = basic === undefined ? undefined : state.accounts.get(basic.username);
  if (account === undefined || basic === undefined || !passwordMatches(account, basic.password))
    throw new ApiError(401, { error: 'invalid_grant', error_description: 'User credentials are invalid' });
  return account;
}

/** Cloud API reference, "Get the current access token information". */
function currentToken(state: ParticleState, text: string) {
  const token = state.tokens.get(text);
  if (token === undefined) throw notFound('No such token');
  const scopes = token.holder.kind === 'api_user' ? (state.api_users.get(token.holder.username)?.scopes ?? []) : [];
  return { expires_at: time(token.expires_at), client: token.client, scopes, orgs: [] };
}

function tokensOf(state: ParticleState, username: string): AccessToken[] {
  return [...state.tokens.values()].filter(({ holder }) => holder.kind === 'account' && holder.username === username);
}

function tokenInfo({ token, expires_at, client }: AccessToken) {
  return { token, expires_at: time(expires_at), client };
}

function time(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
