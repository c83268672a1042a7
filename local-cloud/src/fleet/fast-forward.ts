import type { EventName } from '@enstratus/device-firmware/core';
import type { SimulatedDevice } from './simulated-device.ts';

/** Takes what a device publishes while time runs fast; the cloud has acknowledged it when this returns. */
export type Collect = (device: SimulatedDevice, name: EventName, text: string, at_s: number) => void;

/** A whole turn's answers come at once; after it the core is asked what it has next. */
const SECOND_MS = 1000;

/**
 * Lets the time of one device pass from `from_ms` to `to_ms` (ms since 1970) as fast as it can be reckoned: everything happens as it would (outages, faults,
 * power cuts, reboots), but the device is woken for its samples, for the second of its packs and for what changes around it, not for its polls every few seconds. The same
 * device with the same seed and times gives the same bytes. It can go on in real time afterwards.
 */
export function fastForward(device: SimulatedDevice, from_ms: number, to_ms: number, collect: Collect): void {
  let now_ms = Math.max(from_ms, device.woken_ms);
  while (now_ms < to_ms) {
    device.wake(now_ms);
    const soon_ms = sendAll(device, now_ms, collect);
    const changes_ms = device.surround();
    const every_ms = device.every_s * SECOND_MS;
    const sample_ms = (Math.floor(now_ms / every_ms) + 1) * every_ms;
    const waiting_ms = device.waitingPack_ms();
    const pack_ms = waiting_ms > now_ms ? Math.ceil(waiting_ms) : Number.POSITIVE_INFINITY;
    now_ms = Math.max(now_ms + 1, Math.min(sample_ms, Math.ceil(changes_ms), soon_ms, pack_ms));
  }
  device.remember();
}

/** Hands on what waits, and answers when the device may have more to send; never while nothing was sent. */
function sendAll(device: SimulatedDevice, now_ms: number, collect: Collect): number {
  if (device.outgoing.length === 0) return Number.POSITIVE_INFINITY;
  const sent = device.outgoing;
  device.outgoing = [];
  for (const { name, text, token } of sent) {
    collect(device, name, text, Math.floor(now_ms / 1000));
    device.acknowledge(token, true, device.boots, now_ms);
  }
  const due_ms = device.is_on ? device.tick() : Number.POSITIVE_INFINITY;
  return due_ms <= now_ms + SECOND_MS ? due_ms : Number.POSITIVE_INFINITY;
}
