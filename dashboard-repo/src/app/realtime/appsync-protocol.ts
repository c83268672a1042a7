import * as z from 'zod/mini';

/*
 * The words of AppSync's realtime protocol (AppSync Developer Guide, "Building a real-time WebSocket client"). Amplify has a client of
 * it which dials wss:// only and can't say when a subscription stands, which a page needs to know before it calls itself live.
 */

const errors = z.object({
  errors: z.optional(z.array(z.object({ errorType: z.optional(z.nullable(z.string())), message: z.optional(z.nullable(z.string())) }))),
});

const frameSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('connection_ack'), payload: z.optional(z.object({ connectionTimeoutMs: z.optional(z.number()) })) }),
  z.object({ type: z.literal('connection_error'), payload: z.optional(errors) }),
  z.object({ type: z.literal('ka') }),
  z.object({ type: z.literal('start_ack'), id: z.string() }),
  z.object({
    type: z.literal('data'),
    id: z.string(),
    payload: z.object({ data: z.optional(z.nullable(z.unknown())), errors: z.optional(z.nullable(z.array(z.unknown()))) }),
  }),
  z.object({ type: z.literal('error'), id: z.optional(z.string()), payload: z.optional(errors) }),
  z.object({ type: z.literal('complete'), id: z.string() }),
]);

export type Frame = z.infer<typeof frameSchema>;

/** A frame from AppSync; undefined for one that this client has no use for. */
export function parseFrame(text: unknown): Frame | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    const parsed = frameSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the errors of a frame say that the token was not good enough, in which case a fresh one may be. */
export function saysUnauthorized(frame: Frame): boolean {
  if (frame.type !== 'error' && frame.type !== 'connection_error') return false;
  return (frame.payload?.errors ?? []).some(({ errorType, message }) => /unauthorized/i.test(`${errorType ?? ''} ${message ?? ''}`));
}

/** What authorizes a connection and each subscription: the host is the GraphQL endpoint's, not the realtime endpoint's. */
export const authorization = (graphql_url: string, token: string): Record<string, string> => ({
  host: new URL(graphql_url).host,
  Authorization: token,
});

/**
 * The subprotocols with which to connect: a browser can't set headers on a websocket, so the authorization travels as one,
 * in base64url without padding.
 */
export function subprotocols(headers: Record<string, string>): string[] {
  const base64 = btoa(JSON.stringify(headers));
  return ['graphql-ws', `header-${base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`];
}

export const connectionInit = JSON.stringify({ type: 'connection_init' });

export const startFrame = (id: string, query: string, variables: unknown, headers: Record<string, string>): string =>
  JSON.stringify({ id, type: 'start', payload: { data: JSON.stringify({ query, variables }), extensions: { authorization: headers } } });

export const stopFrame = (id: string): string => JSON.stringify({ id, type: 'stop' });
