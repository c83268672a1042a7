import { z } from 'zod';

/** What a motor drives. */
export const loadKinds = ['irrigation', 'tank', 'compressor', 'cold_room', 'vacuum', 'fan'] as const;
export type LoadKind = (typeof loadKinds)[number];

/** A device of the simulated fleet: who it is and where it stands. Everything else about it follows from its id and the fleet's seed. */
export const fleetDevice = z.strictObject({
  device_id: z.string().min(1).max(64),
  /** 24 hexadecimal digits. */
  particle_id: z.string().regex(/^[0-9a-f]{24}$/),
  name: z.string().max(100),
  /** The site's path in the tree of organizations: devices of one site share its mains and its mast. */
  site: z.string().max(500),
  lat: z.number().min(-66).max(66),
  lon: z.number().min(-180).max(180),
  time_zone: z.string().max(64),
  /** Told from the name when it isn't given. */
  kind: z.enum(loadKinds).optional(),
  /** Whether the mains are there; by kind and chance when it isn't given. */
  has_grid: z.boolean().optional(),
});
export type FleetDevice = z.output<typeof fleetDevice>;
