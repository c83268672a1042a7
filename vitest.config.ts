import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      'infra-repo/packages/contract',
      'infra-repo/packages/platform',
      'infra-repo',
      'appsync-lambda-repo',
      'ingest-repo',
      'dashboard-repo',
      'dashboard-repo/vitest.chromium.config.ts',
      'device-firmware',
      'local-cloud',
      'docs',
      'local-cloud/vitest.system.config.ts',
      'local-cloud/vitest.alone.config.ts',
      'docs/journeys',
      'scripts/workspace',
    ],
  },
});
