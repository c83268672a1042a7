import { defineConfig } from 'vitest/config';

/** The built dashboard in a browser. */
export default defineConfig({
  test: {
    name: 'dashboard-chromium',
    include: ['src/app/**/*.chromium.test.ts'],
    globalSetup: 'src/app/testing/built-site.ts',
    maxWorkers: 2,
    // A page has more to do than a second allows where the machine is busy.
    expect: { poll: { timeout: 15_000 } },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
