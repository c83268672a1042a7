import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';

/** The readings of a document that the GraphQL API tells by the minute. */
export const ledgerMetrics = ['dc_bus_v', 'solar_w', 'grid_w', 'motor_w', 'motor_a', 'motor_hz', 'temp_c', 'signal_pct'] as const;

const reading = z.number().nullable();
const lineSchema = z.object({
  device_id: z.string(),
  boot_id: z.int(),
  seq: z.int(),
  /** Epoch seconds. */
  time: z.int(),
  ...(Object.fromEntries(ledgerMetrics.map((name) => [name, reading])) as Record<(typeof ledgerMetrics)[number], typeof reading>),
});
export type LedgerLine = z.output<typeof lineSchema>;

/** What the devices sampled, by device, in the order in which it was: one line of JSON a document. */
export async function readLedger(file: string): Promise<Map<string, LedgerLine[]>> {
  const devices = new Map<string, LedgerLine[]>();
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const document = lineSchema.parse(JSON.parse(line));
    const known = devices.get(document.device_id);
    if (known === undefined) devices.set(document.device_id, [document]);
    else known.push(document);
  }
  return devices;
}

const answerSchema = z.object({
  data: z.record(
    z.string(),
    z.object({
      from: z.string(),
      step_s: z.literal(60),
      metrics: z.array(z.object({ metric: z.enum(ledgerMetrics), values: z.array(reading) })),
    }),
  ),
  errors: z.never().optional(),
});

export interface LedgerVerdict {
  readonly documents: number;
  /** Documents that the API doesn't tell, or tells otherwise, and minutes that it tells and no device sampled. */
  readonly missing: number;
  readonly different: number;
  readonly invented: number;
  /** The first few, in words. */
  readonly examples: readonly string[];
}

/** The GraphQL API resolves at most five fields in one request. */
const devicesInOneRequest = 5;

/**
 * Holds what the public API returns against what the devices sampled, reading by reading, minute by minute, over the time that the ledger spans.
 *
 * @param accessToken Of somebody who sees every device.
 */
export async function judge(
  ledger: ReadonlyMap<string, readonly LedgerLine[]>,
  { graphql, accessToken, concurrency = 4 }: { readonly graphql: string; readonly accessToken: string; readonly concurrency?: number },
): Promise<LedgerVerdict> {
  const verdict = { documents: 0, missing: 0, different: 0, invented: 0, examples: [] as string[] };
  const waiting = [...ledger];
  const one = async (devices: readonly (readonly [string, readonly LedgerLine[]])[]) => {
    const times = devices.flatMap(([, lines]) => lines.map(({ time }) => time));
    const [from, to] = [Math.min(...times), Math.max(...times) + 60];
    const asked = devices
      .map(
        ([device_id], index) =>
          `d${index}: deviceSeries(device_id: ${JSON.stringify(device_id)}, metrics: [${ledgerMetrics.join(' ')}], from: $from, to: $to, resolution: one_minute) { from step_s metrics { metric values } }`,
      )
      .join('\n');
    const response = await fetch(graphql, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: accessToken },
      body: JSON.stringify({
        query: `query Ledger($from: AWSDateTime!, $to: AWSDateTime!) { ${asked} }`,
        variables: { from: new Date(from * 1000).toISOString(), to: new Date(to * 1000).toISOString() },
      }),
    });
    const { data } = answerSchema.parse(await response.json());
    for (const [index, [device_id, lines]] of devices.entries()) {
      const series = data[`d${index}`];
      if (series === undefined) throw new Error(`the API tells nothing of ${device_id}`);
      compare(device_id, lines, series, verdict);
    }
  };
  const worker = async () => {
    for (let next = waiting.splice(0, devicesInOneRequest); next.length > 0; next = waiting.splice(0, devicesInOneRequest)) await one(next);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return verdict;
}

type Counted = { -readonly [Name in keyof LedgerVerdict]: LedgerVerdict[Name] } & { examples: string[] };

function compare(
  device_id: string,
  lines: readonly LedgerLine[],
  series: z.output<typeof answerSchema>['data'][string],
  verdict: Counted,
): void {
  const start = Date.parse(series.from) / 1000;
  const columns = new Map(series.metrics.map(({ metric, values }) => [metric, values]));
  const told = (metric: (typeof ledgerMetrics)[number], minute: number) => columns.get(metric)?.[minute] ?? null;
  const sampled = new Set<number>();
  const say = (words: string) => {
    if (verdict.examples.length < 5) verdict.examples.push(words);
  };
  for (const line of lines) {
    const minute = Math.floor((line.time - start) / 60);
    sampled.add(minute);
    verdict.documents += 1;
    const expected = ledgerMetrics.filter((metric) => line[metric] !== null);
    if (expected.length > 0 && expected.every((metric) => told(metric, minute) === null)) {
      verdict.missing += 1;
      say(`${device_id} ${new Date(line.time * 1000).toISOString()}: missing`);
      continue;
    }
    const wrong = ledgerMetrics.find((metric) => told(metric, minute) !== line[metric]);
    if (wrong === undefined) continue;
    verdict.different += 1;
    say(`${device_id} ${new Date(line.time * 1000).toISOString()}: ${wrong} is told as ${told(wrong, minute)}, sampled was ${line[wrong]}`);
  }
  const length = Math.max(...series.metrics.map(({ values }) => values.length));
  for (let minute = 0; minute < length; minute += 1) {
    if (sampled.has(minute) || ledgerMetrics.every((metric) => told(metric, minute) === null)) continue;
    verdict.invented += 1;
    say(`${device_id} minute ${minute}: told, and never sampled`);
  }
}
