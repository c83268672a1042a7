import type { StatusDocument } from '../status-document.ts';

/** A pump's day under a clear sky, as hand-made numbers: dark until 06:00, the sun's arc to 18:00, with waiting, solar and mixed hours. */
export function solarDay(start: number, every_s = 60): StatusDocument[] {
  return Array.from({ length: 86_400 / every_s }, (_, index): StatusDocument => {
    const hour = (index * every_s) / 3600;
    const solar_w = Math.round(9800 * Math.max(0, Math.sin((Math.PI * (hour - 6)) / 12)));
    const grid_w = hour >= 16 && hour < 19 ? 5000 - Math.min(5000, solar_w) : 0;
    const runs = solar_w + grid_w > 800;
    return {
      boot_id: 3,
      seq: 5000 + index,
      time: start + index * every_s,
      run_state: !runs ? 'waiting' : grid_w === 0 ? 'solar' : 'mixed',
      dc_bus_v: 540 + (index % 17),
      solar_w,
      grid_w,
      motor_w: runs ? Math.round((solar_w + grid_w) * 0.93) : 0,
      motor_a: runs ? 18.4 : 0,
      motor_hz: runs ? 47.5 : 0,
      temp_c: 19 + Math.round(solar_w / 400),
      fault_code: 0,
      signal_pct: 60 + (index % 9),
    };
  });
}
