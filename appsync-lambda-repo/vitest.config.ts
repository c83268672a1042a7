import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'appsync-lambda-repo',
    include: ['src/**/*.test.ts', 'cdk/**/*.test.ts', 'test/**/*.test.ts'],
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
