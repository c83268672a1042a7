import type { DeviceLogClass } from '@enstratus/contract';
import type { Quantities } from './price-list.ts';

/** The price of what is written to log groups of a class. */
export const logBytesKey = (of: DeviceLogClass): string => (of === 'STANDARD' ? 'logs.bytes_in' : 'logs.bytes_in_infrequent');

/** What is measured, each by what one of it takes. */
export const featureNames = [
  'pack',
  'pack of a device that its environment does not know',
  'change, report or what follows from them',
  'pack that is told to a watcher',
  'live sample',
  'plain document',
  'sign-in',
  'fleet page of 500 devices',
  'fleet page of 20 devices',
  'device page',
  'lease of a watched page',
  'visit of the dashboard',
] as const;
export type FeatureName = (typeof featureNames)[number];

/** What one of a feature takes, on average over `sampled` of them. */
export interface Measured {
  readonly sampled: number;
  readonly units: Quantities;
  /** GB-seconds of Lambda as they were on this machine: told beside the assumed ones, and billed nowhere. */
  readonly local_gb_s: number;
}

/** What a device does in a day, and what it leaves behind. */
export interface DeviceDay {
  /** Of how many devices this is the mean. */
  readonly devices: number;
  readonly packs: number;
  readonly documents: number;
  /** Changes and reports. */
  readonly others: number;
  /** Bytes of a pack in the table, as its storage is billed. */
  readonly pack_stored_bytes: number;
  /** Bytes of a document's line in the log, without AWS's 26 of each event. */
  readonly log_line_bytes: number;
}

export interface Sample {
  readonly features: Readonly<Record<FeatureName, Measured>>;
  readonly day: DeviceDay;
  /** Of the devices' log groups. */
  readonly device_log_class: DeviceLogClass;
  /** What the templates make to be paid by the month, by the price list's keys. */
  readonly fixed: Quantities;
  /** MiB of the function that takes packs. */
  readonly memory_mb: number;
}
