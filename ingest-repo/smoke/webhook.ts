import { webhookSecretHeader } from '@enstratus/contract';
import { expectThat, patientFetch } from '@enstratus/platform/smoke';
import { z } from 'zod';

/**
 * Asks the deployed webhook from outside, as somebody who has no secret: it must be there, answer in JSON, and let nobody in. A function that can't start, lacks its
 * settings or may not read its secret answers 5xx.
 */
const { WEBHOOK_URL } = z.object({ WEBHOOK_URL: z.url() }).parse(process.env);
const json = { 'content-type': 'application/json' };

const expectations = [
  { what: 'a post without the secret is refused', request: { method: 'POST', body: '{}', headers: json }, status: 401 },
  {
    what: 'a post with a wrong secret is refused',
    request: { method: 'POST', body: '{}', headers: { ...json, [webhookSecretHeader]: 'not-it' } },
    status: 401,
  },
  { what: 'reading the webhook is refused', request: { method: 'GET' }, status: 405 },
];

const problem = z.object({ status: z.number(), title: z.string() });

for (const { what, request, status } of expectations) {
  const answer = await patientFetch(WEBHOOK_URL, request);
  const isProblem = answer.status === status && problem.safeParse(JSON.parse(answer.text)).data?.status === status;
  expectThat(what, isProblem, `${answer.status} ${answer.text}`);
}
