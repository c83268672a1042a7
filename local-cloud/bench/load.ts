import { setTimeout as pause } from 'node:timers/promises';
import { graphqlPages, type PageCalls, tablePages } from './page-calls.ts';
import { type BenchUser, type LoadResult, type Plan, planShape } from './plan.ts';

/*
 * The load process: takes a plan on its standard input, opens pages as the plan's users would, and writes what it measured on its standard output. The
 * argument says against what: `graphql`, or `table` for the floor.
 */

/** A small generator of numbers in [0, 1), the same for the same seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

async function run(plan: Plan, against: string): Promise<LoadResult> {
  const pages: Record<string, number[]> = {};
  const calls: Record<string, number[]> = {};
  const errors: string[] = [];
  let bytes = 0;
  let rss_mib = 0;
  let measuring = false;
  const note = (into: Record<string, number[]>, name: string, duration_ms: number) => {
    into[name] ??= [];
    into[name].push(duration_ms);
  };
  const onCall = (name: string, duration_ms: number, size: number) => {
    if (!measuring) return;
    note(calls, name, duration_ms);
    bytes += size;
  };
  const open: PageCalls = against === 'table' ? tablePages(plan, onCall) : graphqlPages(plan, onCall);
  const until = performance.now() + (plan.warm_up_s + plan.measured_s) * 1000;

  const live = async (user: BenchUser, index: number) => {
    const next = random(plan.seed + index);
    // Spread over the first think time, as people come.
    await pause(next() * plan.think_s * 1000);
    while (performance.now() < until) {
      const isFleet = next() < plan.fleet_share;
      const device = user.devices[Math.floor(next() * user.devices.length)] ?? user.devices[0];
      const started = performance.now();
      const counted = measuring;
      try {
        if (isFleet || device === undefined) await open.fleet(user);
        else await open.device(user, device);
        if (counted) note(pages, `${isFleet ? 'fleet' : 'device'} ${user.persona}`, performance.now() - started);
        if (!isFleet && device !== undefined) await open.deviceAgain(user, device);
      } catch (error) {
        errors.push(error instanceof Error ? error.message : String(error));
      }
      await pause(plan.think_s * 1000);
    }
  };

  let cpu = process.cpuUsage();
  const begin = pause(plan.warm_up_s * 1000).then(() => {
    measuring = true;
    cpu = process.cpuUsage();
  });
  await Promise.all([begin, ...plan.users.map(live)]);
  const { user: user_us, system: system_us } = process.cpuUsage(cpu);
  rss_mib = process.resourceUsage().maxRSS / 1024;
  return { pages, calls, errors, bytes, cpu_s: (user_us + system_us) / 1e6, rss_mib };
}

const chunks: Buffer[] = [];
for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
const plan = planShape.parse(JSON.parse(Buffer.concat(chunks).toString('utf8')));
process.stdout.write(JSON.stringify(await run(plan, process.argv[2] ?? 'graphql')), () => process.exit(0));
