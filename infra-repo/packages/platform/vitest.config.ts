import { defineConfig } from 'vitest/config';

/** What runs npm on whole packages. Left out only where the workspace's short run says so: a pipeline's build has it. */
const notInShortRuns = ['src/pipeline/programs/publish-packages.test.ts'];

export default defineConfig({
  test: {
    name: 'platform',
    include: ['src/**/*.test.ts'],
    exclude: process.env['ENSTRATUS_SHORT'] === undefined ? [] : notInShortRuns,
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
