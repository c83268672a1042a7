import { chmodSync, mkdirSync } from 'node:fs';
import type { Server } from 'node:http';
import { join, relative } from 'node:path';
import { registerServices } from '../all-services.ts';
import { Cloud } from '../kernel/cloud.ts';
import { administratorOf } from '../kernel/principal.ts';
import { listen } from '../kernel/server.ts';
import type { Caller } from '../kernel/service.ts';
import { State } from '../kernel/state.ts';
import { collectEndpoints } from './collect-endpoints.ts';
import { type Deployment, deployAll, synthesize } from './deploy.ts';
import { type Endpoints, endpointsFile, removeEndpoints, writeEndpoints } from './endpoints-file.ts';
import type { FleetPlan } from './fleet-plan.ts';
import { writeParticleParameters } from './particle-parameters.ts';
import { bringUpPipelines, type RunningPipelines } from './pipelines/bring-up-pipelines.ts';
import { deliveryOrganization } from './pipelines/delivery-organization.ts';
import { assignDeviceGroups, spreadOverGroups } from './pipelines/device-groups.ts';
import { type Progress, StartError } from './progress.ts';
import { listenOnOwnPort } from './remembered-port.ts';
import { holdDirectory } from './run-lock.ts';
import { RunningFleet } from './running-fleet.ts';
import { Stamps } from './stamps.ts';
import { holdStateKind } from './state-kind.ts';

export interface StartOptions {
  /** The workspace's folder. */
  readonly root: string;
  /** Where state, caches and endpoints.json are kept. */
  readonly directory: string;
  /** The state's own port, or at its first start: 0 takes a free one, undefined 4566. Another one than its own is refused. */
  readonly port: number | undefined;
  readonly account: string;
  readonly region: string;
  readonly progress: Progress;
  /** What buildSharedPackages returned. */
  readonly packagesHash: string;
  /** Resolves when the firmware's core is built: the field needs it. */
  readonly firmwareBuilt: Promise<void>;
  readonly fleet: FleetPlan;
  /** A file to which the devices tell every document that they sample. */
  readonly sampled?: string;
  /** With the accounts and pipelines of the organization; `account` is then that of its last stage. Names of the repos whose pipelines are wanted, undefined for all. */
  readonly pipelines?: { readonly only: readonly string[] | undefined } | undefined;
}

export interface RunningCloud {
  readonly cloud: Cloud;
  readonly endpoints: Endpoints;
  /** Resolves to why it can't go on, when the field has ended though nobody stopped it. */
  readonly lost: Promise<string>;
  /** Lets requests in flight end, stops the services, closes the databases and removes endpoints.json. */
  stop(): Promise<void>;
}

/** Starts the local cloud, brings it to the state of the sources and registers the demo devices. Throws StartError. */
export async function startLocalCloud(options: StartOptions): Promise<RunningCloud> {
  const { directory, progress, root, account, region } = options;
  mkdirSync(join(directory, 'state'), { recursive: true, mode: 0o700 });
  // What the services keep, secrets among it, is nobody else's on this machine.
  chmodSync(join(directory, 'state'), 0o700);
  const letGo = await holdDirectory(directory);
  try {
    holdStateKind(directory, options.pipelines === undefined ? 'one account' : 'pipelines', howToForget(options));
  } catch (error) {
    await letGo();
    throw error;
  }
  let server: Server | undefined;
  let fleet: RunningFleet | undefined;
  const cloud = new Cloud({ state: new State(join(directory, 'state')), region });
  const stop = async () => {
    removeEndpoints(directory);
    await fleet?.stop();
    await close(server);
    await cloud.stop();
    await letGo();
  };
  try {
    removeEndpoints(directory);
    await progress.step('Starting the local cloud', async (tell) => {
      registerServices(cloud);
      ({ server } = await listenOnOwnPort({ directory, asked: options.port, howToForget: howToForget(options) }, (port) =>
        listen(cloud, port),
      ));
      await cloud.start();
      tell(`AWS endpoint ${cloud.endpoint}`);
    });
    const caller: Caller = { principal: administratorOf(account), account, region };
    await options.firmwareBuilt;
    fleet = await progress.step('Starting the field: Particle and the devices', async (tell) => {
      const { sampled } = options;
      const place = { cloud, caller, directory, ...(sampled === undefined ? {} : { sampled }), ...particlePort(options) };
      const started = await RunningFleet.start(options.fleet, place);
      tell(`Particle API ${started.field.particle.url}`);
      await started.beginHistory();
      return started;
    });
    const { field } = fleet;
    await writeParticleParameters(cloud, caller, field.particle);
    const endpoints = await Promise.race([bringUp(options, cloud, caller, fleet), field.lost.then(endWithField)]);
    writeEndpoints(directory, endpoints);
    progress.note(`  ${relative(root, endpointsFile(directory))} tells tools where everything is`);
    return { cloud, endpoints, lost: field.lost, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Deploys everything, registers whom the demo tree has, loads the devices' pasts and gives them power. */
async function bringUp(options: StartOptions, cloud: Cloud, caller: Caller, fleet: RunningFleet): Promise<Endpoints> {
  const { directory, progress, root, account, region } = options;
  const deployment: Deployment = {
    root,
    cloud,
    target: { endpoint: cloud.endpoint, account, region, home: join(directory, 'cdk-home') },
    deployed: new Stamps(join(directory, 'deployed.json')),
    progress,
  };
  const { firmwareToken, ...particle } = fleet.field.particle;
  let pipelines: RunningPipelines | undefined;
  if (options.pipelines === undefined) await deployAll(deployment, await synthesize(deployment, options.packagesHash));
  else {
    const { deployed } = deployment;
    pipelines = await bringUpPipelines({
      root,
      directory,
      cloud,
      deployed,
      progress,
      particle: { ...particle, firmwareToken },
      packagesHash: options.packagesHash,
      ...options.pipelines,
    });
  }
  const { registered: devices } = options.fleet;
  const endpoints = await progress.step(`Registering ${devices.length} demo devices, and people`, (tell) =>
    collectEndpoints({ cloud, caller, directory, devices, particle, registered: deployment.deployed, tell }),
  );
  if (pipelines !== undefined) {
    const ids = devices.map(({ particleId }) => particleId);
    await progress.step(`Putting ${ids.length} devices into the groups of the stages`, () =>
      assignDeviceGroups(particle, spreadOverGroups(ids, deliveryOrganization())),
    );
  }
  await fleet.loadHistory(endpoints.tableName, progress);
  await fleet.goLive();
  return { ...endpoints, pipelines: pipelines ?? null };
}

/** ADR 0007: without the field there is nothing to start. */
function endWithField(lastWords: string): never {
  throw new StartError(
    `The field (Particle and the devices) has ended in the middle of the start${lastWords === '' ? '.' : `:\n${lastWords}`}`,
  );
}

/** Whoever asks for any port wants no usual one. */
function particlePort(options: StartOptions): { port: number | undefined; howToForget: string } {
  return { port: options.port === undefined ? undefined : 0, howToForget: howToForget(options) };
}

/** `npm run reset` knows the usual directory alone. */
function howToForget({ root, directory }: StartOptions): string {
  return directory === join(root, '.local') ? 'forget it with `npm run reset`' : `delete ${directory}`;
}

/** Requests in flight get a moment to end; connections that only wait are closed. */
async function close(server: Server | undefined): Promise<void> {
  if (server === undefined) return;
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), 2000);
  await closed;
  clearTimeout(timer);
}
