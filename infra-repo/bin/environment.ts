import { dirname } from 'node:path';
import { createEnvironment } from '../environment/create/create-environment.ts';
import { estimateEnvironment } from '../environment/estimate/estimate-environment.ts';
import { type Options, parseOptions, usage } from '../environment/options.ts';
import { Refusal } from '../environment/refusal.ts';
import { removeEnvironment } from '../environment/remove/remove-environment.ts';
import { Steps } from '../environment/steps.ts';

// What is told on the way goes to standard error, so that standard output is the answer alone.
const steps = new Steps((line) => process.stderr.write(`${line}\n`));

try {
  await carryOut(readOptions());
} catch (error) {
  console.error(`\n✖ ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}

function readOptions(): Options {
  try {
    // npm runs this in the repo's folder: the other repos lie beside it.
    return parseOptions(process.argv.slice(2), dirname(process.cwd()));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal(`${error.message}\n\n${usage}`);
  }
}

async function carryOut(options: Options): Promise<void> {
  if (options.command === 'estimate') {
    const { text, ...estimate } = await estimateEnvironment(options, steps);
    console.log(options.json ? JSON.stringify(estimate, null, 2) : `\n${text}`);
  } else if (options.command === 'new') {
    const made = await createEnvironment(options, steps);
    const places = Object.entries(made).map(([name, value]) => `  ${name.padEnd(12)} ${value ?? 'none'}`);
    tell(options, made, `The environment stands.\n${places.join('\n')}`);
  } else {
    const removal = await removeEnvironment(options, steps);
    const isGone = removal.left.length === 0;
    const told = options['dry-run']
      ? `${removal.left.length} would be deleted.`
      : isGone
        ? 'Nothing is left.'
        : `${removal.left.length} are left.`;
    tell(options, removal, told);
    if (!isGone && !options['dry-run']) process.exitCode = 1;
  }
}

function tell({ json }: Options, result: object, text: string): void {
  const seconds = Math.round(steps.elapsed_s() * 10) / 10;
  console.log(json ? JSON.stringify({ ...result, steps: steps.done, duration_s: seconds }, null, 2) : `\n${steps.table()}\n\n${text}`);
}
