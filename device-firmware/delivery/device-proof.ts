import type { Clock } from './insist.ts';
import type { ParticleProduct, ProductDevice } from './particle-api.ts';
import { passes, saidBy } from './particle-error.ts';

/** Of ten devices that were online when a firmware was released, nine must prove it in time: one may lose its network in that moment, and its group is not to go back for it. */
const MUST_PROVE_PCT = 90;
const POLL_MS = 5_000;
/** So many devices are asked at the same time. Each answer is a data operation, so nobody is asked again who has proven it. */
const ASKED_AT_ONCE = 10;

export interface Expected {
  readonly particle: ParticleProduct;
  /** The device group of the stage. */
  readonly group: string;
  readonly version: number;
  /** How long devices have to report the version and to prove it. */
  readonly wait_ms: number;
  readonly clock: Clock;
  readonly say: (line: string) => void;
}

/**
 * Waits until so many of these devices work with the version as must: Particle shows it as theirs, and the firmware itself says that it is confirmed, which is that it has published and Particle has
 * acknowledged it (boron/src/firmware_update.h). An answer that Particle fails to give is waited for like a device's. Rejects when time is over.
 */
export async function expectProven(expected: Expected, devices: readonly ProductDevice[]): Promise<void> {
  const { group, version, wait_ms, clock, say } = expected;
  const judges = new Set(devices.map(({ id }) => id));
  const enough = Math.ceil((judges.size * MUST_PROVE_PCT) / 100);
  const until = clock.now() + wait_ms;
  const proven = new Set<string>();
  let running = 0;
  let trouble: unknown;
  for (let said = ''; ; ) {
    try {
      const reporting = await reportingOf(expected, judges);
      running = reporting.length;
      trouble = undefined;
      await ask(expected, { reporting, proven, enough, until });
    } catch (error) {
      if (!passes(error)) throw error;
      trouble = error;
    }
    const line = `${running} of ${judges.size} devices run firmware ${version}, ${proven.size} have proven it${trouble === undefined ? '' : ` (${saidBy(trouble)})`}.`;
    if (line !== said) say(line);
    said = line;
    if (proven.size >= enough) return;
    if (clock.now() >= until)
      throw new Error(
        `Only ${proven.size} of the ${judges.size} devices of the group ${group} that were online have proven firmware ${version} after ${Math.round(wait_ms / 60_000)} minutes; ${running} of them run it`,
        trouble === undefined ? {} : { cause: trouble },
      );
    await clock.sleep(POLL_MS);
  }
}

async function reportingOf({ particle, group, version }: Expected, judges: ReadonlySet<string>): Promise<readonly string[]> {
  const devices = await particle.devicesOf(group);
  return devices.flatMap(({ id, firmware_version }) => (judges.has(id) && firmware_version === version ? [id] : []));
}

interface Asking {
  readonly reporting: readonly string[];
  readonly proven: Set<string>;
  readonly enough: number;
  readonly until: number;
}

/** Asks devices that have not proven the version yet, until enough have or time is over. A question that Particle fails to carry out proves nothing, and hinders no other. */
async function ask({ particle, version, clock }: Expected, { reporting, proven, enough, until }: Asking): Promise<void> {
  const open = reporting.filter((id) => !proven.has(id));
  while (open.length > 0 && proven.size < enough && clock.now() <= until)
    await Promise.all(
      open.splice(0, ASKED_AT_ONCE).map(async (id) => {
        const update = await particle.update(id).catch((error: unknown) => {
          if (!passes(error)) throw error;
          return undefined;
        });
        if (update?.version === version && update.confirmed) proven.add(id);
      }),
    );
}
