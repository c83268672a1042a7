import { defineConfig } from 'vitest/config';

/** Synthesizes the repo's pipeline with all its assets. Left out only where the workspace's short run says so: a pipeline's build has it. */
const synthesized = process.env['ENSTRATUS_SHORT'] === undefined ? [] : ['bin/pipeline.test.ts'];

export default defineConfig({
  test: {
    name: 'dashboard-repo',
    include: ['bin/**/*.test.ts', 'src/**/*.test.ts', 'cdk/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: [...synthesized, '**/node_modules/**', '**/*.chromium.test.ts'],
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
