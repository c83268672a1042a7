import type { Cloud } from '../../kernel/cloud.ts';
import type { HttpReply, HttpRequest, Service } from '../../kernel/service.ts';
import { outboxOf } from './outbox.ts';

const PATH = '/_local/mail';

/**
 * The local outbox, no service of AWS: `GET /_local/mail` lists what would have been sent, newest first, `?to=` for one address. The console tells
 * that there is a mail, never what it says.
 */
export function createMail(cloud: Cloud, say: (line: string) => void = console.log): Service {
  const outbox = outboxOf(cloud);
  outbox.onMail = ({ to, subject }) => say(`mail to ${to}: "${subject}", read it at ${cloud.endpoint}${PATH}?to=${encodeURIComponent(to)}`);
  return {
    name: 'mail',
    protocol: { kind: 'json', version: '1.1', target: 'LocalMail' },
    operations: {},
    openPaths: [{ matches: ({ method, path }) => method === 'GET' && path === PATH, handle: async (request) => list(request) }],
  };

  function list({ query }: HttpRequest): HttpReply {
    const mails = outbox.list(query.get('to') ?? undefined);
    const shown = mails.map(({ to, subject, body, sentAt_ms }) => ({ to, subject, body, sent_at: new Date(sentAt_ms).toISOString() }));
    return { status: 200, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(shown) };
  }
}
