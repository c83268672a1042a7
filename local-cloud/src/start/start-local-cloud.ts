import { mkdirSync } from 'node:fs';
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
import type { Progress } from './progress.ts';
import { listenOnOwnPort } from './remembered-port.ts';
import { holdDirectory } from './run-lock.ts';
import { Stamps } from './stamps.ts';

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
}

export interface RunningCloud {
  readonly cloud: Cloud;
  readonly endpoints: Endpoints;
  /** Lets requests in flight end, stops the services, closes the databases and removes endpoints.json. */
  stop(): Promise<void>;
}

/** Starts the local cloud, brings it to the state of the sources and registers the demo devices. Throws StartError. */
export async function startLocalCloud(options: StartOptions): Promise<RunningCloud> {
  const { directory, progress, root, account, region } = options;
  mkdirSync(directory, { recursive: true });
  const letGo = await holdDirectory(directory);
  let server: Server | undefined;
  const cloud = new Cloud({ state: new State(join(directory, 'state')) });
  const stop = async () => {
    removeEndpoints(directory);
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
    const deployment: Deployment = {
      root,
      cloud,
      target: { endpoint: cloud.endpoint, account, region, home: join(directory, 'cdk-home') },
      deployed: new Stamps(join(directory, 'deployed.json')),
      progress,
    };
    const repos = await synthesize(deployment, options.packagesHash);
    await deployAll(deployment, repos);
    const caller: Caller = { principal: administratorOf(account), account, region };
    const endpoints = await progress.step('Registering demo devices and people', () => collectEndpoints(cloud, caller, directory));
    writeEndpoints(directory, endpoints);
    progress.note(`  ${relative(root, endpointsFile(directory))} tells tools where everything is`);
    return { cloud, endpoints, stop };
  } catch (error) {
    await stop();
    throw error;
  }
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
