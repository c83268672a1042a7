import type { Scope } from './access/scopes.ts';
import { createApiUser } from './access/team-routes.ts';
import { createAccount } from './access/user-routes.ts';
import type { Clock } from './clock.ts';
import { BORON } from './documented.ts';
import type { ParticleState } from './state/particle-state.ts';

/** Who owns the product. The account is on this machine alone, and so is what its password opens. */
export const OWNER = { username: 'owner@enfusion.example', password: 'enstratus-local' } as const;

export interface Seed {
  /** Of the API user. It does not expire, and is the same at every start. */
  readonly access_token: string;
  /** Of the API user that delivers firmware; the same holds for it. */
  readonly firmware_token: string;
  readonly product: { readonly id: number; readonly slug: string };
}

const PRODUCT_ID = 38_250;
const SLUG = 'enstratus-controllers';
const API_USER = 'ingest-repo';
const FIRMWARE_USER = 'device-firmware';
/** What ingest-repo is to be given (its README, "Setting up Particle"): its registration and asks run here on no more than that, and on what only looks. */
const INGEST: readonly Scope[] = [
  'devices.function:call',
  'devices:import',
  'devices:update',
  'integrations:create',
  'integrations:get',
  'integrations:list',
  'integrations:remove',
  'integrations:update',
  'ledger.instances:set',
  'ledgers:create',
  'products:get',
];
/** For whoever looks at the fleet with the token of `endpoints.json`. Nothing of it changes anything. */
const LOOKS: readonly Scope[] = [
  'devices.diagnostics:get',
  'devices.variable:get',
  'devices:get',
  'devices:list',
  'events:get',
  'ledger.instances:get',
  'ledgers:get',
  'ledgers:list',
  'locations:get',
];

/** What device-firmware's pipeline is to be given (its README, "Setting up Particle"). */
const FIRMWARE: readonly Scope[] = [
  'devices.variable:get',
  'devices:list',
  'devices:update',
  'firmware:create',
  'firmware:list',
  'firmware:release',
];

/** The owner's account, one product, an API user for each repo that calls Particle. What is there already stays as it is, but for the API users' scopes. */
export function seed(state: ParticleState, clock: Clock): Seed {
  return state.together(() => {
    if (state.accounts.get(OWNER.username) === undefined) createAccount(state, OWNER.username, OWNER.password);
    const product =
      state.products.get(String(PRODUCT_ID)) ??
      state.products.put(String(PRODUCT_ID), {
        id: PRODUCT_ID,
        slug: SLUG,
        name: 'ENStratus controllers',
        description: 'Solar pump controllers',
        platform_id: BORON,
        owner: OWNER.username,
      });
    const tokenOf = (friendly_name: string, scopes: Scope[]) => {
      const known = [...state.api_users.values()].find((one) => one.product_id === product.id && one.friendly_name === friendly_name);
      const user =
        known === undefined
          ? createApiUser(state, clock, product.id, { friendly_name, scopes })
          : state.api_users.put(known.username, { ...known, scopes });
      return user.token;
    };
    return {
      access_token: tokenOf(API_USER, [...INGEST, ...LOOKS]),
      firmware_token: tokenOf(FIRMWARE_USER, [...FIRMWARE]),
      product: { id: product.id, slug: product.slug },
    };
  });
}
