import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cloud } from '../kernel/cloud.ts';
import { administratorOf, type Principal } from '../kernel/principal.ts';
import { listen } from '../kernel/server.ts';
import type { Caller, Service } from '../kernel/service.ts';
import { State } from '../kernel/state.ts';
import { createIam } from '../services/iam/iam-service.ts';

export const ACCOUNT = '111122223333';
export const REGION = 'us-east-2';

export interface TestCloud {
  readonly cloud: Cloud;
  readonly endpoint: string;
  /** Options for an AWS SDK client that acts as the account's administrator. */
  readonly client: {
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
    maxAttempts: number;
    forcePathStyle: boolean;
  };
  /** A caller for `cloud.call`, the account's administrator unless another principal is given. */
  caller(principal?: Principal): Caller;
  /** Stops and starts again on the same state, as after a restart of the process. */
  restart(): Promise<TestCloud>;
  stop(): Promise<void>;
}

/** Starts a local cloud in this process on a free port, its state in a temporary folder; IAM is always there. */
export async function startTestCloud(
  create: readonly ((cloud: Cloud) => Service)[],
  options: { clock?: () => number; directory?: string } = {},
): Promise<TestCloud> {
  const directory = options.directory ?? mkdtempSync(join(tmpdir(), 'local-cloud-'));
  const cloud = new Cloud({ state: new State(directory), ...(options.clock === undefined ? {} : { clock: options.clock }) });
  for (const make of [createIam, ...create]) cloud.register(make(cloud));
  const { server } = await listen(cloud, 0);
  await cloud.start();
  const shutDown = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await cloud.stop();
  };
  return {
    cloud,
    endpoint: cloud.endpoint,
    client: {
      endpoint: cloud.endpoint,
      region: REGION,
      credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'any' },
      maxAttempts: 1,
      forcePathStyle: true,
    },
    caller: (principal = administratorOf(ACCOUNT)) => ({ principal, account: ACCOUNT, region: REGION }),
    restart: async () => {
      await shutDown();
      return startTestCloud(create, { ...options, directory });
    },
    stop: async () => {
      await shutDown();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
