import {
  deviceReportSchema,
  particleIdSchema,
  type QuarantineReason,
  type StatusEventName,
  statusEventName,
  statusFields,
} from '@enstratus/contract';

/** What Particle's webhook brought. */
export interface Delivery {
  /** What the device published: the event's name says it. */
  readonly event: StatusEventName;
  readonly particle_id: string;
  /** The published text, or the object where the webhook's template wrote JSON. */
  readonly data: string | Readonly<Record<string, unknown>>;
  /** When Particle took the publish, epoch seconds. */
  readonly published_at: number | undefined;
}

export interface Refusal {
  readonly reason: QuarantineReason;
  readonly detail: string;
  readonly field?: string;
}

export type ReadDelivery = { readonly delivery: Delivery } | { readonly refusal: Refusal; readonly particle_id: string | undefined };

/** Particle takes 1,024 bytes in a publish; however they are escaped, a delivery with its names stays below this. */
const maxBodyBytes = 16_384;

const documentNames = new Set(['v', 'boot_id', 'seq', 'time', 'every_s', 'count', ...statusFields.map((field) => field.name)]);
const reportNames = new Set(Object.keys(deviceReportSchema.shape));

/**
 * Reads the body of a webhook: Particle's form-encoded default, its fields as JSON, or a template's JSON with the document's fields
 * at the top. It never throws.
 */
export function readDelivery(body: Uint8Array, contentType: string): ReadDelivery {
  if (body.length > maxBodyBytes) return refused('too_large', `the body has ${body.length} bytes; Particle's have at most ${maxBodyBytes}`);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return refused('truncated_body', 'the body is not UTF-8');
  }
  const isJson = /json/i.test(contentType) || (!/x-www-form-urlencoded/i.test(contentType) && /^\s*[{[]/.test(text));
  return isJson ? readJson(text) : readForm(text);
}

function readForm(text: string): ReadDelivery {
  const form = new URLSearchParams(text);
  const [coreid, data, published_at, event] = ['coreid', 'data', 'published_at', 'event'].map((name) => form.get(name) ?? undefined);
  if (coreid === undefined) return refused('truncated_body', "the form has no coreid: it was cut off, or is not Particle's", 'coreid');
  const particle_id = particleIdOf(coreid);
  if (particle_id === undefined) return refused('no_device', 'coreid must be 24 hexadecimal digits', 'coreid');
  if (data === undefined) return refused('truncated_body', 'the form has no data', 'data', particle_id);
  return { delivery: { event: statusEventName(event), particle_id, data, published_at: epochSeconds(published_at) } };
}

function readJson(text: string): ReadDelivery {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return refused('not_json', 'the body is not JSON; it may have been cut off');
  }
  if (!isObject(body)) return refused('wrong_shape', 'the body is JSON, but not an object');
  const particle_id = particleIdOf(body['coreid']);
  if (particle_id === undefined) return refused('no_device', 'coreid must be 24 hexadecimal digits', 'coreid');
  const published_at = epochSeconds(body['published_at']);
  const event = statusEventName(typeof body['event'] === 'string' ? body['event'] : undefined);
  const data = body['data'];
  if (typeof data === 'string' || isObject(data)) return { delivery: { event, particle_id, data, published_at } };
  if (data !== undefined) return refused('wrong_shape', 'data must be a text or an object', 'data', particle_id);
  const names = event === 'status/report' ? reportNames : documentNames;
  const fields = Object.fromEntries(Object.entries(body).filter(([name]) => names.has(name)));
  if (Object.keys(fields).length === 0) return refused('wrong_shape', 'the body has neither data nor readings', 'data', particle_id);
  return { delivery: { event, particle_id, data: fields, published_at } };
}

function refused(reason: QuarantineReason, detail: string, field?: string, particle_id?: string): ReadDelivery {
  return { refusal: { reason, detail, ...(field === undefined ? {} : { field }) }, particle_id };
}

function particleIdOf(value: unknown): string | undefined {
  const parsed = particleIdSchema.safeParse(typeof value === 'string' ? value.toLowerCase() : value);
  return parsed.success ? parsed.data : undefined;
}

function epochSeconds(published_at: unknown): number | undefined {
  if (typeof published_at !== 'string') return undefined;
  const at_ms = Date.parse(published_at);
  return Number.isNaN(at_ms) ? undefined : Math.floor(at_ms / 1000);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
