import { defineConfig } from 'vitest/config';

/** What runs npm, the compiler or the CDK on whole packages. Left out only where the workspace's short run says so: a pipeline's build has them all. */
const notInShortRuns = ['bin/pipeline.test.ts', 'publishing/{published-check,compare-packages,pack-package}.test.ts'];

export default defineConfig({
  test: {
    include: [
      'bin/**/*.test.ts',
      'src/**/*.test.ts',
      'cdk/**/*.test.ts',
      'environment/**/*.test.ts',
      'publishing/**/*.test.ts',
      'test/**/*.test.ts',
    ],
    exclude: process.env['ENSTRATUS_SHORT'] === undefined ? [] : notInShortRuns,
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
