import { defineConfig } from 'vitest/config';

/** What takes real programs (npm, git, the AWS CLI) or kills a local cloud and starts another, ten seconds and more each. */
const inLongRuns = [
  'src/fleet/over-the-air.test.ts',
  'src/services/codeartifact/npm-registry.test.ts',
  'src/services/codebuild/{restart,codecommit-source}.test.ts',
  'src/services/codebuild/aws-program/aws.test.ts',
  'src/services/codecommit/{kill,pull-requests}.test.ts',
  'src/services/codepipeline/{restart,missing-grants}.test.ts',
];

export default defineConfig({
  test: {
    name: 'local-cloud',
    include: ['src/**/*.test.ts', 'bill/*.test.ts', 'fuzz/*.test.ts', 'conformance/**/*.test.ts'],
    exclude: process.env['ENSTRATUS_LONG'] === undefined ? inLongRuns : [],
    isolate: false,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
