import { randomUUID } from 'node:crypto';
import { webhookSecretHeader } from '@enstratus/contract';
import { z } from 'zod';
import { formatTraceHeader, newTraceRoot } from '../../kernel/trace-header.ts';
import { USER_AGENT } from '../../particle/documented.ts';
import { urlEvent } from '../../services/lambda/url-event.ts';
import { ToolError } from '../../tools/running-system.ts';
import type { EventKind } from '../event-kind.ts';
import { placeholders } from '../placeholders.ts';
import { publishedText, statusContent, webhookContent } from './status-content.ts';

/** An address that stands for Particle's (RFC 5737, TEST-NET-3). */
const particleAddress = '203.0.113.10';

/**
 * What a device publishes, as Particle's webhook posts it by default (Particle, "Webhook reference", "Default data") and a function URL hands it on (Lambda Developer
 * Guide, "Invoking Lambda function URLs", payload format 2.0).
 */
export const particleWebhook: EventKind = {
  name: 'particle-webhook',
  sentence: 'what a device publishes, as Particle’s webhook posts it to the function URL',
  functions: ['ingest/receive-status'],
  sources: ['function URL of ingest/receive-status'],
  options: {
    device: { type: 'string', value: '<id>', sentence: 'whose; the first demo device unless told' },
    event: {
      type: 'string',
      value: '<name>',
      choices: ['status', 'status/live', 'status/changed', 'status/report', 'hook-test'],
      default: 'status',
      sentence: 'what it is (PROTOCOL.md, "What a device publishes"); hook-test is what somebody publishes by Particle’s API, of no device',
    },
    plain: { type: 'boolean', sentence: 'one plain document, as a device without packing sends it' },
    count: { type: 'string', value: '<1 to 15>', sentence: 'how many documents the pack has; the device’s pack_minutes unless told' },
    at: { type: 'string', value: '<RFC 3339>', sentence: 'when the newest sample was taken; now unless told' },
    boot: {
      type: 'string',
      value: '<n>',
      sentence: 'boot_id; one of its own unless told, so that nothing of the device’s own is taken for sent',
    },
    seq: { type: 'string', value: '<n>', sentence: 'seq of the first document; 0 unless told' },
    data: { type: 'string', value: '<text>', sentence: 'the published text itself, however wrong' },
    json: { type: 'boolean', sentence: 'posted as JSON, as a webhook with a JSON template does; form-encoded unless told' },
  },
  edits:
    'event, data, published_at, coreid; data is a list of documents where it is a pack: --set data.*.temp_c=81, --set data.14.run_state=fault',
  content: statusContent,
  event: async (content, options, where) => {
    const parsed = webhookContent.safeParse(content);
    if (!parsed.success) {
      const missing = parsed.error.issues.map(({ path }) => path.join('.')).filter((path) => valueAt(content, path) === undefined);
      const wrong = missing.length > 0 ? `${missing.join(', ')} is missing` : z.prettifyError(parsed.error);
      throw new ToolError(`A webhook's content has the texts event, published_at and coreid, and data: ${wrong}.`);
    }
    const { event, data, published_at, coreid } = parsed.data;
    const fields = { event, data: publishedText(data), published_at, coreid };
    const url = new URL(where.webhook_url);
    const time_ms = where.now_ms;
    const isJson = options['json'] === true;
    const body = Buffer.from(isJson ? JSON.stringify(fields) : new URLSearchParams(fields).toString());
    const headers = {
      host: url.host,
      'user-agent': USER_AGENT,
      'content-type': isJson ? 'application/json' : 'application/x-www-form-urlencoded',
      'content-length': String(body.length),
      [webhookSecretHeader]: placeholders.webhookSecret,
    };
    const request = { method: 'POST', path: '/', query: new URLSearchParams(), headers, body, sourceIp: particleAddress };
    const text = urlEvent(request, {
      // The URL's id is the first label of its host name on AWS, the last segment of its path here.
      urlId: url.pathname === '/' ? (url.hostname.split('.')[0] ?? '') : (url.pathname.split('/').at(-2) ?? ''),
      path: '/',
      requestId: randomUUID(),
      traceHeader: formatTraceHeader({ root: newTraceRoot(time_ms) }),
      time_ms,
      port: url.port === '' ? '443' : url.port,
    });
    return JSON.parse(text) as unknown;
  },
  shape: z.looseObject({
    version: z.literal('2.0'),
    requestContext: z.looseObject({ http: z.looseObject({ method: z.string() }) }),
  }),
};

const valueAt = (content: unknown, key: string): unknown => z.record(z.string(), z.unknown()).safeParse(content).data?.[key];
