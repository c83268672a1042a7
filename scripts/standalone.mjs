// Copies each repo to an empty place, installs it there by its own lock file with the shared packages from a registry on localhost, builds, checks, tests and synthesizes it: nothing reaches over.
//   npm run standalone                 all repos
//   npm run standalone -- ingest-repo  this one, and of others only what it installs
import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fail, prepare, root, step } from './prepare.mjs';
import { copyToEmptyPlace, environmentWithout, writeUserSettings } from './standalone/empty-place.mjs';
import { npmIn } from './standalone/npm.mjs';
import { installRegistry, startRegistry } from './standalone/registry.mjs';
import { plan, scripts } from './standalone/repos.mjs';

const started = performance.now();
const keep = process.argv.includes('--keep');
let planned;
try {
  planned = plan(process.argv.slice(2).filter((arg) => arg !== '--keep'));
} catch (error) {
  fail(error.message);
}
const node = await prepare();
const environment = environmentWithout(root);
const installed = await step('Installing the registry (once)', () => installRegistry(root, npmIn(environment)));
const registry = await startRegistry(node, installed);
const settings = writeUserSettings(registry.url);
const npm = npmIn({ ...environment, npm_config_userconfig: settings });
const broken = [];

for (const { name, publishes, inFull } of planned) {
  const folder = copyToEmptyPlace(root, name);
  try {
    await step(`${name} installs`, () => npm(['ci', '--prefer-offline', '--loglevel=error'], folder));
    const { scripts: own = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    for (const { title, args } of scripts) {
      if (own[args[0]] === undefined || !(inFull || args[0] === 'build')) continue;
      await step(`${name} ${title}`, () => npm(['run', ...args], folder));
    }
    for (const path of publishes) await step(`${name} publishes ${path}`, () => npm(['publish', `./${path}`], folder));
    if (!keep) rmSync(dirname(folder), { recursive: true, force: true });
  } catch (error) {
    broken.push(name);
    console.log(`✖ ${name} can't stand alone (${folder}):\n${error.message}`);
  }
}
await registry.stop();
rmSync(dirname(settings), { recursive: true, force: true });
const alone = planned.filter(({ name, inFull }) => inFull && !broken.includes(name));
console.log(`\n${((performance.now() - started) / 1000).toFixed(0)} s`);
console.log(`${alone.length} stand alone${broken.length > 0 ? `, ${broken.join(', ')} can't` : ''}`);
process.exitCode = broken.length === 0 ? 0 : 1;
