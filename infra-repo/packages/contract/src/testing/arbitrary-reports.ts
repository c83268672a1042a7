import fc from 'fast-check';
import type { DeviceReport } from '../report.ts';

/** A report as a device writes it after its first command. */
export const report: DeviceReport = {
  v: 1,
  boot_id: 7,
  time: 1_763_759_640,
  firmware: '1.0.0',
  drive: 'invt',
  drive_answers: true,
  wanted: 'run',
  wanted_by: 'command',
  mode: 'auto',
  limit_hz: 47.5,
  command_id: 'c-1',
  command_result: 0,
  schedule_id: 0,
  schedule_until: null,
  pack_minutes: 15,
  every_s: 60,
  packs_unsent: 0,
  dropped_documents: 0,
  uptime_s: 3600,
};

const counter = fc.integer({ min: 0, max: 4_294_967_295 });
const time = fc.integer({ min: 1_577_836_800, max: 4_294_967_295 });
const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });

export const arbitraryReport: fc.Arbitrary<DeviceReport> = fc.record({
  v: fc.constant(1 as const),
  boot_id: counter,
  time: orNull(time),
  firmware: fc.stringMatching(/^[A-Za-z0-9._-]{1,20}$/),
  drive: fc.stringMatching(/^[A-Za-z0-9._-]{1,20}$/),
  drive_answers: fc.boolean(),
  wanted: fc.constantFrom('stop' as const, 'run' as const, 'sun' as const),
  wanted_by: fc.constantFrom('command' as const, 'schedule' as const, 'unknown_clock' as const, 'boot' as const),
  mode: orNull(fc.constantFrom('auto' as const, 'solar' as const, 'grid' as const)),
  limit_hz: orNull(fc.integer({ min: 0, max: 4000 }).map((tenths) => tenths / 10)),
  command_id: orNull(fc.stringMatching(/^[A-Za-z0-9_-]{1,40}$/)),
  command_result: orNull(fc.integer({ min: -6, max: 1 })),
  schedule_id: counter,
  schedule_until: orNull(time),
  pack_minutes: fc.integer({ min: 1, max: 15 }),
  every_s: fc.integer({ min: 1, max: 3600 }),
  packs_unsent: counter,
  dropped_documents: counter,
  uptime_s: counter,
});
