import { describe, expect, it } from 'vitest';
import { billFor, costOfAll, partsOf } from './bill.ts';
import { type FeatureName, featureNames, type Measured, type Sample } from './features.ts';
import { busyAtOnce, days, environments, keptOf, knownShares, monthOf, people } from './mix.ts';
import { particleBill, particlePlan, particleUnpacked } from './particle.ts';
import { asJson, printBill } from './print-bill.ts';
import { waysNotTaken } from './ways-not-taken.ts';

const nothing: Measured = { sampled: 1, units: {}, local_gb_s: 0 };
const pack: Measured = { sampled: 10, units: { 'dynamodb.wru': 2, 'dynamodb.rru': 1, 'logs.bytes_in': 1800 }, local_gb_s: 0.01 };

/** A day of 96 packs and a bill that can be reckoned by hand. */
function sampleOf(features: Partial<Record<FeatureName, Measured>> = {}): Sample {
  return {
    features: { ...(Object.fromEntries(featureNames.map((name) => [name, nothing])) as Record<FeatureName, Measured>), ...features },
    day: { devices: 10, packs: 96, documents: 1440, others: 5, pack_stored_bytes: 500, log_line_bytes: 120 },
    device_log_class: 'INFREQUENT_ACCESS',
    fixed: {},
    memory_mb: 256,
  };
}
/** Each takes 80 ms. */
const slow = {
  'pack of a device that its environment does not know': { ...nothing, units: { 'lambda.gb_s': 0.02 } },
  'change, report or what follows from them': { ...nothing, units: { 'lambda.gb_s': 0.02 } },
};
const packs = { pack, 'pack of a device that its environment does not know': pack };

describe('the bill', () => {
  it('is units times how often times price', () => {
    const bill = billFor(5000, sampleOf(packs));
    const count = 5000 * 96 * days;
    expect(bill.quantities['dynamodb.wru']).toBeCloseTo(2 * count);
    expect(bill.by_part.filter(({ part }) => part.startsWith('pack')).reduce((sum, { usd }) => sum + usd, 0)).toBeCloseTo(
      (count * (2 * 0.625 + 0.125)) / 1e6 + (count * 1800 * 0.5) / 1e9 + (count * 350 * 0.09) / 1e9,
    );
  });

  it('has the same sum by service, by what it is for, and over all', () => {
    const sample = { ...sampleOf({ ...packs, 'sign-in': pack }), fixed: { 'cloudwatch.alarm': 20 } };
    for (const devices of [1, 100, 5000, 50_000]) {
      const { usd, by_service, by_part } = billFor(devices, sample);
      expect(Object.values(by_service).reduce((sum, one) => sum + one, 0)).toBeCloseTo(usd);
      expect(by_part.reduce((sum, one) => sum + one.usd, 0)).toBeCloseTo(usd);
    }
  });

  it('leaves out what is always free only where that is said', () => {
    const { usd, usd_less_always_free } = billFor(100, { ...sampleOf(), fixed: { 'cloudwatch.alarm': 12 } });
    expect(usd - usd_less_always_free).toBeGreaterThan(1);
    expect(costOfAll({ 'cloudwatch.alarm': 12 })).toBeCloseTo(1.2);
    expect(costOfAll({ 'cloudwatch.alarm': 12 }, { free: true })).toBeCloseTo(0.2);
  });

  it('takes the savings plan off what it covers of the table, after what is free, and off nothing else', () => {
    const none = billFor(5000, sampleOf());
    expect(none.usd_with_savings_plan).toBe(none.usd_less_always_free);
    const { usd_less_always_free, usd_with_savings_plan, quantities } = billFor(5000, sampleOf(packs));
    const table = ((quantities['dynamodb.wru'] ?? 0) * 0.625 + (quantities['dynamodb.rru'] ?? 0) * 0.125) / 1e6;
    expect(usd_less_always_free - usd_with_savings_plan).toBeCloseTo(table * 0.15 * 0.9);
  });

  it('counts what is kept: 35 days of packs twice, table and backup, and 30 days of log lines', () => {
    const kept = keptOf(1000, sampleOf());
    expect(kept['dynamodb.stored']).toBe(1000 * (96 * 35 * 500 + 6000));
    expect(kept['dynamodb.pitr']).toBe(kept['dynamodb.stored']);
    expect(kept['logs.stored']).toBeCloseTo(1000 * 1440 * 30 * (120 * 0.15 + 26));
  });

  it('throws on a unit without a price', () => {
    expect(() => billFor(100, { ...sampleOf(), fixed: { 'magic.wands': 1 } })).toThrow('magic.wands');
  });

  it('has a part for every feature that is done', () => {
    const month = monthOf(5000, sampleOf());
    expect(new Set(partsOf(5000, sampleOf()).keys())).toEqual(
      new Set([
        ...month.map(({ feature }) => feature),
        'kept in the table and its backup',
        'kept in the logs',
        'people',
        'alarms, buckets, pollers, secrets',
      ]),
    );
    // Nobody does it: it is there for the way that was not taken.
    expect(featureNames.filter((name) => !month.some(({ feature }) => feature === name))).toEqual(['plain document']);
  });
});

