import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { decodeStatus, parameterNames, quarantineRecordSchema } from '@enstratus/contract';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { problemOf } from '../../fuzz/answer-verdict.ts';
import { run } from '../../fuzz/campaign.ts';
import { partsOf } from '../../fuzz/fuzz-service.ts';
import { HttpClient } from '../../fuzz/http-client.ts';
import { bytesAsText, changedMessage, type HttpMessage, messageChanges } from '../../fuzz/http-message.ts';
import { oddText } from '../../fuzz/odd-values.ts';
import { nearTexts, packsFrom, plainTexts } from '../../fuzz/pack-texts.ts';
import { type Device, minutesAgo, System } from './system.ts';

/** Devices share what comes, so that none has so many gaps that a delivery takes long to follow up. */
const DEVICES = 40;

const starts = fc.record({
  boot_id: fc.nat(3),
  seq: fc.nat(3000).map((at) => at * 15),
  time: fc.nat(10 * 24 * 60).map((ago) => minutesAgo(ago + 16)),
});
const texts = fc.oneof(
  { weight: 1, arbitrary: packsFrom(starts).map(({ text }) => text) },
  {
    weight: 3,
    arbitrary: nearTexts(
      fc.oneof(
        packsFrom(starts).map(({ text }) => text),
        plainTexts(starts),
      ),
    ),
  },
);

/** A delivery in one of the forms in which Particle sends it, and what may be wrong with it. */
const deliveries = fc.record({
  device: fc.nat(DEVICES - 1),
  text: texts,
  form: fc.constantFrom('form', 'form', 'json', 'object', 'template', 'bare'),
  event: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('status', 'status', 'status/live', 'status/changed', 'status/report') },
    { weight: 1, arbitrary: oddText },
  ),
  coreid: fc.oneof({ weight: 12, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: oddText }),
  published_at: fc.oneof({ weight: 6, arbitrary: fc.constant(new Date().toISOString()) }, { weight: 1, arbitrary: oddText }),
  changes: messageChanges,
});
/** More is refused unread, whatever text it brings (ingest-repo, delivery.ts). */
const largestBody_bytes = 16_384;

type Sent = typeof deliveries extends fc.Arbitrary<infer Value> ? Value : never;

const answerSchema = z.union([
  z.strictObject({ accepted: z.int().positive() }),
  z.strictObject({ duplicate: z.literal(true) }),
  z.strictObject({ quarantined: z.string() }),
]);

let system: System;
let devices: Device[];
let client: HttpClient;

beforeAll(async () => {
  system = new System();
  devices = await Promise.all(Array.from({ length: DEVICES }, () => system.newDevice()));
  client = new HttpClient(system.endpoints.webhook.url);
});
afterAll(() => client.stop());

function messageOf({ device, text, form, event, coreid, published_at, changes }: Sent): HttpMessage {
  const { url, secretHeader, secret } = system.endpoints.webhook;
  const particleId = coreid ?? devices[device]?.particleId ?? '';
  const isForm = form === 'form';
  const body = (): string => {
    if (isForm) return String(new URLSearchParams({ event, data: text, published_at, coreid: particleId }));
    if (form === 'bare') return text;
    const parsed = objectIn(text);
    if (form === 'template' && parsed !== undefined) return JSON.stringify({ ...parsed, event, published_at, coreid: particleId });
    return JSON.stringify({ event, data: form === 'object' ? (parsed ?? text) : text, published_at, coreid: particleId });
  };
  const headers = { 'content-type': isForm ? 'application/x-www-form-urlencoded' : 'application/json', [secretHeader]: secret };
  return changedMessage({ method: 'POST', path: new URL(url).pathname, headers, body: bytesAsText(body()) }, changes);
}

function objectIn(text: string): object | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

describe('the webhook, whatever is posted', () => {
  /** What was answered 2xx: it must be found again. */
  const quarantined: { readonly body: string; readonly reason: string }[] = [];
  const accepted: { readonly device: Device; readonly text: string; readonly at: number }[] = [];

  it('refuses it in words, stores it, or keeps it with its reason', { timeout: 900_000 }, async () => {
    await run({
      border: 'webhook',
      inputs: deliveries,
      shortRuns: 120,
      check: async (sent) => {
        const message = messageOf(sent);
        const answer = await client.send(message);
        const problem = problemOf(answer, partsOf(message));
        if (problem !== undefined) throw new Error(problem);
        if (answer.status >= 300) return;
        if (message.method === 'HEAD' || !message.path.startsWith(new URL(system.endpoints.webhook.url).pathname)) return;
        const told = answerSchema.parse(JSON.parse(answer.body));
        const body = Buffer.from(message.body, 'latin1');
        if ('quarantined' in told) quarantined.push({ body: textOf(body), reason: told.quarantined });
        const device = devices[sent.device];
        if (device === undefined || sent.changes.length > 0 || sent.event !== 'status' || sent.form !== 'form' || sent.coreid !== undefined)
          return;
        // What arrives unchanged is judged as the protocol says.
        const read = decodeStatus(sent.text.toWellFormed(), Math.floor(Date.parse(sent.published_at) / 1000) || undefined);
        if (body.length > largestBody_bytes) expect(told).toEqual({ quarantined: 'too_large' });
        else if (!read.ok) expect(told).toEqual({ quarantined: read.reason });
        else if ('quarantined' in told) expect(['time_ahead', 'conflict']).toContain(told.quarantined);
        else {
          if ('accepted' in told) expect(told.accepted).toBe(read.documents.length);
          accepted.push({ device, text: sent.text.toWellFormed(), at: Date.parse(sent.published_at) });
        }
      },
    });
  });

  it('has kept all that it refused, as it came, and stored all that it accepted', { timeout: 300_000 }, async () => {
    expect(quarantined.length).toBeGreaterThan(0);
    expect(accepted.length).toBeGreaterThan(0);
    const kept = await everyQuarantined();
    const lost = quarantined.filter(({ body, reason }) => kept.get(body)?.has(reason) !== true);
    expect(lost).toEqual([]);
    for (const device of devices) {
      const stored = new Set((await system.documents(device)).map((document) => JSON.stringify(document)));
      for (const { text, at } of accepted.filter((one) => one.device === device)) {
        const read = decodeStatus(text, Math.floor(at / 1000) || undefined);
        if (!read.ok) throw new Error(`accepted, though ${read.reason}: ${text}`);
        const missing = read.documents.filter((document) => !stored.has(JSON.stringify(document)));
        expect(missing).toEqual([]);
      }
    }
  });
});

function textOf(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return Buffer.from(body).toString('base64');
  }
}

/** The reasons for which each body is in quarantine. */
async function everyQuarantined(): Promise<Map<string, Set<string>>> {
  const Bucket = await system.parameter(parameterNames.quarantineBucketName);
  const keys: string[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await system.s3.send(
      new ListObjectsV2Command({ Bucket, ...(ContinuationToken === undefined ? {} : { ContinuationToken }) }),
    );
    keys.push(...(page.Contents ?? []).map(({ Key = '' }) => Key));
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
  const found = new Map<string, Set<string>>();
  const next = async (): Promise<void> => {
    for (let Key = keys.pop(); Key !== undefined; Key = keys.pop()) {
      const { Body } = await system.s3.send(new GetObjectCommand({ Bucket, Key }));
      const record = quarantineRecordSchema.parse(JSON.parse((await Body?.transformToString()) ?? ''));
      found.set(record.body, (found.get(record.body) ?? new Set()).add(record.reason));
    }
  };
  await Promise.all(Array.from({ length: 16 }, next));
  return found;
}
