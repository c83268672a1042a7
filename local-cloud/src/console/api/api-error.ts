import type { ZodError } from 'zod';

/** An answer that isn't what was asked for: its HTTP status and a sentence for the developer. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export function notFound(what: string): ApiError {
  return new ApiError(404, `${what} is not there (any more).`);
}

/** Names every field that is wrong. */
export function badRequest(error: ZodError): ApiError {
  const reasons = error.issues.map(({ path, message }) => (path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`));
  return new ApiError(400, reasons.join('; '));
}