describe('the mix', () => {
  it('shares the packs out between environments that know the device and others', () => {
    const [known, unknown] = monthOf(5000, sampleOf(slow));
    expect((known?.times ?? 0) + (unknown?.times ?? 0)).toBeCloseTo(5000 * 96 * days);
    const { device, last_pack } = knownShares(5000, sampleOf(slow));
    // Half a unit twice, once or never; of five changes a day once or never.
    const halves = 96 * (2 * (1 - device) + (device - last_pack)) + 5 * (1 - device);
    expect(unknown?.times).toBeCloseTo((5000 * days * halves) / 2);
  });

  it('has as many requests at once as come a second, times the seconds that each takes', () => {
    // 96 packs and 5 changes a day, each 80 ms: 5.85 a second of 5,000 devices.
    expect(busyAtOnce(5000, sampleOf(slow))).toBeCloseTo(((5000 * 101) / 86_400) * 0.08);
  });

  it('keeps warm what is busy at the busiest moment of two hours', () => {
    const counts = [1, 100, 1000, 5000, 50_000].map((devices) => environments(devices, sampleOf(slow)));
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    // 1,000 devices: 8,417 requests in two hours meet 0.0935 others on average, three or more in 1.04 of them, four or more in 0.02.
    // 5,000: 42,083 requests come in two hours and meet 0.468 others on average: five or more in 4.9 of them, six or more in 0.37 of them.
    expect(counts.slice(0, 4)).toEqual([1, 2, 4, 6]);
    expect(environments(5000, sampleOf())).toBe(1);
  });

  it('knows a device for the life of an environment that took a pack of it', () => {
    // Eight packs come in two hours: an environment is met with none to seven behind it.
    expect(knownShares(1, sampleOf(slow))).toEqual({ device: 7 / 8, last_pack: 7 / 8 });
    const met = [0, 1, 2, 3, 4, 5, 6, 7].reduce((sum, packs) => sum + 1 - (5 / 6) ** packs, 0) / 8;
    const of5000 = knownShares(5000, sampleOf(slow));
    expect(of5000.device).toBeCloseTo(met);
    expect(of5000.last_pack).toBeCloseTo(7 / 8 / 6);
  });

  it('has people by the number of devices', () => {
    expect(people(5000)).toEqual({ operators: 10, customers: 100 });
    expect(people(1)).toEqual({ operators: 2, customers: 2 });
  });
});

describe('Particle', () => {
  it('sells whole blocks, by devices or by operations, of the cheaper plan', () => {
    expect(particlePlan(100, 720_000)).toMatchObject({ blocks: 1, usd: 299 });
    expect(particlePlan(101, 1)).toMatchObject({ blocks: 2, usd: 598 });
    expect(particlePlan(100, 720_001)).toMatchObject({ plan: 'particle.block', blocks: 2, usd: 598 });
    expect(particlePlan(100, 4_500_000)).toMatchObject({ plan: 'particle.plus_block', blocks: 1, usd: 599 });
  });

  it('costs far more without packing', () => {
    const sample = sampleOf();
    expect(particleBill(5000, sample)).toMatchObject({ plan: 'particle.block', blocks: 50 });
    expect(particleUnpacked(5000, sample).usd).toBeGreaterThan(1.9 * particleBill(5000, sample).usd);
  });
});

describe('the ways not taken', () => {
  it('differ from the bill by what they add and replace', () => {
    const sample = sampleOf({ ...packs, 'plain document': { ...nothing, units: { 'dynamodb.wru': 2 } } });
    const ways = waysNotTaken(5000, sample);
    const named = (beginning: string) => ways.find(({ name }) => name.startsWith(beginning))?.more_usd ?? Number.NaN;
    const deliveries = 5000 * (96 + 5) * days;
    expect(named('API Gateway (HTTP')).toBeCloseTo(deliveries / 1e6);
    expect(named('API Gateway (REST')).toBeCloseTo((3.5 * deliveries) / 1e6);
    const documents = 5000 * 1440 * days;
    const raw_bytes = 5000 * 1440 * 35 * 320;
    const pack_bytes = 5000 * (96 * 35 * 500 + 6000);
    expect(named('raw documents')).toBeCloseTo(((documents - 5000 * 96 * days) * 0.625) / 1e6 + ((raw_bytes - pack_bytes) * 0.45) / 1e9);
    expect(named('one publish a minute')).toBeCloseTo(
      costOfAll({ 'dynamodb.wru': 2 * documents }) - costOfAll(pack.units) * 5000 * 96 * days,
      0,
    );
    const log_bytes = documents * (120 + 26);
    expect(named('device logs in the class STANDARD')).toBeCloseTo((log_bytes * 0.25) / 1e9);
    const standard: Sample = { ...sample, device_log_class: 'STANDARD' };
    expect(waysNotTaken(5000, standard).some(({ name }) => name.startsWith('device logs'))).toBe(false);
    for (const { usd, more_usd } of ways) expect(usd - more_usd).toBeCloseTo(billFor(5000, sample).usd);
  });
});

describe('what is printed', () => {
  it('says what is measured, what is assumed, and has the fleet that was asked for among the usual ones', () => {
    const text = printBill(700, sampleOf(packs));
    for (const said of [
      'MEASURED',
      'ASSUMED',
      'without any free tier',
      'us-east-2',
      '2026-11-22',
      '700',
      '50,000',
      'could not be compared',
    ])
      expect(text).toContain(said);
    expect(text).toContain(billFor(5000, sampleOf(packs)).usd.toFixed(2));
    expect(text).toContain(billFor(5000, sampleOf(packs)).usd_with_savings_plan.toFixed(2));
    expect(text).toContain('the class INFREQUENT_ACCESS');
  });

  it('is the same for programs', () => {
    const { bills } = asJson(5000, sampleOf(packs));
    expect(bills.map(({ devices }) => devices)).toEqual([100, 1000, 5000, 50_000]);
    expect(JSON.parse(JSON.stringify(bills))).toEqual(bills);
  });
});
