import { defineConfig } from 'vitest/config';

/** Each journey is a page here and a test that walks it in Chromium, on the whole system. */
export default defineConfig({
  test: {
    name: 'journeys',
    include: ['*.test.ts'],
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
