import { parseArgs } from 'node:util';
import { runTool, ToolError } from '../src/tools/running-system.ts';
import { asJson, printBill } from './print-bill.ts';
import { takeSample } from './take-sample.ts';

/*
 * npm run bill: what a month on AWS costs. Runs a little of everything that a month is made of on a system of its own, reads from the local cloud's meter
 * what that took in AWS's billing units, and multiplies.
 */

const usage = 'npm run bill -- [--devices 5000] [--json]';

function readOptions(): { readonly devices: number; readonly json: boolean } {
  const { values } = parseArgs({ options: { devices: { type: 'string', default: '5000' }, json: { type: 'boolean', default: false } } });
  const devices = Number(values.devices);
  if (!Number.isInteger(devices) || devices < 1 || devices > 1_000_000)
    throw new ToolError(`--devices is a whole number from 1 to 1000000, not "${values.devices}": ${usage}`);
  return { devices, json: values.json };
}

await runTool(async () => {
  const { devices, json } = readOptions();
  // Figures alone on the standard output, so that --json can be piped.
  const started = performance.now();
  const sample = await takeSample((line) =>
    process.stderr.write(`${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s  ${line}\n`),
  );
  console.log(json ? JSON.stringify(asJson(devices, sample), null, 2) : printBill(devices, sample));
});
