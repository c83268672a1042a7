import { environment, prepare, run } from './prepare.mjs';

// Ctrl-C reaches every process of the terminal: the local cloud stops itself, and this one waits for it.
process.on('SIGINT', () => {});
const node = await prepare();
process.exitCode = await run(node, ['local-cloud/bin/start.ts', ...process.argv.slice(2)], { env: environment() });
