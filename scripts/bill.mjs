// What a month on AWS costs: npm run bill -- --devices 5000.
import { join } from 'node:path';
import { build, environment, fail, prepare, root, run } from './prepare.mjs';

const known = /^--(devices(=.*)?|json)$/;
const options = process.argv.slice(2);
const unknown = options.find((option, index) => !known.test(option) && options[index - 1] !== '--devices');
// A mistake is told before anything is installed.
if (unknown !== undefined) fail(`"${unknown}" is no option: npm run bill -- [--devices 5000] [--json]`);
const node = await prepare();
await build(node);
process.exitCode = await run(node, [join(root, 'local-cloud', 'bill', 'main.ts'), ...options], { env: environment() });
