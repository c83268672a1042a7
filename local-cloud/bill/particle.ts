import type { FeatureName, Sample } from './features.ts';
import { days, monthOf } from './mix.ts';
import { costOf } from './price-list.ts';
import { particleBlocks, priceOf } from './prices.ts';

const published: ReadonlySet<FeatureName> = new Set([
  'pack',
  'pack of a device that its environment does not know',
  'change, report or what follows from them',
  'live sample',
]);
/** A function call is a data operation too: one for each time that somebody begins to watch or goes on doing so. */
const asked: ReadonlySet<FeatureName> = new Set(['lease of a watched page']);

export interface ParticleBill {
  readonly operations: number;
  readonly plan: keyof typeof particleBlocks;
  readonly blocks: number;
  readonly usd: number;
}

/** The cheapest plan for so many devices and data operations a month: whole blocks, by devices or by operations, whichever takes more. */
export function particlePlan(devices: number, operations: number): ParticleBill {
  const plans = (Object.keys(particleBlocks) as (keyof typeof particleBlocks)[]).map((plan) => {
    const block = particleBlocks[plan];
    const blocks = Math.max(1, Math.ceil(devices / block.devices), Math.ceil(operations / block.operations));
    return { operations, plan, blocks, usd: costOf(priceOf(plan), blocks, { free: false }) };
  });
  return plans.reduce((cheapest, one) => (one.usd < cheapest.usd ? one : cheapest));
}

/** What Particle bills for a month of the mix ("Data operations" in Particle's docs: one a publish up to 1,024 bytes, one a function call). */
export function particleBill(devices: number, sample: Sample): ParticleBill {
  const operations = monthOf(devices, sample).reduce(
    (sum, { feature, times }) => sum + (published.has(feature) || asked.has(feature) ? times : 0),
    0,
  );
  return particlePlan(devices, operations);
}

/** The same fleet when each document is a publish of its own. */
export function particleUnpacked(devices: number, { day }: Pick<Sample, 'day'>): ParticleBill {
  return particlePlan(devices, devices * (day.documents + day.others) * days);
}
