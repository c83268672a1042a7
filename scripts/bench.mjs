// Runs a benchmark by its name: npm run bench page. Each prints what it measured and how.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build, environment, fail, prepare, root, run } from './prepare.mjs';

const folder = join(root, 'local-cloud', 'bench');
const [name = '', ...rest] = process.argv.slice(2);

/** The benchmarks by their names, and the file of each. */
const files = { page: 'page.ts', fleet: 'device-cost.ts', ingest: 'ingest.ts' };
const benches = Object.keys(files).filter((bench) => existsSync(join(folder, files[bench])));
if (!benches.includes(name)) fail(`npm run bench ${benches.join(' | ')}`);
const node = await prepare();
await build(node);
process.exitCode = await run(node, [join(folder, files[name]), ...rest], { env: environment() });
