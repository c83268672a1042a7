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

/** One check that either holds or doesn't. */
async function check(title, command, args, env) {
  const code = await step(title, () => run(command, args, { env }));
  if (code === 0) passed += 1;
  else {
    failed += 1;
    console.log(`✖ ${title}: failed`);
  }
}

/** Runs vitest projects and counts their tests; a run that ends badly without a failed test counts as one failure. */
async function tests(title, node, projects, env, { workers } = {}) {
  const file = join(results, `${title.replaceAll(/\W+/g, '-')}.json`);
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const args = [
    vitest,
    'run',
    ...projects.flatMap((name) => ['--project', name]),
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
    // vitest leaves a core free for itself, which is half of a small machine.
    ...(workers === undefined ? [] : [`--maxWorkers=${workers}`]),
  ];
  const code = await step(title, () => run(node, args, { env }));
  if (!existsSync(file)) {
    failed += 1;
    return;
  }
  const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(readFileSync(file, 'utf8'));
  passed += numPassedTests;
  // vitest says nothing about a project that it does not know as long as it knows another one.
  for (const name of projects) {
    const folder = join(root, folders[name] ?? name, '/');
    if (testResults.some((result) => result.name.startsWith(folder))) continue;
    failed += 1;
    console.log(`✖ The project ${name} ran no test`);
  }
  failed += numFailedTests;
  skipped += numPendingTests;
  if (code !== 0 && numFailedTests === 0) failed += 1;
}

/** Where the tests of a project are that isn't named like its folder. */
const folders = {
  contract: 'infra-repo/packages/contract',
  platform: 'infra-repo/packages/platform',
  system: 'local-cloud/test',
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
    'docs',
    'device-firmware/test',
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
await tests('Journeys in Chromium', node, ['journeys'], env);

console.log(`\n${((performance.now() - started) / 1000).toFixed(0)} s`);
if (skipped > 0) console.log("Skipped: what drives Debian's awscli, which is not at /usr/bin/aws here (apt-get install awscli).");
// Where everything was installed that is needed, nothing may be skipped.
if (process.env.ENSTRATUS_SKIP_NOTHING !== undefined && skipped > 0) failed += skipped;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed === 0 ? 0 : 1;
