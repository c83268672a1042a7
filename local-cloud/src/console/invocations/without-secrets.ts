/** Names of headers and members whose values are nobody's to read, such as `x-webhook-secret` and `authorization`. */
const SECRET = /secret|password|passphrase|authorization|cookie|credential|private_?key|api_?key|token/i;
/** A place in a list is no secret, though it is called a token. */
const NO_SECRET = /^(next_?token|continuation_?token|client_?request_?token|.*parameter_?name)$/i;
export const HIDDEN = '(not shown)';

/** JSON text with the values left out that stand under such names, in JSON within texts too. Text that isn't JSON comes back as it is. */
export function withoutSecrets(json: string): string {
  const value = parse(json);
  return value === undefined ? json : JSON.stringify(hide(value));
}

function hide(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hide);
  if (typeof value === 'string') return /^\s*[[{]/.test(value) ? withoutSecrets(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, held]) => [name, isSecret(name, held) ? HIDDEN : hide(held)]));
}

function isSecret(name: string, held: unknown): boolean {
  return held !== null && SECRET.test(name) && !NO_SECRET.test(name);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
