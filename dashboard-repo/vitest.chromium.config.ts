import { defineConfig } from 'vitest/config';

/** What is looked at where time is no matter. The journeys, which always run, sign in, change a forgotten password and sign out as well. */
const inLongRuns = ['src/app/sign-in/*.chromium.test.ts', 'src/app/testing/pages.chromium.test.ts'];

/** The built dashboard in a browser. */
export default defineConfig({
  test: {
    name: 'dashboard-chromium',
    include: ['src/app/**/*.chromium.test.ts'],
    exclude: process.env['ENSTRATUS_LONG'] === undefined ? inLongRuns : [],
    globalSetup: 'src/app/testing/built-site.ts',
    maxWorkers: 2,
    // A page has more to do than a second allows where the machine is busy.
    expect: { poll: { timeout: 15_000 } },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
