import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'docs',
    include: ['site/**/*.test.ts', 'cdk/**/*.test.ts', 'pages/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
