import { chmodSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { personas } from '@enstratus/contract';
import { z } from 'zod';

const url = z.url();

/** `.local/endpoints.json`: the one place where tools find everything. What isn't built yet is null. */
export const endpoints = z.strictObject({
  aws: url,
  region: z.string(),
  account: z.string().regex(/^\d{12}$/),
  /** The developer's console. */
  console: url,
  dashboard: url.nullable(),
  docs: url.nullable(),
  graphql: url.nullable(),
  graphqlRealtime: url.nullable(),
  rest: url.nullable(),
  webhook: z.strictObject({ url, secretHeader: z.string(), secret: z.string().min(1) }),
  /** The Particle cloud's API, the product, and the token with which ingest-repo calls it. */
  particle: z.strictObject({ url, product: z.string(), accessToken: z.string().min(1) }),
  userPoolId: z.string(),
  userPoolClientId: z.string(),
  tableName: z.string(),
  logGroupPrefix: z.string(),
  /** One login for each persona. */
  users: z.array(
    z.strictObject({
      persona: z.enum(personas),
      email: z.email(),
      password: z.string(),
      name: z.string(),
      user_id: z.string(),
      path: z.string(),
    }),
  ),
  devices: z.array(z.strictObject({ deviceId: z.string(), particleId: z.string() })),
  /** Where the organization's repos are pushed to and who runs their pipelines; null without pipelines. */
  pipelines: z
    .strictObject({
      account: z.string().regex(/^\d{12}$/),
      region: z.string(),
      /** Account by stage. */
      stages: z.record(z.string(), z.string().regex(/^\d{12}$/)),
      /** Where each repo is cloned from, by its name. */
      repositories: z.record(z.string(), url),
    })
    .nullable(),
});

export type Endpoints = z.output<typeof endpoints>;

/** The file's place in a local cloud's directory. */
export function endpointsFile(directory: string): string {
  return join(directory, 'endpoints.json');
}

/** Writes the file in one move, readable by its owner alone: it holds secrets. */
export function writeEndpoints(directory: string, value: Endpoints): void {
  const file = endpointsFile(directory);
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, `${JSON.stringify(endpoints.parse(value), null, 2)}\n`, { mode: 0o600 });
  chmodSync(temporary, 0o600);
  renameSync(temporary, file);
}

/** Throws when the local cloud isn't ready (no file) or the file isn't what it should be. */
export function readEndpoints(directory: string): Endpoints {
  return endpoints.parse(JSON.parse(readFileSync(endpointsFile(directory), 'utf8')));
}

export function removeEndpoints(directory: string): void {
  rmSync(endpointsFile(directory), { force: true });
}
