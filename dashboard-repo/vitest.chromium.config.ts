import { defineConfig } from 'vitest/config';

/** The built dashboard in a browser. */
export default defineConfig({
  test: {
    name: 'dashboard-chromium',
    include: ['src/app/**/*.chromium.test.ts'],
    globalSetup: 'src/app/testing/built-site.ts',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
