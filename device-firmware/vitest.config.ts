import { defineConfig } from 'vitest/config';

/** Synthesizes the repo's pipeline. Left out only where the workspace's short run says so: a pipeline's build has it. */
const synthesized = process.env['ENSTRATUS_SHORT'] === undefined ? [] : ['cdk/firmware-pipeline.test.ts'];

export default defineConfig({
  test: {
    name: 'device-firmware',
    include: ['test/**/*.test.ts', 'wasm/**/*.test.ts', 'delivery/**/*.test.ts', 'cdk/**/*.test.ts'],
    exclude: ['**/node_modules/**', ...synthesized],
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
