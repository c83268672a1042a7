import Mustache from 'mustache';
import type { ParticleEvent } from '../events/particle-event.ts';

/** What stands behind the names in a template. */
export type View = Readonly<Record<string, unknown>>;

/** A text with its variables, ready to be filled in. */
export type Filled = (view: View) => string;

const ESCAPED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** HTML escaping of `&<>"'`, as the Webhook reference says ("Variable substitution"). */
function escapeHtml(value: unknown): string {
  return String(value).replace(/[&<>"']/g, (character) => ESCAPED[character] ?? character);
}

/** A mustache template. Throws when it is malformed. */
export function compile(text: string): Filled {
  if (!text.includes('{{')) return () => text;
  Mustache.parse(text);
  return (view) => Mustache.render(text, view, undefined, { escape: escapeHtml });
}

/** Fills in every text of a JSON value, keys too (Webhook reference, "JSON body"). */
export function compileValue(value: unknown): (view: View) => unknown {
  if (typeof value === 'string') return compile(value);
  if (Array.isArray(value)) {
    const entries = value.map(compileValue);
    return (view) => entries.map((entry) => entry(view));
  }
  if (typeof value !== 'object' || value === null) return () => value;
  const fields = Object.entries(value).map(([key, field]) => [compile(key), compileValue(field)] as const);
  return (view) => Object.fromEntries(fields.map(([key, field]) => [key(view), field(view)]));
}

/** The predefined variables of an event, and those of its data where that is JSON (Webhook reference, "Pre-defined variables"). */
export function viewOf(event: ParticleEvent): View {
  const { event_id, name, data, published_at, coreid } = event;
  const whole = () => JSON.stringify({ event: name, data, published_at, coreid });
  return Object.assign(Object.create(null) as Record<string, unknown>, dataVariables(data), {
    PARTICLE_DEVICE_ID: coreid,
    PARTICLE_EVENT_NAME: name,
    PARTICLE_EVENT_VALUE: data,
    PARTICLE_PUBLISHED_AT: published_at,
    PARTICLE_EVENT_ID: event_id,
    PARTICLE_EVENT_JSON: whole,
    PARTICLE_EVENT_BASE64: () => Buffer.from(whole()).toString('base64'),
    PRODUCT_ID: event.product_id ?? '',
    PRODUCT_USER_ID: event.owner ?? '',
    PRODUCT_VERSION: event.version ?? '',
    // The names before 2015, which the CLI's own example still has (Webhook reference, "particle webhook create").
    SPARK_CORE_ID: coreid,
    SPARK_EVENT_NAME: name,
    SPARK_EVENT_VALUE: data,
    SPARK_PUBLISHED_AT: published_at,
  });
}

/** Of a JSON object or list: its fields. Anything else has none. */
export function dataVariables(text: string): Readonly<Record<string, unknown>> {
  const first = text.trimStart()[0];
  if (first !== '{' && first !== '[') return {};
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
