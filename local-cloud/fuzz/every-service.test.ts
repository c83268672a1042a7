import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cloud } from '../src/kernel/cloud.ts';
import type { HttpRequest, Service } from '../src/kernel/service.ts';
import { jsonBorders, ownBorders, queryBorders, sdkBorders } from './aws-borders.ts';
import { type FurnishedCloud, startFurnishedCloud } from './furnished-cloud.ts';
import { discoveries, fetches, pushes } from './git-messages.ts';
import type { HttpMessage } from './http-message.ts';
import { localPageMessages } from './local-page-messages.ts';
import { npmMessages } from './npm-messages.ts';
import { openPathMessages } from './open-path-messages.ts';

/** Enough of each campaign that what it asks at all is among them. */
const SAMPLED = 1500;

/** What `service` speaks that no campaign sends it; undefined when there is none. */
function leftOut({ name, protocol, operations }: Service): string | undefined {
  if (Object.keys(operations).length === 0) return undefined;
  const hasJson = jsonBorders.some(([service]) => service === name);
  const hasQuery = queryBorders.some(([service]) => service === name);
  switch (protocol.kind) {
    case 'json': {
      const { target, version } = protocol;
      const isThere = jsonBorders.some(([service, ...how]) => service === name && how[0] === target && how[1] === version);
      return isThere ? undefined : `${name} by JSON ${version} with the target ${target}`;
    }
    case 'query':
      return hasQuery ? undefined : `${name} by the Query protocol`;
    case 'rest': {
      const own = ownBorders[name];
      const isThere = own === undefined ? sdkBorders.some((service) => service === name) : existsSync(join(import.meta.dirname, own));
      return isThere || (own === undefined && (hasJson || hasQuery)) ? undefined : `${name} by its own requests`;
    }
  }
}

function requestOf({ method, path, headers, body }: HttpMessage): HttpRequest {
  const [bare = '', rawQuery = ''] = path.split('?', 2);
  const query = new URLSearchParams(rawQuery);
  return { method, path: bare, query, rawQuery, headers, body: Buffer.from(body, 'latin1'), sourceIp: '127.0.0.1' };
}

/** Paths beside the protocols, such as git's, to which no message goes; by service. */
function doorsLeftOut(services: readonly Service[], messages: readonly HttpMessage[]): string[] {
  const requests = messages.map(requestOf);
  return services.flatMap(({ name, openPaths = [], streamPaths = [] }) => [
    ...openPaths.flatMap((door, at) => (requests.some((request) => door.matches(request)) ? [] : [`${name}, open path ${at}`])),
    ...streamPaths.flatMap((door, at) => (requests.some(({ path }) => door.matches(path)) ? [] : [`${name}, stream path ${at}`])),
  ]);
}

describe('every registered service', () => {
  let furnished: FurnishedCloud;
  let cloud: Cloud;
  beforeAll(async () => {
    furnished = await startFurnishedCloud();
    cloud = furnished.cloud;
  });
  afterAll(() => furnished.stop());

  it('is sent generated inputs by each protocol that it speaks', () => {
    expect(cloud.services.map(leftOut).filter((one) => one !== undefined)).toEqual([]);
  });

  it('is sent generated inputs at each door beside its protocol', () => {
    const { furniture } = furnished;
    const campaigns = [discoveries, fetches, pushes, npmMessages(furniture.npmToken), openPathMessages(furniture), localPageMessages];
    const messages = campaigns.flatMap((campaign) => fc.sample(campaign, { numRuns: SAMPLED, seed: 1 }));
    expect(doorsLeftOut(cloud.services, messages)).toEqual([]);
  });

  it('that is new is missed until it has a campaign', () => {
    const operations = { Do: {} as never };
    const reply = () => ({ status: 200 });
    const openPaths = [{ matches: ({ path }: HttpRequest) => path.startsWith('/_new/'), handle: () => Promise.resolve(reply()) }];
    const json: Service = { name: 'new', protocol: { kind: 'json', version: '1.1', target: 'New' }, operations, openPaths };
    const rest: Service = { ...json, protocol: { kind: 'rest', bind: () => undefined, reply, fail: reply } };
    const query: Service = { ...json, protocol: { kind: 'query', namespace: 'new' } };
    expect([json, rest, query].map(leftOut)).toEqual([
      'new by JSON 1.1 with the target New',
      'new by its own requests',
      'new by the Query protocol',
    ]);
    expect(doorsLeftOut([json], fc.sample(localPageMessages, 100))).toEqual(['new, open path 0']);
  });
});
