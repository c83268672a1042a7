import { environment, prepare, run } from './prepare.mjs';

process.exitCode = await run(await prepare(), ['local-cloud/bin/reset.ts', ...process.argv.slice(2)], { env: environment() });
