import { environment, prepare, run } from './prepare.mjs';

process.exitCode = await run(await prepare(), ['local-cloud/bin/reset.ts'], { env: environment() });
