import type { StatusDocument } from '@enstratus/contract';

/**
 * Documents of a sunny quarter of an hour, made by hand so that a test knows them: one a minute from `time` (epoch seconds), seq counted
 * from `seq`.
 */
export function handMadeDocuments(start: { boot_id: number; seq: number; time: number }, count: number): StatusDocument[] {
  return Array.from({ length: count }, (_, index) => {
    const minute = start.time / 60 + index;
    const solar_w = 2600 + Math.round(420 * Math.sin(minute / 3)) + ((minute * 37) % 53);
    const motor_w = Math.round(solar_w * 0.95);
    return {
      boot_id: start.boot_id,
      seq: start.seq + index,
      time: start.time + index * 60,
      run_state: 'solar',
      dc_bus_v: 535 + Math.round(9 * Math.sin(minute / 5)),
      solar_w,
      grid_w: 0,
      motor_w,
      motor_a: Math.round(motor_w / 46) / 10,
      motor_hz: Math.round(380 + solar_w / 30) / 10,
      temp_c: 41 + (index % 3),
      fault_code: 0,
      signal_pct: 62 + (minute % 4),
    };
  });
}
