import { encodePack, type StatusDocument } from '@enstratus/contract';
import type { Walk } from './journey.ts';

/** Documents of a running pump, one a minute, the last one at `until` (epoch seconds). */
export function minutes(count: number, { until, seq, solar_w }: { until: number; seq: number; solar_w: number }): StatusDocument[] {
  return Array.from({ length: count }, (_, index) => ({
    boot_id: 4,
    seq: seq + index,
    time: until - (count - 1 - index) * 60,
    run_state: 'solar',
    dc_bus_v: 548,
    solar_w: solar_w + 10 * index,
    grid_w: 0,
    motor_w: Math.round(solar_w * 0.95),
    motor_a: 6.2,
    motor_hz: 48.5,
    temp_c: 41,
    fault_code: 0,
    signal_pct: 67,
  }));
}

/** The start of the minute that runs, in epoch seconds. */
export const thisMinute = (): number => Math.floor(Date.now() / 60_000) * 60;

/** Posts a pack in the shape of Particle's webhook (Particle, "Webhook reference": form-encoded event, data, published_at, coreid). */
export async function post({ endpoints }: Walk, deviceId: string, documents: readonly StatusDocument[]): Promise<void> {
  const device = endpoints.devices.find((one) => one.deviceId === deviceId);
  const response = await fetch(endpoints.webhook.url, {
    method: 'POST',
    headers: { [endpoints.webhook.secretHeader]: endpoints.webhook.secret },
    body: new URLSearchParams({
      event: 'status',
      data: encodePack(documents),
      published_at: new Date().toISOString(),
      coreid: device?.particleId ?? '',
    }),
  });
  const answer = await response.text();
  if (!response.ok || !answer.includes('accepted')) throw new Error(`the webhook answered ${response.status} ${answer}`);
}
