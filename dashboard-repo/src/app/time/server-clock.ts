/**
 * The server's time as well as this browser knows it: what the last answer said (its as_of), and how long ago that was. The wall clock of
 * a laptop or phone may be hours off, so it never decides how old a reading is.
 */
export interface ServerClock {
  /** Takes over the time of an answer that came just now. @param as_of RFC 3339. */
  observe(as_of: string): void;
  /** Epoch milliseconds of the server, undefined until it said its time once. */
  now(): number | undefined;
}

interface Clocks {
  /** Milliseconds that only go forward; may stand still while the machine sleeps. */
  monotonic(): number;
  /** The wall clock, in milliseconds. */
  wall(): number;
}

const browserClocks: Clocks = { monotonic: () => performance.now(), wall: () => Date.now() };

/**
 * In some browsers the monotonic clock stands still while the machine sleeps. A phone that wakes up without network would then
 * call a reading of hours ago fresh; so where the wall clock has gone further than the monotonic one, the longer of the two counts.
 */
export function serverClock(clocks: Clocks = browserClocks): ServerClock {
  let known: { server: number; monotonic: number; wall: number } | undefined;
  const now = (): number | undefined =>
    known === undefined ? undefined : known.server + Math.max(clocks.monotonic() - known.monotonic, clocks.wall() - known.wall, 0);
  return {
    now,
    observe(as_of) {
      const server = Date.parse(as_of);
      if (Number.isNaN(server)) return;
      known = { server, monotonic: clocks.monotonic(), wall: clocks.wall() };
    },
  };
}
