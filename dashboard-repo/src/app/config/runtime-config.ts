import * as z from 'zod/mini';

/** What the deployment writes into /config.json at the site's root: the build is the same for every stage. */
const runtimeConfigSchema = z.object({
  region: z.string().check(z.minLength(1)),
  user_pool_id: z.string().check(z.regex(/^[\w-]+_[0-9a-zA-Z]+$/, 'must be a user pool id such as us-east-1_a1B2c3')),
  user_pool_client_id: z.string().check(z.minLength(1)),
  user_pool_issuer: z.url({ protocol: /^https?$/, error: 'must be an http or https address' }),
  graphql_url: z.url({ protocol: /^https?$/, error: 'must be an http or https address' }),
  graphql_realtime_url: z.url({ protocol: /^wss?$/, error: 'must be a ws or wss address' }),
});

export type RuntimeConfig = z.infer<typeof runtimeConfigSchema>;

/** The site's configuration is missing or unusable; the message says what of it, for whoever deployed the site. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/** @throws {ConfigError} Naming each field that is missing or wrong. */
export function parseRuntimeConfig(input: unknown): RuntimeConfig {
  const parsed = runtimeConfigSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`));
  throw new ConfigError(`/config.json is not as expected. ${problems.join('; ')}`);
}

/** Reads /config.json. @throws {ConfigError} When it can't be reached, isn't JSON or isn't complete. */
export async function loadRuntimeConfig(fetchConfig: typeof fetch = fetch): Promise<RuntimeConfig> {
  let response: Response;
  try {
    response = await fetchConfig('/config.json', { cache: 'no-cache' });
  } catch {
    throw new ConfigError('/config.json could not be reached.');
  }
  if (!response.ok) throw new ConfigError(`/config.json answered ${response.status}.`);
  let input: unknown;
  try {
    input = await response.json();
  } catch {
    throw new ConfigError('/config.json is not JSON.');
  }
  return parseRuntimeConfig(input);
}
