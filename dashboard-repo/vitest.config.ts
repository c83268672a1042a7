import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'dashboard-repo',
    include: ['src/**/*.test.ts', 'cdk/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/*.chromium.test.ts'],
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
