import { z } from 'zod';
import type { HttpReply, HttpRequest } from '../../kernel/service.ts';
import { type ApiError, badRequest, notFound } from '../api/api-error.ts';
import { json } from '../api/router.ts';
import { INVOCATION_BOUNDS, type InvocationStore } from './invocation-store.ts';

export const INVOCATIONS = '/_local/invocations';

const listQuery = z.strictObject({
  function: z.string().min(1).max(140).optional(),
  trace_id: z.string().max(64).optional(),
  errors: z.enum(['true', 'false']).default('false'),
  limit: z.coerce.number().int().min(1).max(INVOCATION_BOUNDS.invocations).default(50),
});

/**
 * `GET /_local/invocations?function=&trace_id=&errors=true&limit=` lists the latest invocations, newest first; `GET /_local/invocations/<request id>` is one with
 * its log, event and answer. A query that is wrong is answered 400, an invocation that isn't known (any more) 404, both with `{ "error" }`.
 */
export function answerInvocations(store: InvocationStore, { path, query }: HttpRequest): HttpReply {
  if (path !== INVOCATIONS) {
    const requestId = path.slice(INVOCATIONS.length + 1);
    const found = store.get(requestId);
    return found === undefined ? failed(notFound(`The invocation ${requestId}`)) : json(200, found);
  }
  const asked = listQuery.safeParse(Object.fromEntries(query));
  if (!asked.success) return failed(badRequest(asked.error));
  return json(200, { invocations: store.find({ ...asked.data, errors: asked.data.errors === 'true' }) });
}

const failed = ({ status, message }: ApiError) => json(status, { error: message });
