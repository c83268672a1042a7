import { defineConfig } from 'vitest/config';

/** Tests of the whole system: the synthesized templates, deployed by the CDK CLI to a local cloud of their own. */
export default defineConfig({
  test: {
    name: 'system',
    include: [process.env['ENSTRATUS_LONG'] === undefined ? 'test/system/*.test.ts' : 'test/{system,long}/*.test.ts'],
    globalSetup: 'test/deployed-system.ts',
    // Most of them wait for the system most of the time.
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
