import { type DeviceGapFound, type DeviceWatched, deviceGapFoundSchema, deviceWatchedSchema } from '@enstratus/contract';
import { annotate, errorDetails } from '@enstratus/platform/runtime';
import * as z from 'zod';
import type { Clock, Log } from '../log.ts';
import type { WithParticle } from '../particle/particle-access.ts';
import type { FunctionAnswer } from '../particle/particle-cloud.ts';
import { ParticleAccessDenied, ParticleFailure } from '../particle/particle-failure.ts';
import type { AskLater } from './ask-later.ts';
import type { AskedDevices } from './asked-devices.ts';

/** What the queue brings: an event of the device, or an ask of ours that comes again. */
export const askSchema = z.discriminatedUnion('type', [
  deviceWatchedSchema,
  deviceGapFoundSchema.extend({
    /** When it was first looked at, epoch seconds; undefined when it comes from the topic. */
    asked_since: z.int().optional(),
    /** How often the device has said that it sends something. */
    promised: z.int().optional(),
    /** How often the device has said that it is busy. */
    put_off: z.int().optional(),
  }),
]);
export type Ask = z.infer<typeof askSchema>;
export type BackfillAsk = Extract<Ask, { type: 'device.gap_found' }>;

/** Packs come unordered, and what Particle skipped it tries again: mostly a gap closes by itself while it is waited so long for it. */
export const beforeFirstAsk_s = 20;
/** The device was not to be had, or has sent something: look again whether the gap is closed. SQS can't wait longer ("Amazon SQS delay queues"). */
export const betweenAsks_s = 900;
/** "ask again in a minute" (PROTOCOL.md, answer -5). */
export const whenBusy_s = 60;
/** A device that stays busy longer than this many minutes is asked as seldom as one that is offline: each call is one of Particle's data operations. */
const patience = 10;
/** As long as CloudWatch Logs takes what comes. */
const longestAsked_s = 14 * 86_400;
/** A device that says so often that it sends what never closes the gap sends what is refused. */
const maxPromises = 3;
/** The longest that `live` takes (PROTOCOL.md). */
const longestLive_s = 600;
const busy = -5;

export interface DeviceAsker {
  readonly devices: AskedDevices;
  readonly withParticle: WithParticle;
  readonly later: AskLater;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Asks a device for live samples, or to send again what is missing. Nothing that Particle or the device answers is an error of the message: live is let go, as the
 * page renews it, and a backfill is asked for again while the gap is open. Throws what AWS throws.
 */
export async function askDevice(ask: Ask, asker: DeviceAsker): Promise<void> {
  annotate({ device_id: ask.device_id, event_type: ask.type });
  if (ask.type === 'device.watched') await askForLive(ask, asker);
  else await askForBackfill(ask, asker);
}

async function askForLive(watched: DeviceWatched, asker: DeviceAsker): Promise<void> {
  const left_s = Math.floor(Date.parse(watched.until) / 1000) - Math.floor(asker.clock() / 1000);
  if (left_s <= 0) return;
  const answer = await call(watched, 'live', String(Math.min(left_s, longestLive_s)), asker);
  if (answer.kind === 'answered' && answer.value < 0) {
    asker.log.warn('device refused', { device_id: watched.device_id, function_name: 'live', answer: answer.value });
  }
}

async function askForBackfill(ask: BackfillAsk, asker: DeviceAsker): Promise<void> {
  const { devices, later, clock, log } = asker;
  const now_s = Math.floor(clock() / 1000);
  if (ask.asked_since === undefined) return later({ ...ask, asked_since: now_s }, beforeFirstAsk_s);
  const { device_id, boot_id } = ask;
  const missing = await devices.missing(ask);
  if (missing === undefined) return;
  const details = { device_id, boot_id, ...missing };
  if (now_s - ask.asked_since > longestAsked_s) return log.warn('backfill given up', details);
  const answer = await call(ask, 'resend', `${boot_id},${missing.first},${missing.last}`, asker);
  if (answer.kind !== 'answered') return later(ask, betweenAsks_s);
  if (answer.value === busy) {
    const put_off = (ask.put_off ?? 0) + 1;
    return later({ ...ask, put_off }, put_off <= patience ? whenBusy_s : betweenAsks_s);
  }
  if (answer.value < 0) return log.warn('device refused', { ...details, function_name: 'resend', answer: answer.value });
  if (answer.value === 0) return log.info('nothing left to send', details);
  const promised = (ask.promised ?? 0) + 1;
  if (promised >= maxPromises) return log.warn('backfill given up', { ...details, promised });
  return later({ ...ask, promised }, betweenAsks_s);
}

/** What the device answered; unreachable when Particle did not carry it out, which is logged and alarmed. */
async function call(
  { device_id }: Pick<DeviceWatched | DeviceGapFound, 'device_id'>,
  name: 'live' | 'resend',
  argument: string,
  { devices, withParticle, log }: DeviceAsker,
): Promise<FunctionAnswer | { readonly kind: 'unreachable' }> {
  const particle_id = await devices.particleId(device_id);
  try {
    return await withParticle((particle) => particle.call(particle_id, name, argument));
  } catch (error) {
    if (!(error instanceof ParticleFailure)) throw error;
    const message = error instanceof ParticleAccessDenied ? 'particle denies access' : 'particle call failed';
    log.error(message, { device_id, function_name: name, ...errorDetails(error) });
    return { kind: 'unreachable' };
  }
}
