import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

/*
 * Runs the suite, with DynamoDB Local beside the local cloud where its folder is given (`--library`), or on AWS (`--aws <prefix>`). What
 * follows is handed to vitest: `scripts/conformance.mjs` says what for.
 */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { library: { type: 'string' }, aws: { type: 'string' } },
});
const root = join(import.meta.dirname, '..', '..', '..');

/** How long DynamoDB Local may take to answer for the first time. */
const START_MS = 60_000;

let database: ChildProcess | undefined;
try {
  const environment: Record<string, string> = values.aws === undefined ? {} : { ENSTRATUS_CONFORMANCE_AWS: values.aws };
  if (values.library !== undefined) {
    const port = await freePort();
    database = startDatabase(values.library, port);
    const endpoint = `http://127.0.0.1:${port}`;
    await answers(endpoint, database);
    environment['ENSTRATUS_DYNAMODB_LOCAL'] = endpoint;
  }
  const vitest = spawn(
    process.execPath,
    [
      join(root, 'node_modules', 'vitest', 'vitest.mjs'),
      'run',
      '--project',
      'local-cloud',
      ...(positionals.length > 0 ? positionals : ['local-cloud/conformance/dynamodb']),
    ],
    { cwd: root, stdio: 'inherit', env: { ...process.env, ...environment } },
  );
  // The terminal's Ctrl-C reaches vitest as well; this process stays until it has ended, so that DynamoDB Local ends with it.
  process.on('SIGINT', () => {});
  const [code] = (await once(vitest, 'exit')) as [number | null];
  process.exitCode = code ?? 1;
} finally {
  database?.kill();
}

/** DynamoDB Local in memory. It knows no address to listen on but all of them: who starts this sees to it that none is reachable. */
function startDatabase(library: string, port: number): ChildProcess {
  const args = [
    '-Xmx1g',
    `-Djava.library.path=${join(library, 'DynamoDBLocal_lib')}`,
    '-jar',
    join(library, 'DynamoDBLocal.jar'),
    ...['-inMemory', '-disableTelemetry', '-port', String(port)],
  ];
  const child = spawn('java', args, { cwd: library, stdio: ['ignore', 'ignore', 'inherit'] });
  process.once('exit', () => child.kill());
  return child;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port');
  return address.port;
}

/** Waits for any answer at all. Throws when there is none in time, or the process has ended. */
async function answers(endpoint: string, child: ChildProcess): Promise<void> {
  const until = performance.now() + START_MS;
  while (performance.now() < until) {
    if (child.exitCode !== null) throw new Error(`DynamoDB Local ended with the exit code ${child.exitCode}`);
    const answered = await fetch(endpoint).then(
      () => true,
      () => false,
    );
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`DynamoDB Local did not answer within ${START_MS / 1000} s`);
}
