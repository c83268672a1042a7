import {
  deviceReportSchema,
  encodePack,
  maxPackDocuments,
  PackError,
  type StatusEventName,
  statusDocumentSchema,
} from '@enstratus/contract';
import { z } from 'zod';
import { ToolError } from '../../tools/running-system.ts';
import { type OptionValues, textOption, wholeNumberOption } from '../event-kind.ts';
import type { KnownDevice, Surroundings } from '../where/surroundings.ts';
import { coreSamples } from './core-samples.ts';

/** What Particle's webhook brings, with the published text still plain. */
export const webhookContent = z.object({
  event: z.string(),
  /** A list of documents is a pack, an object one document or a report, a text is published as it stands. */
  data: z.unknown(),
  published_at: z.string(),
  coreid: z.string(),
});
export type WebhookContent = z.output<typeof webhookContent>;

/** Beyond what any device has counted, so that a made-up pack never takes the place of a device's own. */
const firstMadeUpBoot = 4_000_000_000;

/**
 * What a device could publish now, by its options (`particle-webhook`). Packs and samples are of a boot of their own, a report of the device's last one: a report of a later
 * boot would keep the device's own out.
 */
export async function statusContent(options: OptionValues, where: Surroundings): Promise<WebhookContent> {
  const device = await where.device(textOption(options, 'device'));
  const at_s = Math.floor(timeOf(textOption(options, 'at'), where.now_ms) / 1000);
  const event = textOption(options, 'event') ?? 'status';
  const published_at = new Date(at_s * 1000 + 800).toISOString();
  if (event === 'hook-test') return { event: 'status', data: textOption(options, 'data') ?? 'test', published_at, coreid: 'api' };
  const content = { event, published_at, coreid: device.particle_id };
  const data = textOption(options, 'data');
  if (data !== undefined) return { ...content, data };
  return { ...content, data: await dataOf(event as StatusEventName, device, at_s, options, where) };
}

async function dataOf(event: StatusEventName, device: KnownDevice, at_s: number, options: OptionValues, where: Surroundings) {
  const count = wholeNumberOption(options, 'count', 1, maxPackDocuments) ?? device.pack_minutes;
  const boot_id = wholeNumberOption(options, 'boot', 0, 4_294_967_295) ?? firstMadeUpBoot + (Math.floor(where.now_ms / 1000) % 294_967_295);
  const seq = wholeNumberOption(options, 'seq', 0, 4_294_967_295 - maxPackDocuments) ?? 0;
  if (textOption(options, 'count') !== undefined && (event !== 'status' || options['plain'] === true))
    throw new ToolError('--count says how many documents a pack has: a plain document, a change, a sample and a report are none.');
  const samples = await coreSamples(device, at_s, count);
  if (samples.documents.length < count)
    throw new ToolError(`--at: no device samples at ${new Date(at_s * 1000).toISOString()}. Its clock knows no time before 2020.`);
  switch (event) {
    case 'status': {
      const [last] = samples.documents.slice(-1);
      if (options['plain'] !== true) return samples.documents.map((document, index) => ({ ...document, boot_id, seq: seq + index }));
      const { boot_id: _boot, seq: _seq, ...plain } = last ?? {};
      return plain;
    }
    case 'status/live':
      return { ...jsonObject(samples.live), boot_id, seq };
    case 'status/changed':
      return { ...jsonObject(samples.changed), boot_id, seq, time: at_s };
    case 'status/report': {
      const last = device.report;
      const own = last === undefined ? {} : { boot_id: last.boot_id, uptime_s: last.uptime_s + 60 };
      return { ...deviceReportSchema.parse(jsonObject(samples.report)), time: at_s, ...own };
    }
  }
}

/** The text that the device published. Throws ToolError for documents that no pack can hold. */
export function publishedText(data: unknown): string {
  if (typeof data === 'string') return data;
  if (!Array.isArray(data)) return JSON.stringify(data);
  const documents = z.array(statusDocumentSchema).safeParse(data);
  const instead = 'To send what is no pack, give its text with --data.';
  if (!documents.success) {
    const [issue] = documents.error.issues;
    throw new ToolError(`data.${issue?.path.join('.')}: ${issue?.message}. ${instead}`);
  }
  try {
    return encodePack(documents.data);
  } catch (error) {
    if (error instanceof PackError || error instanceof RangeError) throw new ToolError(`data: ${error.message}. ${instead}`);
    throw error;
  }
}

function jsonObject(text: string): Record<string, unknown> {
  return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
}

function timeOf(text: string | undefined, now_ms: number): number {
  if (text === undefined) return now_ms;
  const at_ms = Date.parse(text);
  if (!z.iso.datetime({ offset: true }).safeParse(text).success || Number.isNaN(at_ms))
    throw new ToolError(`--at takes an RFC 3339 time such as 2026-11-22T14:00:00Z, not "${text}".`);
  return at_ms;
}
