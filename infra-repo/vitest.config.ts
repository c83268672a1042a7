import { defineConfig } from 'vitest/config';

/** What runs npm and the compiler on whole packages. Left out only where the workspace's short run says so: a pipeline's build has them all. */
const notInShortRuns = ['publishing/{published-check,compare-packages,pack-package}.test.ts'];

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'cdk/**/*.test.ts', 'environment/**/*.test.ts', 'publishing/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: process.env['ENSTRATUS_SHORT'] === undefined ? [] : notInShortRuns,
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
