import * as z from 'zod';

/** Particle's answer to a request that it did not carry out, or none. The message never holds a token or a secret. */
export class ParticleFailure extends Error {
  /** HTTP status; undefined when none came. */
  readonly status: number | undefined;

  constructor(message: string, status: number | undefined) {
    super(message);
    this.name = new.target.name;
    this.status = status;
  }
}

/** The token is wrong, has expired, or may not do this. */
export class ParticleAccessDenied extends ParticleFailure {}
/** Particle understood, and does not do it: what was asked for is wrong or not there. */
export class ParticleRefusal extends ParticleFailure {}
/** Particle can't be reached, failed, wants us to be slower, or took too long. */
export class ParticleOutage extends ParticleFailure {}
/** No answer in time: of Particle's, or of the device's that was called. */
export class ParticleTimeout extends ParticleOutage {}

/** What particle-api-js rejects with; `body` is what Particle answered. */
const rejectionSchema = z.looseObject({
  statusCode: z.number().optional(),
  body: z.looseObject({ error: z.string().optional(), error_description: z.string().optional() }).optional().catch(undefined),
});

/**
 * A rejection of particle-api-js by what can be done about it (Particle's Cloud API reference, "Errors", "Errors - API users": an API user that may not do
 * something gets 400 `unauthorized`).
 *
 * @param secrets What must not stand in the message, wherever Particle repeats it.
 */
export function particleFailure(what: string, rejection: unknown, secrets: readonly string[]): ParticleFailure {
  const { statusCode: status, body } = rejectionSchema.catch({}).parse(rejection);
  const said = [body?.error, body?.error_description].filter((text) => text !== undefined && text !== '').join(': ');
  const outcome = status === undefined ? 'no answer' : `HTTP ${status}`;
  const message = secrets
    .filter((secret) => secret !== '')
    .reduce((text, secret) => text.replaceAll(secret, '***'), `${what}: ${outcome}${said === '' ? '' : ` (${said.slice(0, 300)})`}`);
  if (status === 408) return new ParticleTimeout(message, status);
  if (status === undefined || status >= 500 || status === 429) return new ParticleOutage(message, status);
  const isDenied =
    status === 401 || status === 403 || (status === 400 && /^(unauthorized|invalid_request|invalid_token)$/.test(body?.error ?? ''));
  return isDenied ? new ParticleAccessDenied(message, status) : new ParticleRefusal(message, status);
}
