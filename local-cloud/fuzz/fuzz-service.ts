import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Answer, problemOf } from './answer-verdict.ts';
import { type Campaign, isLong, run } from './campaign.ts';
import type { FurnishedCloud } from './furnished-cloud.ts';
import type { HttpMessage } from './http-message.ts';
import { rememberAnswers } from './probes.ts';

/** After so many inputs, what they took away is put back, and good requests are asked again. */
const LOOK_EVERY = 500;
/** What the process may hold more after 10,000 inputs, MB: what they made is kept, in memory only in part. */
const MAX_GROWTH_MB = 400;

export interface FuzzedMessages<Input> extends Omit<Campaign<Input>, 'check'> {
  /** How an input goes over the wire. */
  readonly write: (input: Input) => HttpMessage | Promise<HttpMessage>;
  /** Messages that once failed. They go before all others, each time. */
  readonly failedOnce?: readonly HttpMessage[];
  /** Looks whether what an answer says is so: what was written can be read. Rejects when it isn't; resolves to whether there was something to look for. */
  readonly confirm?: ((message: HttpMessage, answer: Answer) => Promise<boolean>) | undefined;
}

/** Sends inputs to a cloud and holds each answer, its console and its other answers to the rules. */
export async function fuzzService<Input>(
  furnished: FurnishedCloud,
  { write, failedOnce = [], confirm, ...campaign }: FuzzedMessages<Input>,
): Promise<void> {
  const isAsBefore = await rememberAnswers(furnished);
  const before_mb = heldMemory_mb();
  const told = { accepted: 0, found: 0 };
  const check = async (message: HttpMessage) => {
    const { status, found } = await checkAnswer(furnished, message, confirm);
    if (status < 300) told.accepted += 1;
    if (found) told.found += 1;
  };
  for (const message of failedOnce) await check(message);
  let sent = 0;
  await run({
    ...campaign,
    check: async (input) => {
      sent += 1;
      if (sent % LOOK_EVERY === 0) {
        await furnished.furnish();
        await isAsBefore();
      }
      await check(await write(input));
    },
  });
  await isAsBefore();
  furnished.console.check();
  if (isLong) console.log(`fuzz ${campaign.border}: ${told.accepted} answered with success, ${told.found} of them read back`);
  // Of some hundred inputs, each run others, it may be that none was a write that could be read.
  if (isLong && confirm !== undefined && told.found === 0)
    throw new Error(`${campaign.border}: of ${sent} inputs nothing could be read back, so nothing was tried`);
  const growth_mb = heldMemory_mb() - before_mb;
  if (isLong && growth_mb > MAX_GROWTH_MB)
    throw new Error(`${campaign.border}: the process holds ${Math.round(growth_mb)} MB more than before`);
}

async function checkAnswer(
  { client, console }: FurnishedCloud,
  message: HttpMessage,
  confirm: FuzzedMessages<unknown>['confirm'],
): Promise<{ status: number; found: boolean }> {
  const answer = await client.send(message);
  try {
    console.check();
    const problem = problemOf(answer, partsOf(message));
    if (problem !== undefined) throw new Error(problem);
    return { status: answer.status, found: (await confirm?.(message, answer)) ?? false };
  } catch (error) {
    throw new Error(
      `${error instanceof Error ? error.message : String(error)}
for failedOnce: ${JSON.stringify(message)}`,
      { cause: error },
    );
  }
}

/** What was sent, in every form in which it may come back. */
export function partsOf({ path, headers, body }: HttpMessage): string[] {
  const text = Buffer.from(body, 'latin1').toString('utf8');
  return [path, decoded(path), text, decoded(text.replaceAll('+', ' ')), ...Object.values(headers)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

// A new context has what the flags of the moment say, also where the process was started without them; those of other tests shall not have it.
setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');
setFlagsFromString('--no-expose-gc');

function heldMemory_mb(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed / 2 ** 20;
}
