import type { FleetDevice, LoadKind } from './fleet-device.ts';
import { Draws, seedOf } from './seeded.ts';

/** What a device's machine is like; the same for the same id and seed. Power in W, voltage in V, frequency in Hz. */
export interface Character {
  readonly seed: number;
  readonly kind: LoadKind;
  readonly rated_w: number;
  readonly rated_hz: number;
  readonly rated_v: number;
  readonly rated_a: number;
  /** The array's power at 1000 W/m² and 25 °C, and its voltage there, loaded and open. */
  readonly array_w: number;
  readonly array_v: number;
  readonly open_v: number;
  readonly has_grid: boolean;
  /** Below this a pump lifts no water. */
  readonly min_hz: number;
  /** Power goes with this power of the speed: 3 for pumps and fans by the affinity laws, 1 for a compressor's steady torque. */
  readonly law: 1 | 3;
  /** How fast it is run when it may choose. */
  readonly target_hz: number;
  /** A well that gives less than the pump takes: the hours until it is dry at full flow; undefined for a good one. */
  readonly dry_after_h: number | undefined;
  /** How many days' use the tank holds, and in how many hours the pump fills it for a day. */
  readonly tank_days: number;
  readonly fill_h: number;
  /** Starts and lengths of what goes by the clock, in hours. */
  readonly start_h: number;
  readonly duration_h: number;
  /** Seconds of one cycle of a compressor. */
  readonly cycle_s: number;
  /** Signal strength in a usual hour, %. */
  readonly signal_pct: number;
  /** How often its network goes away, 1 is usual. */
  readonly outages: number;
}

const names: readonly (readonly [RegExp, LoadKind])[] = [
  [/cold|cooler|chill|refriger/i, 'cold_room'],
  [/compressor/i, 'compressor'],
  [/vacuum/i, 'vacuum'],
  [/\bfan\b|blower|ventilat/i, 'fan'],
  [/tank|trough|house|well|stock|parlor|spring/i, 'tank'],
];

/** What a device drives, by the words of its name; most pumps irrigate. */
export function kindOf({ kind, name }: Pick<FleetDevice, 'kind' | 'name'>): LoadKind {
  return kind ?? names.find(([words]) => words.test(name))?.[1] ?? 'irrigation';
}

/** Motors as they are sold, W. */
const sizes = {
  irrigation: [4000, 5500, 7500, 7500, 11_000, 15_000, 18_500],
  tank: [1100, 1500, 1500, 2200, 2200, 3000, 4000],
  compressor: [5500, 7500, 11_000],
  cold_room: [4000, 5500, 7500],
  vacuum: [4000, 5500, 7500],
  fan: [4000, 7500, 11_000],
} as const satisfies Record<LoadKind, readonly [number, ...number[]]>;

/** Everything that chance decides once for a device. */
export function characterOf(device: FleetDevice, fleetSeed: number): Character {
  const seed = seedOf(device.device_id, fleetSeed);
  const draws = new Draws(seed);
  const kind = kindOf(device);
  const isPump = kind === 'irrigation' || kind === 'tank';
  const rated_w = draws.of<number>(sizes[kind]);
  const isSmall = rated_w <= 2200;
  const rated_v = isSmall ? 230 : 460;
  const array_w = Math.round((rated_w * draws.between(1.2, 1.55)) / 50) * 50;
  const array_v = Math.round((isSmall ? 325 : 590) * draws.between(0.96, 1.06));
  const gridChance = draws.chance();
  const has_grid = device.has_grid ?? (kind === 'irrigation' ? gridChance < 0.4 : kind === 'tank' ? gridChance < 0.15 : true);
  const signal = draws.chance();
  const isBadSite = draws.chance() < 0.12;
  return {
    seed,
    kind,
    rated_w,
    rated_hz: 60,
    rated_v,
    rated_a: rated_w / (Math.sqrt(3) * rated_v * 0.84),
    array_w,
    array_v,
    open_v: array_v * 1.22,
    has_grid,
    min_hz: isPump ? Math.round(draws.between(27, 35)) : kind === 'fan' ? 15 : 25,
    law: kind === 'compressor' || kind === 'cold_room' || kind === 'vacuum' ? 1 : 3,
    target_hz: Math.round(draws.between(52, 60)),
    dry_after_h: kind === 'tank' && draws.chance() < 0.2 ? draws.between(1.2, 3) : undefined,
    tank_days: draws.between(1.2, 3),
    fill_h: draws.between(3, 5.2),
    start_h: kind === 'vacuum' ? draws.between(3.8, 5) : draws.between(6.3, 8.7),
    duration_h: kind === 'vacuum' ? draws.between(3, 4.6) : draws.between(5, 9.5),
    cycle_s: Math.round(draws.between(560, 1500)),
    signal_pct: Math.round(isBadSite ? draws.between(16, 30) : 38 + 50 * signal),
    outages: isBadSite ? draws.between(5, 11) : draws.between(0.3, 1.6),
  };
}
