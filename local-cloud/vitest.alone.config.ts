import { defineConfig } from 'vitest/config';

/** Tests of the long tier that take the whole machine, one after the other: beside others, what they build would fail by its time limits. */
export default defineConfig({
  test: {
    name: 'alone',
    include: process.env['ENSTRATUS_LONG'] === undefined ? [] : ['test/alone/*.test.ts'],
    passWithNoTests: true,
    maxWorkers: 1,
  },
});
