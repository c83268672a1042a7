import type { Page } from 'playwright-core';

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/**
 * The longest that a page's main thread worked on one task while something was done, in milliseconds of processor time: what other
 * programs took from a busy machine meanwhile does not count. In the browser's words, a task over 50 ms is a long one.
 * @throws {Error} Where the browser does not tell processor times.
 */
export async function longestTask(page: Page, work: () => Promise<unknown>): Promise<number> {
  const browser = page.context().browser();
  if (browser === null) throw new Error('The page has no browser of its own');
  await browser.startTracing(page, { categories: ['toplevel', '__metadata'] });
  await work();
  // Two frames later everything that it set off has been drawn.
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  const main = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid}/${tid}`),
  );
  const tasks = traceEvents.filter(({ ph, pid, tid }) => ph === 'X' && main.has(`${pid}/${tid}`));
  const times = tasks.map(({ tdur }) => tdur).filter((time) => time !== undefined);
  if (times.length === 0) throw new Error('The trace has no processor times');
  return Math.max(...times) / 1000;
}
