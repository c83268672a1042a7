// Runs every check and ends with one line: N passed, N failed.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { environment, prepare, root, run, step } from './prepare.mjs';

const long = process.argv.includes('--long');
const results = join(root, '.local', 'test-results');
const started = performance.now();
let passed = 0;
let failed = 0;
let skipped = 0;
/** What failed, and what failed at first only, said once more at the end, where whoever reads the output looks first. */
const failures = [];
const disturbed = [];

/** One check that either holds or doesn't. */
async function check(title, command, args, env) {
  const code = await step(title, () => run(command, args, { env }));
  if (code === 0) passed += 1;
  else {
    failed += 1;
    failures.push(title);
    console.log(`✖ ${title}: failed`);
  }
}

/**
 * Runs vitest projects and counts their tests; a run that ends badly without a failed test counts as one failure. Files with failures run once more, alone: what passes then was
 * disturbed by the load of the others, counts as passed, and is named at the end all the same.
 */
async function tests(title, node, projects, env, { workers } = {}) {
  const first = await vitest(title, node, projects, env, { workers });
  if (first.files === undefined) {
    failed += 1;
    failures.push(`${title}: ended without a result`);
    return;
  }
  const files = new Map(first.files.map((file) => [file.name, file]));
  const red = first.files.filter(isRed);
  if (red.length > 0 && red.length <= 8) {
    const again = await vitest(`${title}, once more alone`, node, projects, env, { workers: 1, only: red.map(({ name }) => name) });
    for (const file of again.files ?? []) {
      files.set(file.name, file);
      if (!isRed(file)) disturbed.push(...whatFailed(red.find(({ name }) => name === file.name)));
    }
  }
  const all = [...files.values()];
  const assertions = all.flatMap(({ assertionResults }) => assertionResults);
  const count = (...statuses) => assertions.filter(({ status }) => statuses.includes(status)).length;
  passed += count('passed');
  skipped += count('pending', 'skipped', 'todo', 'disabled');
  const badly = all.filter(isRed).flatMap(whatFailed);
  // vitest says nothing about a project that it does not know as long as it knows another one.
  for (const name of projects) {
    const folder = join(root, folders[name] ?? name, '/');
    if (!all.some((file) => file.name.startsWith(folder))) badly.push(`The project ${name} ran no test`);
  }
  if (first.code !== 0 && red.length === 0 && badly.length === 0) badly.push(`${title}: ended with code ${first.code}`);
  failed += badly.length;
  failures.push(...badly);
}

/** One run of vitest: its exit code, and its files' results as its JSON reporter writes them, undefined where it wrote none. */
async function vitest(title, node, projects, env, { workers, only = [] }) {
  const file = join(results, `${title.replaceAll(/\W+/g, '-')}.json`);
  const args = [
    join(root, 'node_modules', 'vitest', 'vitest.mjs'),
    'run',
    ...only,
    ...projects.flatMap((name) => ['--project', name]),
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
    // vitest leaves a core free for itself, which is half of a small machine.
    ...(workers === undefined ? [] : [`--maxWorkers=${workers}`]),
  ];
  const code = await step(title, () => run(node, args, { env }));
  return { code, files: existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).testResults : undefined };
}

const isRed = ({ status }) => status === 'failed';

/** A line for each failed test of a file, or one for a file that failed as a whole. */
function whatFailed({ name, message, assertionResults }) {
  const file = name.startsWith(root) ? name.slice(root.length + 1) : name;
  const lines = assertionResults
    .filter(({ status }) => status === 'failed')
    .map(({ fullName, failureMessages }) => `${file} > ${fullName}: ${firstLines(failureMessages[0])}`);
  return lines.length > 0 ? lines : [`${file}: ${firstLines(message)}`];
}

const firstLines = (text = '') => text.split('\n').slice(0, 3).join(' | ').slice(0, 400);

/** Where the tests of a project are that isn't named like its folder. */
const folders = {
  contract: 'infra-repo/packages/contract',
  platform: 'infra-repo/packages/platform',
  system: 'local-cloud/test',
  alone: 'local-cloud/test/alone',
  journeys: 'docs/journeys',
  workspace: 'scripts/workspace',
  'dashboard-chromium': 'dashboard-repo/src/app',
};

const node = await prepare();
const env = { ...environment(), ...(long ? { ENSTRATUS_LONG: '1' } : { ENSTRATUS_SHORT: '1' }) };
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

const compiled = ['infra-repo/packages/contract', 'infra-repo/packages/platform', 'device-firmware'];
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
await check('Shared packages and the firmware’s host compile', node, [tsc, '-b', ...compiled], env);
await check('The firmware’s core compiles to WebAssembly', node, ['device-firmware/wasm/build.ts'], env);
await Promise.all([
  check('Format and lint', join(root, 'node_modules', '.bin', 'biome'), ['check', '--error-on-warnings', '.'], env),
  ...[
    'infra-repo',
    'appsync-lambda-repo',
    'ingest-repo',
    'dashboard-repo',
    'dashboard-repo/src/app',
    'local-cloud',
    'local-cloud/src/console/app',
    'docs',
    'device-firmware/test',
    'device-firmware/delivery',
    'scripts/workspace',
  ].map((repo) => check(`Types of ${repo}`, node, [tsc, '-p', repo, '--noEmit'], env)),
]);
await tests(
  'Units and templates',
  node,
  [
    'contract',
    'platform',
    'infra-repo',
    'appsync-lambda-repo',
    'ingest-repo',
    'dashboard-repo',
    'device-firmware',
    'local-cloud',
    'docs',
    'workspace',
  ],
  env,
  { workers: Math.max(1, availableParallelism()) },
);
await tests('The dashboard in Chromium', node, ['dashboard-chromium'], env);
await tests(long ? 'The whole system, long' : 'The whole system', node, ['system'], env);
if (long) await tests('All pipelines at once', node, ['alone'], env);
await tests('Journeys in Chromium', node, ['journeys'], env);

for (const line of disturbed) console.log(`Failed beside the others, passed alone: ${line}`);
for (const line of failures) console.log(`✖ ${line}`);
console.log(`\n${((performance.now() - started) / 1000).toFixed(0)} s`);
if (skipped > 0) console.log("Skipped: what drives Debian's awscli, which is not at /usr/bin/aws here (apt-get install awscli).");
// Where everything was installed that is needed, nothing may be skipped.
if (process.env.ENSTRATUS_SKIP_NOTHING !== undefined && skipped > 0) failed += skipped;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed === 0 ? 0 : 1;
