import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';

/**
 * Asks the deployed webhook from outside, as somebody who has no secret: it must be there, answer in JSON, and let nobody in. A function that can't start, lacks its
 * settings or may not read its secret answers 5xx.
 */
const { WEBHOOK_URL } = z.object({ WEBHOOK_URL: z.url() }).parse(process.env);
/** A cold start behind a new URL. */
const patience_ms = 60_000;

const expectations = [
  {
    what: 'a post without the secret',
    request: { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } },
    status: 401,
  },
  {
    what: 'a post with a wrong secret',
    request: { method: 'POST', body: '{}', headers: { 'content-type': 'application/json', 'x-webhook-secret': 'not-it' } },
    status: 401,
  },
  { what: 'reading it', request: { method: 'GET' }, status: 405 },
] as const;

const problem = z.object({ status: z.number(), title: z.string() });

for (const { what, request, status } of expectations) {
  const answer = await ask(request);
  if (answer.status !== status) throw new Error(`${what} is answered with ${answer.status}, not ${status}: ${answer.text.slice(0, 500)}`);
  if (problem.parse(JSON.parse(answer.text)).status !== status)
    throw new Error(`${what} is answered with a problem that says otherwise: ${answer.text}`);
  console.log(`${what}: ${answer.status}, as it must be`);
}

async function ask(request: RequestInit): Promise<{ status: number; text: string }> {
  const until = Date.now() + patience_ms;
  for (;;) {
    try {
      const response = await fetch(WEBHOOK_URL, { ...request, signal: AbortSignal.timeout(30_000) });
      if (response.status < 500 || Date.now() > until) return { status: response.status, text: await response.text() };
      console.log(`answered ${response.status}: asking again`);
    } catch (error) {
      if (Date.now() > until) throw error;
      console.log(`not reached: ${String(error)}`);
    }
    await setTimeout(2_000);
  }
}
