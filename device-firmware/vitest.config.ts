import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'device-firmware',
    include: ['test/**/*.test.ts', 'wasm/**/*.test.ts', 'delivery/**/*.test.ts', 'cdk/**/*.test.ts'],
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
