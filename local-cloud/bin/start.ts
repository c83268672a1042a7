import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { consoleProgress, StartError } from '../src/start/progress.ts';

const started = performance.now();
const root = resolve(import.meta.dirname, '..', '..');

const USAGE =
  'npm start -- [--port 4566] [--directory .local] [--account 111122223333] [--region us-east-2] [--devices 50] [--no-history]\n         [--pipelines | --pipeline ingest-repo] [--sampled documents.ndjson]';

function readOptions() {
  try {
    return parseArgs({
      options: {
        port: { type: 'string' },
        directory: { type: 'string', default: join(root, '.local') },
        account: { type: 'string' },
        region: { type: 'string', default: 'us-east-2' },
        devices: { type: 'string', default: '50' },
        'no-history': { type: 'boolean', default: false },
        pipelines: { type: 'boolean', default: false },
        pipeline: { type: 'string', multiple: true },
        sampled: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    console.error(`✖ ${error instanceof Error ? error.message : error}\n  ${USAGE}`);
    process.exit(1);
  }
}

const values = readOptions();
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}

/** SQLite's SQLITE_FULL ("Result and Error Codes"). */
const SQLITE_FULL = 13;

/** What the user can do something about, as one sentence; anything else as it is. */
function explain(error: unknown): void {
  const { code, errcode } = error as NodeJS.ErrnoException & { errcode?: number };
  if (error instanceof StartError) console.error(`\n✖ ${error.message}`);
  else if (code === 'ENOSPC' || errcode === SQLITE_FULL)
    console.error(`\n✖ The disk is full: free some space for ${values.directory} and start again.`);
  else if (code === 'EACCES')
    console.error(
      `\n✖ No right to write where the local cloud keeps its state: ${(error as NodeJS.ErrnoException).path ?? values.directory}.`,
    );
  // The endpoint's own port is a StartError: this is a distribution's, and says which.
  else if (code === 'EADDRINUSE') console.error(`\n✖ ${(error as Error).message}`);
  else console.error('\n✖ The local cloud failed inside:', error);
}

// What fails in the background, such as a deployment on a full disk, must not go on half done.
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error) => {
    explain(error);
    process.exit(1);
  });
}

try {
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && (!/^\d{1,5}$/.test(values.port ?? '') || port > 65_535))
    throw new StartError(`--port must be a number from 0 to 65535, not "${values.port}".`);
  if (values.account !== undefined && !/^\d{12}$/.test(values.account))
    throw new StartError(`--account must be 12 digits, not "${values.account}".`);
  const hasPipelines = values.pipelines || values.pipeline !== undefined;
  if (hasPipelines && values.account !== undefined)
    throw new StartError("With pipelines the accounts are the organization's: leave --account away.");
  if (!/^\d{1,5}$/.test(values.devices) || Number(values.devices) > 50_000)
    throw new StartError(`--devices must be a number from 0 to 50000, not "${values.devices}".`);
  const progress = consoleProgress();
  // The services need the shared packages compiled, so they are loaded only after that.
  const { buildFirmwareCore, buildSharedPackages } = await import('../src/start/build-packages.ts');
  const packagesHash = await buildSharedPackages(root, progress);
  const firmwareBuilt = buildFirmwareCore(root, progress);
  // Heard where it is waited for.
  firmwareBuilt.catch(() => {});
  const { startLocalCloud } = await import('../src/start/start-local-cloud.ts');
  const { planFleet } = await import('../src/start/fleet-plan.ts');
  const fleet = planFleet({ devices: Number(values.devices), history: !values['no-history'] });
  const { deliveryOrganization, fieldAccount } = await import('../src/start/pipelines/delivery-organization.ts');
  const { endpoints, lost, stop } = await startLocalCloud({
    root,
    directory: resolve(values.directory),
    port,
    account: values.account ?? (hasPipelines ? fieldAccount() : '111122223333'),
    region: hasPipelines ? deliveryOrganization().region : values.region,
    pipelines: hasPipelines ? { only: values.pipeline } : undefined,
    progress,
    packagesHash,
    firmwareBuilt,
    fleet,
    ...(values.sampled === undefined ? {} : { sampled: resolve(values.sampled) }),
  });
  const { describeReady } = await import('../src/start/describe-ready.ts');
  const usual = resolve(values.directory) === join(root, '.local');
  const seconds = (performance.now() - started) / 1000;
  console.log(describeReady(endpoints, { seconds, fleet, ...(usual ? {} : { directory: resolve(values.directory) }) }));

  let stopping = false;
  const end = () => {
    if (stopping) return;
    stopping = true;
    console.log('\n  Stopping; what was there is there at the next start …');
    stop().then(
      () => console.log('✔ Stopped'),
      (error) => {
        explain(error);
        process.exitCode = 1;
      },
    );
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
  // A cloud whose devices have silently vanished would be a lie (ADR 0007).
  void lost.then((lastWords) => {
    if (stopping) return;
    console.error(
      `\n✖ The field has ended, and with it Particle and every device, so all of this ends.${lastWords === '' ? '' : `\n${lastWords}`}`,
    );
    process.exitCode = 1;
    end();
  });
} catch (error) {
  explain(error);
  process.exit(1);
}
