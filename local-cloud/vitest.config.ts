import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'local-cloud',
    include: ['src/**/*.test.ts', 'bill/*.test.ts', 'fuzz/*.test.ts', 'conformance/**/*.test.ts'],
    isolate: false,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
