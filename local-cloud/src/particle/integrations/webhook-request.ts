import { USER_AGENT } from '../documented.ts';
import type { ParticleEvent } from '../events/particle-event.ts';
import type { WebhookSettings } from '../state/records.ts';
import { formText } from './form-text.ts';
import { compile, compileValue, type View, viewOf } from './template.ts';

/** One HTTP request, ready to be sent. */
export interface WebhookRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

type Texts = Readonly<Record<string, string>>;
type FilledTexts = (view: View) => Texts;

/**
 * Prepares a webhook once, so that a delivery only fills in. Throws for a malformed template; the prepared function throws when
 * what results is not a URL or not JSON.
 */
export function prepare(settings: WebhookSettings): (event: ParticleEvent) => WebhookRequest {
  const url = compile(settings.url);
  const headers = compileTexts(settings.headers);
  const query = compileTexts(settings.query);
  const auth = settings.auth === undefined ? undefined : compileTexts(settings.auth);
  const body = prepareBody(settings);
  const defaultsInQuery = settings.requestType === 'GET' && !settings.noDefaults;
  const plain = !needsView(settings);
  return (event) => {
    const view = plain ? {} : viewOf(event);
    const content = body(event, view);
    const built: Record<string, string> = { 'user-agent': USER_AGENT };
    if (content?.type !== undefined) built['content-type'] = content.type;
    if (content?.type === JSON_TYPE) built['accept'] = JSON_TYPE;
    if (auth !== undefined) built['authorization'] = basic(auth(view));
    const own = headers(view);
    for (const name in own) built[name.toLowerCase()] = own[name] ?? '';
    const asked = {
      ...(defaultsInQuery ? defaults(event) : {}),
      ...(settings.requestType === 'GET' ? formFields(settings, view) : {}),
      ...query(view),
    };
    return { method: settings.requestType, url: withQuery(url(view), asked), headers: built, body: content?.text };
  };
}

const JSON_TYPE = 'application/json';

interface Content {
  readonly text: string;
  readonly type: string | undefined;
}

/** Webhook reference, "Default data". */
function defaults({ name, data, published_at, coreid }: ParticleEvent): Record<string, string> {
  return { event: name, data, published_at, coreid };
}

function prepareBody(settings: WebhookSettings): (event: ParticleEvent, view: View) => Content | undefined {
  const { requestType, json, body, noDefaults } = settings;
  if (requestType === 'GET' || requestType === 'DELETE') return () => undefined;
  if (body !== undefined) {
    const text = compile(body);
    return (_event, view) => ({ text: text(view), type: undefined });
  }
  if (json !== undefined) {
    const filled = compileJson(json);
    return (event, view) => {
      const own = filled(view);
      const merged = noDefaults || typeof own !== 'object' || own === null || Array.isArray(own) ? own : { ...defaults(event), ...own };
      return { text: JSON.stringify(merged), type: JSON_TYPE };
    };
  }
  const form = compileTexts(settings.form);
  if (settings.form === undefined && noDefaults) return () => undefined;
  return (event, view) => ({
    text: formText(noDefaults ? form(view) : { ...defaults(event), ...form(view) }),
    type: 'application/x-www-form-urlencoded',
  });
}

/** A text that is JSON as it stands is filled in leaf by leaf; one that isn't must be JSON once it is filled in. */
function compileJson(json: string | Readonly<Record<string, unknown>>): (view: View) => unknown {
  if (typeof json !== 'string') return compileValue(json);
  try {
    return compileValue(JSON.parse(json));
  } catch {
    const text = compile(json);
    return (view) => JSON.parse(text(view)) as unknown;
  }
}

/** Webhook reference, "Web form": with GET the form's elements go to the query. */
function formFields(settings: WebhookSettings, view: View): Texts {
  return settings.form === undefined ? {} : compileTexts(settings.form)(view);
}

function compileTexts(texts: Texts | undefined): FilledTexts {
  if (texts === undefined) return () => ({});
  const fields = Object.entries(texts).map(([name, value]) => [compile(name), compile(value)] as const);
  return (view) => Object.fromEntries(fields.map(([name, value]) => [name(view), value(view)]));
}

function needsView(settings: WebhookSettings): boolean {
  return JSON.stringify(settings).includes('{{');
}

function withQuery(url: string, fields: Texts): string {
  const text = formText(fields);
  if (text === '') return url;
  return `${url}${url.includes('?') ? '&' : '?'}${text}`;
}

function basic({ username, password }: Texts): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
