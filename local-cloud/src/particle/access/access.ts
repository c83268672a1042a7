import type { Clock } from '../clock.ts';
import { ApiError, notFound } from '../http/api-error.ts';
import type { ApiRequest, Authorized, Route } from '../http/api-request.ts';
import type { ParticleState } from '../state/particle-state.ts';
import type { DeviceRecord, Product } from '../state/records.ts';
import type { Identity, Needs } from './identity.ts';

/** Decides who may do what: which token belongs to whom, and what its holder reaches. */
export class Access {
  readonly #state: ParticleState;
  readonly #clock: Clock;

  constructor(state: ParticleState, clock: Clock) {
    this.#state = state;
    this.#clock = clock;
  }

  /** A route that asks for a token, and of an API user for `needs`. */
  route(method: string, pattern: string, needs: Needs, work: Authorized): Route {
    return {
      method,
      pattern,
      handle: (request) => {
        const identity = this.identify(request);
        this.#demand(identity, needs);
        return work(request, identity);
      },
    };
  }

  /** Throws as node-oauth2-server does, which Particle's cloud is built on (repository particle-iot/node-oauth2-server). */
  identify({ access_token }: Pick<ApiRequest, 'access_token'>): Identity {
    if (access_token === undefined || access_token === '')
      throw new ApiError(400, { error: 'invalid_request', error_description: 'The access token was not found' });
    const token = this.#state.tokens.get(access_token);
    if (token === undefined)
      throw new ApiError(401, { error: 'invalid_token', error_description: 'The access token provided is invalid.' });
    if (token.expires_at !== null && token.expires_at <= this.#clock.now())
      throw new ApiError(401, { error: 'invalid_token', error_description: 'The access token provided has expired.' });
    const { holder } = token;
    if (holder.kind === 'account') return { kind: 'account', username: holder.username, token: token.token };
    if (holder.kind === 'client') {
      const client = this.#state.clients.get(holder.client_id);
      if (client !== undefined) return { kind: 'client', username: client.owner, product_id: client.product_id, token: token.token };
    } else {
      const user = this.#state.api_users.get(holder.username);
      if (user !== undefined)
        return { kind: 'api_user', username: user.username, product_id: user.product_id, scopes: new Set(user.scopes), token: token.token };
    }
    throw new ApiError(401, { error: 'invalid_token', error_description: 'The access token provided is invalid.' });
  }

  #demand(identity: Identity, needs: Needs): void {
    if (identity.kind === 'client' && identity.product_id !== null && needs === null)
      throw new ApiError(403, { ok: false, error: 'Permission Denied', error_description: "A product's client reaches its product alone" });
    if (identity.kind !== 'api_user') return;
    if (needs === null) throw unauthorized('API users are not allowed to call this endpoint');
    if (!identity.scopes.has(needs)) throw unauthorized(`The API user's scopes don't include ${needs}`);
  }

  /** The product by its id or slug. 404 when there is none, 403 when it isn't the caller's. */
  product(identity: Identity, idOrSlug: string): Product {
    const product = this.findProduct(idOrSlug);
    if (product === undefined) throw notFound(`Product ${idOrSlug} not found`);
    if (!this.reachesProduct(identity, product)) throw new ApiError(403, { ok: false, error: 'Permission Denied' });
    return product;
  }

  findProduct(idOrSlug: string): Product | undefined {
    const byId = this.#state.products.get(idOrSlug);
    if (byId !== undefined) return byId;
    for (const product of this.#state.products.values()) if (product.slug === idOrSlug) return product;
    return undefined;
  }

  reachesProduct(identity: Identity, product: Product): boolean {
    if (identity.kind === 'account') return product.owner === identity.username;
    return (
      identity.product_id === product.id ||
      (identity.kind === 'client' && identity.product_id === null && product.owner === identity.username)
    );
  }

  /** The product's device; 404 when the product has none with this id. */
  productDevice(product: Product, id: string): DeviceRecord {
    const record = this.#state.devices.get(id.toLowerCase());
    if (record === undefined || record.product_id !== product.id) throw notFound(`Device ${id} not found in product ${product.id}`);
    return record;
  }

  /**
   * A device that is claimed by the caller or in a product of theirs. One that isn't and one that doesn't exist are told the same,
   * in the words that a recorded answer of the cloud has (the Elixir client's test fixture "missing_get").
   */
  device(identity: Identity, id: string): DeviceRecord {
    const record = this.#state.devices.get(id.toLowerCase());
    if (record !== undefined && this.reachesDevice(identity, record)) return record;
    throw new ApiError(403, {
      ok: false,
      error: 'Permission Denied',
      info: "I didn't recognize that device name or ID, try opening https://api.particle.io/v1/devices?access_token=undefined",
    });
  }

  reachesDevice(identity: Identity, record: DeviceRecord): boolean {
    if (identity.kind !== 'api_user' && !(identity.kind === 'client' && identity.product_id !== null) && record.owner === identity.username)
      return true;
    const product = record.product_id === null ? undefined : this.#state.products.get(String(record.product_id));
    return product !== undefined && this.reachesProduct(identity, product);
  }
}

/** Cloud API reference, "Errors - API users": 400. */
function unauthorized(error_description: string): ApiError {
  return new ApiError(400, { error: 'unauthorized', error_description });
}
