/** What the cloud keeps. Times are milliseconds since 1970-01-01T00:00:00Z. */

export interface Account {
  readonly username: string;
  readonly user_id: string;
  /** Salt and scrypt's answer, in hexadecimal digits. */
  readonly password: { readonly salt: string; readonly hash: string };
  readonly account_info: Readonly<Record<string, unknown>>;
}

export interface AccessToken {
  readonly token: string;
  readonly client: string;
  /** null: never. */
  readonly expires_at: number | null;
  readonly holder:
    | { readonly kind: 'account'; readonly username: string }
    | { readonly kind: 'api_user'; readonly username: string }
    | { readonly kind: 'client'; readonly client_id: string };
}

export interface ApiUser {
  readonly username: string;
  readonly friendly_name: string;
  readonly product_id: number;
  readonly scopes: readonly string[];
  /** The one valid token. */
  readonly token: string;
}

export interface OAuthClient {
  readonly id: string;
  readonly name: string;
  readonly type: 'installed' | 'web';
  readonly secret: string;
  readonly owner: string;
  readonly product_id: number | null;
  readonly redirect_uri?: string | undefined;
}

export interface Product {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly description: string;
  readonly platform_id: number;
  /** Username. */
  readonly owner: string;
}

export interface DeviceLocation {
  readonly lat: number;
  readonly lon: number;
  readonly horizontal_accuracy_m: number;
  readonly at: number;
}

export interface DeviceRecord {
  readonly id: string;
  readonly platform_id: number;
  readonly serial_number: string;
  readonly iccid: string;
  readonly imei: string;
  readonly manufactured_at: number;
  name: string | null;
  notes: string | null;
  /** Username. */
  owner: string | null;
  product_id: number | null;
  groups: readonly string[];
  development: boolean;
  denied: boolean;
  functions: readonly string[];
  variables: Readonly<Record<string, string>>;
  last_heard: number | null;
  last_handshake_at: number | null;
  vitals: { readonly updated_at: number; readonly payload: Readonly<Record<string, unknown>> } | null;
  location: DeviceLocation | null;
  /** PRODUCT_VERSION of the firmware with which it connected last; undefined: it told none. */
  firmware_version?: number;
  /** The version that it is locked to. */
  desired_firmware_version?: number;
}

/** A version of a product's firmware. */
export interface ProductFirmware {
  readonly id: string;
  readonly product_id: number;
  readonly version: number;
  readonly title: string;
  readonly description: string;
  /** Of the file. */
  readonly name: string;
  readonly size: number;
  readonly uploaded_at: number;
  /** Username. */
  readonly uploaded_by: string;
  readonly product_default: boolean;
  /** Groups that it is released to. */
  readonly groups: readonly string[];
  /** Whether it was ever released. */
  readonly released: boolean;
  /** Whether its release goes to devices that are online at once. */
  readonly intelligent: boolean;
  readonly binary: string;
}

/** What the cloud compiler made, in base64. */
export interface CompiledBinary {
  readonly id: string;
  readonly binary: string;
  readonly expires_at: number;
}

export type LedgerScope = 'Owner' | 'Product' | 'Device';

export interface LedgerDefinition {
  readonly name: string;
  readonly description: string;
  readonly scope: LedgerScope;
  readonly direction: 'Downstream';
  readonly owner: string;
  readonly created_at: number;
  readonly updated_at: number;
  readonly archived_at: number | null;
}

export interface LedgerInstance {
  readonly ledger: string;
  /** A device's id, a product's id, or the owner's user id. */
  readonly scope_value: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly size_bytes: number;
  readonly created_at: number;
  readonly updated_at: number;
}

/** A webhook. Texts may be mustache templates. */
export interface Integration {
  readonly id: string;
  readonly created_at: number;
  /** null: of the owner's sandbox. */
  readonly product_id: number | null;
  /** Username. */
  readonly owner: string;
  readonly settings: WebhookSettings;
}

export interface WebhookSettings {
  readonly name: string | null;
  /** A prefix, in the case in which it stands. */
  readonly event: string;
  readonly url: string;
  readonly requestType: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly query?: Readonly<Record<string, string>> | undefined;
  readonly auth?: { readonly username: string; readonly password: string } | undefined;
  readonly json?: string | Readonly<Record<string, unknown>> | undefined;
  readonly form?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
  readonly noDefaults: boolean;
  readonly rejectUnauthorized: boolean;
  readonly responseTemplate?: string | Readonly<Record<string, unknown>> | undefined;
  readonly responseTopic?: string | undefined;
  readonly errorResponseTopic?: string | undefined;
  readonly unchunked: boolean;
  readonly disabled: boolean;
  /** Of a sandbox's integration only. */
  readonly deviceID?: string | undefined;
}
