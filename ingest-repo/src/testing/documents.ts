import type { StatusDocument } from '@enstratus/contract';

/** Documents one minute apart that differ from one another, in the state `solar` unless `changed` says otherwise. */
export function documents(
  first: { boot_id: number; seq: number; time: number },
  count: number,
  changed: (index: number) => Partial<StatusDocument> = () => ({}),
): StatusDocument[] {
  return Array.from({ length: count }, (_, index) => ({
    boot_id: first.boot_id,
    seq: first.seq + index,
    time: first.time + index * 60,
    run_state: 'solar',
    dc_bus_v: 600 + ((first.seq + index) % 11),
    solar_w: 4000 + first.seq + index,
    grid_w: 0,
    motor_w: 3800,
    motor_a: 8.1,
    motor_hz: 47.5,
    temp_c: 41,
    fault_code: 0,
    signal_pct: 68,
    ...changed(index),
  }));
}
