import { defineConfig } from 'vitest/config';

/** What holds between the repos: none of them can check it alone. */
export default defineConfig({ test: { name: 'workspace', include: ['*.test.ts'] } });
