import { setTimeout } from 'node:timers/promises';

/** What was answered, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface Patience {
  /** For how long an answer that says "not yet" is asked for again, ms: 60,000 where nothing is said, a cold start behind a new name. */
  readonly patience_ms?: number;
  /** ms between two tries. */
  readonly pause_ms?: number;
  /** Which answers say "not yet": 5xx where nothing is said. */
  readonly isNotYet?: (answer: Answer) => boolean;
}

/** Asks until somebody answers, and answers the last answer. Throws when nobody ever did. */
export async function patientFetch(
  url: string,
  request: RequestInit = {},
  { patience_ms = 60_000, pause_ms = 2_000, isNotYet = ({ status }) => status >= 500 }: Patience = {},
): Promise<Answer> {
  const until = Date.now() + patience_ms;
  for (;;) {
    try {
      const response = await fetch(url, { redirect: 'manual', ...request, signal: AbortSignal.timeout(30_000) });
      const answer = { status: response.status, headers: response.headers, text: await response.text() };
      if (!isNotYet(answer) || Date.now() >= until) return answer;
      console.log(`${url} answers ${answer.status}: asking again`);
    } catch (error) {
      if (Date.now() >= until) throw new Error(`${url} can't be reached`, { cause: error });
      console.log(`${url} is not reached yet: ${error instanceof Error ? error.message : String(error)}`);
    }
    await setTimeout(pause_ms);
  }
}

/** Says what was found, or throws an Error that does: the smoke test's line of its log. */
export function expectThat(what: string, isSo: boolean, found: string): void {
  if (!isSo) throw new Error(`${what}: no. Found: ${found.slice(0, 1_000)}`);
  console.log(`${what}: yes`);
}
