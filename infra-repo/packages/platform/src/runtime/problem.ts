import { STATUS_CODES } from 'node:http';

/** What a function behind a function URL answers (payload format 2.0). */
export interface HttpReply {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Problem {
  /** HTTP status, 400 to 599. */
  readonly status: number;
  /** A URI that names the kind of problem. `about:blank` says no more than the status does. */
  readonly type?: string;
  /** Short and the same for every occurrence. The status's own phrase where none is given. */
  readonly title?: string;
  /** What a caller can do about this occurrence. Never an exception's message: that may tell what is inside. */
  readonly detail?: string;
  /** Further members of the document, e.g. `{ errors: [...] }`. */
  readonly members?: Readonly<Record<string, unknown>>;
  /** Further headers, e.g. `{ 'retry-after': '30' }`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error reply as RFC 9457 (Problem Details for HTTP APIs) shapes it. */
export function problem({ status, type = 'about:blank', title, detail, members, headers }: Problem): HttpReply {
  const document = {
    ...members,
    type,
    title: title ?? STATUS_CODES[status] ?? 'Error',
    status,
    ...(detail === undefined ? {} : { detail }),
  };
  return {
    statusCode: status,
    headers: { 'cache-control': 'no-store', ...headers, 'content-type': 'application/problem+json' },
    body: JSON.stringify(document),
  };
}
