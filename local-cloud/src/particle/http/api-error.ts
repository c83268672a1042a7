/** An answer other than success: `status` and the JSON text of `body`. */
export class ApiError extends Error {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;

  constructor(status: number, body: Readonly<Record<string, unknown>>) {
    super(`HTTP ${status}: ${JSON.stringify(body)}`);
    this.name = 'ApiError';
    this.status = status;
    this.body = body;
  }
}

/** 400 with the OAuth form of an error, which particle-api-js shows to its caller. */
export function badRequest(error_description: string): ApiError {
  return new ApiError(400, { ok: false, error: 'bad_request', error_description });
}

export function notFound(error: string): ApiError {
  return new ApiError(404, { ok: false, error });
}

/** 501: the stand-in does not do this, and says so by its name. */
export function notCarriedOut(what: string): ApiError {
  return new ApiError(501, {
    ok: false,
    error: 'not_carried_out',
    error_description: `${what} is not carried out by the local Particle cloud`,
  });
}
