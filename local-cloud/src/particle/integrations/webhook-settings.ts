import { z } from 'zod';
import { badRequest, notCarriedOut } from '../http/api-error.ts';
import { deviceId, flag, objectOrJson, read, textual } from '../http/fields.ts';
import type { WebhookSettings } from '../state/records.ts';
import { demandThisMachine } from './this-machine.ts';

const texts = objectOrJson(z.record(z.string(), textual)).optional();
/** An object, or a text: a JSON template need not be JSON before it is filled in. */
const template = z.union([z.string(), z.record(z.string(), z.unknown())]).optional();

const webhookFields = z.strictObject({
  integration_type: z.string().optional(),
  name: z.string().optional(),
  event: z.string().min(1).max(64).optional(),
  eventName: z.string().min(1).max(64).optional(),
  url: z.string().regex(/^https?:\/\//, 'must begin with http:// or https://'),
  requestType: z
    .string()
    .transform((method) => method.toUpperCase())
    .pipe(z.enum(['GET', 'POST', 'PUT', 'DELETE']))
    .default('POST'),
  headers: texts,
  query: texts,
  auth: objectOrJson(z.strictObject({ username: z.string(), password: z.string() })).optional(),
  json: template,
  form: texts,
  body: z.string().optional(),
  noDefaults: flag.default(false),
  rejectUnauthorized: flag.default(true),
  responseTemplate: template,
  responseTopic: z.string().optional(),
  errorResponseTopic: z.string().optional(),
  unchunked: flag.default(false),
  dataUrlResponseEvent: flag.default(false),
  disabled: flag.default(false),
  mydevices: flag.optional(),
  deviceid: deviceId.optional(),
  deviceId: deviceId.optional(),
  deviceID: deviceId.optional(),
});

/**
 * What a webhook is made or edited with, by the field names of the "Webhook reference" and of both of particle-api-js's calls.
 * Throws 400 that names the field, 501 for integrations other than webhooks and for addresses that lead away from this machine.
 */
export function readWebhookSettings(body: Readonly<Record<string, unknown>>, ofProduct: boolean): WebhookSettings {
  const type = body['integration_type'];
  if (type !== undefined && type !== 'Webhook') throw notCarriedOut(`An integration of type ${String(type)}`);
  const fields = read(webhookFields, body);
  const event = fields.event ?? fields.eventName;
  if (event === undefined) throw badRequest('event: is required');
  demandThisMachine(fields.url);
  if (fields.dataUrlResponseEvent) throw notCarriedOut('dataUrlResponseEvent');
  if ([fields.json, fields.form, fields.body].filter((one) => one !== undefined).length > 1)
    throw badRequest('form, json and body are mutually exclusive');
  const deviceID = fields.deviceID ?? fields.deviceId ?? fields.deviceid;
  if (ofProduct && deviceID !== undefined) throw badRequest('deviceID: only an integration of a sandbox can be for one device');
  const { json, form, headers, query, auth, responseTemplate, responseTopic, errorResponseTopic } = fields;
  return {
    name: fields.name ?? null,
    event,
    url: fields.url,
    requestType: fields.requestType,
    headers,
    query,
    auth,
    json,
    form,
    body: fields.body,
    noDefaults: fields.noDefaults,
    rejectUnauthorized: fields.rejectUnauthorized,
    responseTemplate,
    responseTopic,
    errorResponseTopic,
    unchunked: fields.unchunked,
    disabled: fields.disabled,
    deviceID,
  };
}
