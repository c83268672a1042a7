/** What a device brings to the Particle cloud. */
export interface ParticleDevice {
  readonly particle_id: string;
  /** PRODUCT_VERSION of its firmware, which it tells when it connects; undefined: it has none. */
  readonly product_version?: number;
  readonly functions: readonly string[];
  readonly variables: readonly string[];
  /** A function was called; a rejection or no answer in time is 408. */
  call(name: string, argument: string): number | Promise<number>;
  variable(name: string): string | number | undefined;
  /** A cloud-to-device ledger has (new) data; also called right after connecting for each ledger that has some. */
  ledger(name: string, data: Readonly<Record<string, unknown>>): void;
  /**
   * A firmware comes over the air. Resolves to whether it is whole and one for this device: then the device restarts with it. Without this method it
   * takes none.
   */
  update?(binary: Uint8Array): Promise<boolean>;
  /** The cloud asks where it is. */
  locate?(): { readonly lat: number; readonly lon: number; readonly horizontal_accuracy_m: number } | undefined;
  /** What stands below `device` in the vitals that it publishes: network, cloud, power, system (Particle, "Device vitals event"). */
  diagnostics?(): Readonly<Record<string, unknown>>;
}

/** One connection of a device. After `disconnect` it is of no more use. */
export interface DeviceSession {
  /** Resolves to whether the cloud acknowledged it (false: over the rate limit, too large, or the connection is gone). */
  publish(name: string, data: string): Promise<boolean>;
  /** clean: it said goodbye and is offline at once; otherwise the cloud notices only later, as with a power cut. */
  disconnect(how: { readonly clean: boolean }): void;
}

/** The side of the Particle cloud that devices see. */
export interface DeviceCloud {
  /** Throws for an id that was never manufactured: such a device has no key that the cloud knows. */
  connect(device: ParticleDevice): DeviceSession;
}
