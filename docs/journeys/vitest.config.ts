import { defineConfig } from 'vitest/config';

/** What takes a minute and more: a push through the pipelines of a system of its own, and a controller that first has to sample a pack's worth of minutes. */
const inLongRuns = ['a-push-travels-to-production.test.ts', 'a-new-controller-appears-live.test.ts'];

/** Each journey is a page here and a test that walks it in Chromium, on the whole system. */
export default defineConfig({
  test: {
    name: 'journeys',
    include: ['*.test.ts'],
    exclude: process.env['ENSTRATUS_LONG'] === undefined ? inLongRuns : [],
    globalSetup: 'running-system.ts',
    // One browser at a time: a journey looks at how quickly the page follows.
    maxWorkers: 1,
    fileParallelism: false,
    // A page has more to do than a second allows where the machine is busy.
    expect: { poll: { timeout: 15_000 } },
    testTimeout: 240_000,
    hookTimeout: 180_000,
  },
});
