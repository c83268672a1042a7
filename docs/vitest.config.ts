import { defineConfig } from 'vitest/config';

/** Synthesizes the repo's pipeline with all its assets. Left out only where the workspace's short run says so: a pipeline's build has it. */
const synthesized = process.env['ENSTRATUS_SHORT'] === undefined ? [] : ['bin/pipeline.test.ts'];

export default defineConfig({
  test: {
    name: 'docs',
    include: ['bin/**/*.test.ts', 'site/**/*.test.ts', 'cdk/**/*.test.ts', 'pages/**/*.test.ts'],
    exclude: ['**/node_modules/**', ...synthesized],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
