import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Identity } from '../access/identity.ts';
import type { OpenSpan } from '../trace-spans.ts';

export interface UploadedFile {
  readonly filename: string;
  readonly text: string;
  readonly bytes: Uint8Array;
}

/** A request whose body was read and whose path was matched. */
export interface ApiRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** What stood at the pattern's `:names`, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** Without `access_token`. */
  readonly query: Readonly<Record<string, string>>;
  /** Fields of the JSON object, the form or the multipart form, without `access_token`. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly files: readonly UploadedFile[];
  readonly headers: IncomingHttpHeaders;
  /** Of `Authorization: Basic`. */
  readonly basic: { readonly username: string; readonly password: string } | undefined;
  /** Of the three ways that Particle takes (Cloud API reference, "How to send your access token"). */
  readonly access_token: string | undefined;
  /** Where the caller sent a tracing header. */
  readonly span?: OpenSpan;
}

/** `body` undefined: nothing is written, as with 204. `raw`: it is written as it is, as plain text, or bytes as a file. */
export interface ApiAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly raw?: string | Uint8Array;
}

/** Takes over the answer, as an event stream does. */
export interface StreamAnswer {
  readonly stream: (incoming: IncomingMessage, outgoing: ServerResponse) => void;
}

export interface Route {
  readonly method: string;
  /** Such as `/v1/devices/:device/:function`; a last segment `*rest` takes all that follows, also nothing. */
  readonly pattern: string;
  handle(request: ApiRequest): ApiAnswer | StreamAnswer | Promise<ApiAnswer | StreamAnswer>;
}

/** Checks who asks before `work` is done: see `Access`. */
export type Authorized = (request: ApiRequest, identity: Identity) => ApiAnswer | StreamAnswer | Promise<ApiAnswer | StreamAnswer>;

export function ok(body: unknown = { ok: true }): ApiAnswer {
  return { status: 200, body };
}
