import * as z from 'zod/mini';
import type { GraphQLDocument } from './document.ts';
import { ServiceFailed, SessionEnded, Unreachable } from './failures.ts';

/** Where access tokens come from. @throws {SessionEnded} When there is no session any more, {Unreachable} without network. */
export interface AccessTokens {
  accessToken(options?: { refresh: boolean }): Promise<string>;
}

export interface GraphQLClient {
  /**
   * Carries out a query or mutation.
   * @throws {SessionEnded | Unreachable | ServiceFailed}
   */
  request<Result, Variables>(document: GraphQLDocument<Result, Variables>, variables: Variables, signal?: AbortSignal): Promise<Result>;
}

const answerSchema = z.object({
  data: z.optional(z.nullable(z.unknown())),
  errors: z.optional(z.array(z.object({ message: z.string(), errorType: z.optional(z.nullable(z.string())) }))),
});

/** Longer than AppSync itself takes: it gives up on a request after 30 seconds (AppSync quotas, "Request execution time"). */
const giveUpAfter_ms = 35_000;

/**
 * A client of AppSync's HTTP endpoint. The token goes into Authorization as it is, without "Bearer" (Developer Guide, "AMAZON_COGNITO_USER_POOLS
 * authorization"). A token that AppSync refuses is refreshed once: it may have been revoked or run out by a clock that runs behind.
 */
export function graphqlClient(url: string, tokens: AccessTokens, send: typeof fetch = fetch): GraphQLClient {
  async function post(document: string, variables: unknown, token: string, signal: AbortSignal | undefined): Promise<Response> {
    const timeout = AbortSignal.timeout(giveUpAfter_ms);
    try {
      return await send(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: token },
        body: JSON.stringify({ query: document, variables }),
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      });
    } catch (error) {
      if (signal?.aborted === true) throw error;
      throw new Unreachable(timeout.aborted ? 'The service took too long to answer.' : 'The service could not be reached.');
    }
  }

  return {
    async request<Result, Variables>(document: GraphQLDocument<Result, Variables>, variables: Variables, signal?: AbortSignal) {
      let response = await post(document, variables, await tokens.accessToken(), signal);
      if (response.status === 401) response = await post(document, variables, await tokens.accessToken({ refresh: true }), signal);
      if (response.status === 401) throw new SessionEnded('The session was ended.');
      if (response.status === 429 || response.status >= 500) {
        throw new ServiceFailed(`The service answered ${response.status}.`, true);
      }
      const answer = answerSchema.safeParse(await body(response, signal));
      if (!answer.success)
        throw new ServiceFailed(`The service answered ${response.status} with something that is no GraphQL answer.`, true);
      const first = answer.data.errors?.[0];
      if (first !== undefined) throw new ServiceFailed(first.message, !permanent.test(first.errorType ?? ''));
      if (!response.ok || answer.data.data == null) throw new ServiceFailed(`The service answered ${response.status} without data.`, false);
      // The service's own schema vouches for the shape: the operation was checked against it when this was built.
      return answer.data.data as Result;
    },
  };
}

/** Kinds of errors that stay what they are however often one asks. */
const permanent = /Unauthorized|BadRequest|MalformedHttpRequest|ValidationError|BadInput|NotFound/i;

async function body(response: Response, signal: AbortSignal | undefined): Promise<unknown> {
  try {
    return await response.json();
  } catch (error) {
    if (signal?.aborted === true) throw error;
    if (error instanceof SyntaxError) return undefined;
    throw new Unreachable('The connection broke while the answer came.');
  }
}
