import { type DecodeFailure, decodeReport, decodeSample, decodeStatus, webhookSecretHeader } from '@enstratus/contract';
import { annotate, errorDetails, type HttpReply, problem } from '@enstratus/platform/runtime';
import type { Log } from '../log.ts';
import { type Delivery, type Refusal, readDelivery } from './delivery.ts';
import type { KeepReport } from './device-report.ts';
import type { DeviceProfile } from './device-table.ts';
import type { FindDevice } from './known-devices.ts';
import type { KeepContact } from './latest-status.ts';
import { showSample } from './live-sample.ts';
import type { Quarantine, RawRequest, Refused } from './quarantine.ts';
import { type PackStore, storePack } from './store-pack.ts';
import { takeChange } from './told-at-once.ts';
import type { AcceptsSecret } from './webhook-secrets.ts';

/** What is used of a function URL's request ("Lambda function URLs", payload format 2.0). */
export interface WebhookRequest {
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string | undefined;
  readonly isBase64Encoded?: boolean;
  readonly requestContext: { readonly http: { readonly method: string } };
}

export interface StatusReceiver {
  readonly acceptsSecret: AcceptsSecret;
  readonly findDevice: FindDevice;
  readonly quarantine: Quarantine;
  readonly store: PackStore;
  readonly keepReport: KeepReport;
  readonly keepContact: KeepContact;
  readonly log: Log;
}

/**
 * Takes a delivery of Particle's webhook. It never throws. Answers:
 * 200 `{"accepted": n}` or `{"duplicate": true}` when it is stored (a sample, a change or a report: `{"accepted": 1}` when it was taken), 200 `{"quarantined":
 * reason}` when it is refused and kept (an error would make Particle slow the whole fleet down), 401 without the right secret, 405 for another method, 503 when AWS failed: the device's next pack
 * shows what is missing, and it is asked for (Particle tries again what it skipped, not what failed).
 */
export async function receiveStatus(request: WebhookRequest, receiver: StatusReceiver): Promise<HttpReply> {
  if (request.requestContext.http.method !== 'POST') {
    return problem({ status: 405, detail: 'Status documents are posted.', headers: { allow: 'POST' } });
  }
  try {
    const given = header(request, webhookSecretHeader);
    if (given === '' || !(await receiver.acceptsSecret(given))) {
      receiver.log.warn('wrong webhook secret', { is_missing: given === '' });
      return problem({ status: 401, detail: `The header ${webhookSecretHeader} must bring the webhook's secret.` });
    }
    return ok(await take(request, receiver));
  } catch (error) {
    receiver.log.error('status not stored', errorDetails(error));
    return problem({ status: 503, detail: 'The status could not be stored. Send it again.', headers: { 'retry-after': '30' } });
  }
}

type Answer = { readonly accepted: number } | { readonly duplicate: true } | { readonly quarantined: string };

async function take(request: WebhookRequest, receiver: StatusReceiver): Promise<Answer> {
  const raw: RawRequest = {
    headers: request.headers ?? {},
    body: Buffer.from(request.body ?? '', request.isBase64Encoded === true ? 'base64' : 'utf8'),
    received_at_ms: receiver.store.clock(),
  };
  const read = readDelivery(raw.body, header(request, 'content-type'));
  if ('refusal' in read) return keep(raw, { ...read.refusal, particle_id: read.particle_id, device_id: undefined }, receiver);
  const { particle_id } = read.delivery;
  annotate({ particle_id, event_name: read.delivery.event });
  const device = await receiver.findDevice(particle_id);
  if (device === undefined) {
    return keep(
      raw,
      { reason: 'unknown_device', detail: 'no device is registered with this coreid', field: 'coreid', particle_id, device_id: undefined },
      receiver,
    );
  }
  const { device_id } = device;
  annotate({ device_id });
  const taken = await takers[read.delivery.event](device, read.delivery, receiver);
  return 'refusal' in taken ? keep(raw, { ...taken.refusal, particle_id, device_id }, receiver) : taken.answer;
}

type Taken = { readonly answer: Answer } | { readonly refusal: Refusal };
type Take = (device: DeviceProfile, delivery: Delivery, receiver: StatusReceiver) => Promise<Taken>;

/** What the cloud does with each of a device's events ("What a device publishes" in PROTOCOL.md). */
const takers: Readonly<Record<Delivery['event'], Take>> = {
  status: async (device, { data, published_at }, { store }) => {
    const decoded = decodeStatus(data, published_at);
    if (!decoded.ok) return { refusal: refusalOf(decoded) };
    const outcome = await storePack(device, decoded, store);
    if (outcome.kind === 'refused') return { refusal: outcome.refusal };
    return { answer: outcome.kind === 'duplicate' ? { duplicate: true } : { accepted: outcome.count } };
  },
  'status/live': async (device, { data }, { store }) => {
    const decoded = decodeSample(data);
    return decoded.ok ? takenUnless(await showSample(device, decoded.document, store)) : { refusal: refusalOf(decoded) };
  },
  'status/changed': async (device, { data }, { store }) => {
    const decoded = decodeSample(data);
    return decoded.ok ? takenUnless(await takeChange(device, decoded.document, store)) : { refusal: refusalOf(decoded) };
  },
  'status/report': async ({ device_id, path }, { data }, { store, keepReport, keepContact }) => {
    const decoded = decodeReport(data);
    if (!decoded.ok) return { refusal: refusalOf(decoded) };
    const received_at = Math.floor(store.clock() / 1000);
    await Promise.all([keepReport(device_id, decoded.report, received_at), keepContact(path, received_at)]);
    return { answer: { accepted: 1 } };
  },
};

const takenUnless = (refusal: Refusal | undefined): Taken => (refusal === undefined ? { answer: { accepted: 1 } } : { refusal });

function refusalOf({ reason, detail, field }: DecodeFailure): Refusal {
  return { reason, detail, ...(field === undefined ? {} : { field }) };
}

async function keep(raw: RawRequest, refused: Refused, { quarantine, log }: StatusReceiver): Promise<Answer> {
  const object_key = await quarantine(raw, refused);
  log.warn('document quarantined', { ...refused, object_key });
  return { quarantined: refused.reason };
}

/** Function URLs give header names in lower case. */
function header(request: WebhookRequest, name: string): string {
  return request.headers?.[name] ?? '';
}

function ok(answer: Answer): HttpReply {
  return { statusCode: 200, headers: { 'content-type': 'application/json', 'cache-control': 'no-store' }, body: JSON.stringify(answer) };
}
