/**
 * What stands in a generated event instead of something that only the moment of sending knows or that nobody should find on a screen, in a file or in a
 * shell's history. `npm run invoke` fills it in and never prints what it filled in.
 */
export const placeholders = {
  /** The secret by which the webhook knows Particle. */
  webhookSecret: '{{WEBHOOK_SECRET}}',
  /** The access token of whoever asks GraphQL. */
  accessToken: '{{ACCESS_TOKEN}}',
  /** Where a custom resource's function answers CloudFormation. */
  responseUrl: '{{RESPONSE_URL}}',
} as const;

/** Which placeholders an event has. */
export function placeholdersIn(event: unknown): ReadonlySet<string> {
  const found = new Set<string>();
  filled(event, (text) => {
    if (Object.values<string>(placeholders).includes(text)) found.add(text);
    return undefined;
  });
  return found;
}

/** The event with every text for which `fill` knows something else replaced. */
export function filled(event: unknown, fill: (text: string) => string | undefined): unknown {
  if (typeof event === 'string') return fill(event) ?? event;
  if (Array.isArray(event)) return event.map((entry) => filled(entry, fill));
  if (typeof event !== 'object' || event === null) return event;
  return Object.fromEntries(Object.entries(event).map(([name, value]) => [name, filled(value, fill)]));
}
