import { createHash } from 'node:crypto';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { type QuarantineRecord, webhookSecretHeader } from '@enstratus/contract';
import type { Refusal } from './delivery.ts';

export interface Refused extends Refusal {
  readonly particle_id: string | undefined;
  readonly device_id: string | undefined;
}

export interface RawRequest {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
  /** Epoch milliseconds. */
  readonly received_at_ms: number;
}

const secretHeaders = new Set([webhookSecretHeader, 'authorization', 'cookie']);

/** Keeps what was refused, with its reason, so that nothing is lost and replay is possible. Answers the object's key; throws what S3 throws. */
export type Quarantine = (request: RawRequest, refused: Refused) => Promise<string>;

/** Quarantine in a bucket: one object a delivery, the same one when the same bytes are refused twice in a second for the same reason. */
export function quarantineBucket(s3: Pick<S3Client, 'send'>, bucketName: string): Quarantine {
  return async (request, refused) => {
    const received_at = new Date(request.received_at_ms).toISOString();
    const fingerprint = createHash('sha256').update(`${refused.reason}\n`).update(request.body).digest('hex').slice(0, 16);
    const time = Math.floor(request.received_at_ms / 1000);
    const key = `${received_at.slice(0, 10)}/${refused.particle_id ?? 'unknown'}/${time}-${fingerprint}.json`;
    const record: QuarantineRecord = {
      reason: refused.reason,
      detail: refused.detail,
      ...(refused.field === undefined ? {} : { field: refused.field }),
      received_at,
      particle_id: refused.particle_id ?? null,
      device_id: refused.device_id ?? null,
      headers: withoutSecrets(request.headers),
      ...textOf(request.body),
    };
    await s3.send(new PutObjectCommand({ Bucket: bucketName, Key: key, Body: JSON.stringify(record), ContentType: 'application/json' }));
    return key;
  };
}

function withoutSecrets(headers: RawRequest['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || secretHeaders.has(name.toLowerCase()) ? [] : [[name, value]],
    ),
  );
}

function textOf(body: Uint8Array): Pick<QuarantineRecord, 'body' | 'body_encoding'> {
  try {
    return { body: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body), body_encoding: 'utf8' };
  } catch {
    return { body: Buffer.from(body).toString('base64'), body_encoding: 'base64' };
  }
}
