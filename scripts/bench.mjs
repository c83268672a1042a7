// Runs a benchmark by its name: npm run bench page. Each prints what it measured and how.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { environment, fail, prepare, root, run } from './prepare.mjs';

const folder = join(root, 'local-cloud', 'bench');
const [name = '', ...rest] = process.argv.slice(2);

const benches = ['page'].filter((bench) => existsSync(join(folder, `${bench}.ts`)));
if (!benches.includes(name)) fail(`npm run bench ${benches.join(' | ')}`);
const node = await prepare();
process.exitCode = await run(node, [join(folder, `${name}.ts`), ...rest], { env: environment() });
