import fc from 'fast-check';
import { z } from 'zod';

const environment = z
  .object({
    /** Set by `npm run test:long`: 10,000 inputs a border. */
    ENSTRATUS_LONG: z.string().optional(),
    /** The seed that a failure printed. */
    ENSTRATUS_FUZZ_SEED: z.coerce.number().int().optional(),
  })
  .parse(process.env);

export const isLong = environment.ENSTRATUS_LONG !== undefined;
const LONG_RUNS = 10_000;

/** A single input that keeps anyone this long is a fault of its own: an algorithm that blows up, or a lock. */
export const LONGEST_MS = 2000;

export interface Campaign<Input> {
  /** Where the inputs come in, for the report. */
  readonly border: string;
  readonly inputs: fc.Arbitrary<Input>;
  /** Throws, or rejects, when the input is not answered as it should be. */
  readonly check: (input: Input) => void | Promise<void>;
  /** Inputs that once failed. They go first, each time. */
  readonly regressions?: readonly Input[];
  /** Inputs of a short run; 100 unless told. */
  readonly shortRuns?: number;
  /** The border's part of the 10,000 of a long run, where several campaigns share one border; 1 unless told. */
  readonly share?: number;
}

/** How many inputs one campaign runs now. */
export function runsOf({ shortRuns = 100, share = 1 }: Pick<Campaign<unknown>, 'shortRuns' | 'share'>): number {
  return isLong ? Math.ceil(LONG_RUNS * share) : shortRuns;
}

/**
 * Runs a border's inputs. A failure is thrown with its seed and the smallest input that still fails, as a line for `regressions`.
 * Says in a long run how many inputs there were, what they took, and the slowest one.
 */
export async function run<Input>(campaign: Campaign<Input>): Promise<void> {
  const { border, inputs, check, regressions = [] } = campaign;
  const seed = environment.ENSTRATUS_FUZZ_SEED ?? Date.now() ^ (Math.random() * 0x1_0000_0000);
  const numRuns = runsOf(campaign);
  const started = performance.now();
  const slowest = { ms: 0, input: undefined as Input | undefined };
  let ran = 0;
  const timed = async (input: Input): Promise<number> => {
    const begun = performance.now();
    await check(input);
    return performance.now() - begun;
  };
  const property = fc.asyncProperty(inputs, async (input) => {
    ran += 1;
    let ms = await timed(input);
    if (ms > slowest.ms) Object.assign(slowest, { ms, input });
    // A busy machine is slow once; what is slow by itself is so again.
    if (ms > LONGEST_MS) ms = Math.min(ms, await timed(input), await timed(input));
    if (ms > LONGEST_MS) throw new Error(`it took ${Math.round(ms)} ms`);
  });
  const details = await fc.check(property, {
    seed,
    numRuns: numRuns + regressions.length,
    examples: regressions.map((input) => [input]),
    // Shrinking a slow failure must end, too.
    interruptAfterTimeLimit: isLong ? 600_000 : 50_000,
    markInterruptAsFailure: true,
  });
  if (details.failed) throw new Error(failureText(border, details));
  if (ran < numRuns) throw new Error(`${border}: only ${ran} of ${numRuns} inputs ran`);
  const took_s = (performance.now() - started) / 1000;
  if (isLong)
    console.log(
      `fuzz ${border}: ${ran} inputs in ${took_s.toFixed(1)} s, seed ${seed}, slowest ${slowest.ms.toFixed(0)} ms: ${shortened(slowest.input)}`,
    );
}

function failureText<Input>(border: string, details: fc.RunDetails<[Input]>): string {
  const [input] = details.counterexample ?? [];
  const reason = details.errorInstance instanceof Error ? details.errorInstance.message : String(details.errorInstance);
  return [
    `${border}: input ${details.numRuns} failed, shrunk ${details.numShrinks} times. Again with ENSTRATUS_FUZZ_SEED=${details.seed}; as a regression:`,
    JSON.stringify(input),
    reason,
  ].join('\n');
}

function shortened(input: unknown): string {
  const text = JSON.stringify(input) ?? 'undefined';
  return text.length > 300 ? `${text.slice(0, 300)}… (${text.length})` : text;
}
