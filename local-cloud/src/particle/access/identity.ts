import type { Scope } from './scopes.ts';

/** Who asks, by the access token that was sent. */
export type Identity =
  | { readonly kind: 'account'; readonly username: string; readonly token: string }
  | {
      readonly kind: 'api_user';
      readonly username: string;
      readonly product_id: number;
      readonly scopes: ReadonlySet<string>;
      readonly token: string;
    }
  /** A token by client_credentials: it belongs to the client's owner, and reaches no further than the client's product. */
  | { readonly kind: 'client'; readonly username: string; readonly product_id: number | null; readonly token: string };

/** What an operation asks of an API user: a scope, or null where none is let in. */
export type Needs = Scope | null;
