import { expect, it } from 'vitest';
import { ConfigError, loadRuntimeConfig, parseRuntimeConfig } from './runtime-config.ts';

const config = {
  region: 'us-east-2',
  user_pool_id: 'us-east-2_a1B2c3D4e',
  user_pool_client_id: '4abcdefghijklmnopqrstuvwxy',
  user_pool_issuer: 'https://cognito-idp.us-east-2.amazonaws.com/us-east-2_a1B2c3D4e',
  graphql_url: 'https://abc.appsync-api.us-east-2.amazonaws.com/graphql',
  graphql_realtime_url: 'wss://abc.appsync-realtime-api.us-east-2.amazonaws.com/graphql',
};
const local = {
  ...config,
  graphql_url: 'http://127.0.0.1:4500/_appsync/a/graphql',
  graphql_realtime_url: 'ws://127.0.0.1:4500/_appsync/a/graphql/realtime',
};

it('takes what AWS and what a laptop is configured with', () => {
  expect(parseRuntimeConfig(config)).toEqual(config);
  expect(parseRuntimeConfig(local)).toEqual(local);
});

it('names what is missing or wrong', () => {
  expect(() => parseRuntimeConfig({ ...config, region: undefined, graphql_url: 'ftp://x' })).toThrow(/region.*graphql_url/);
  expect(() => parseRuntimeConfig({ ...config, graphql_realtime_url: 'https://x' })).toThrow(
    /graphql_realtime_url: must be a ws or wss address/,
  );
  expect(() => parseRuntimeConfig(null)).toThrow(ConfigError);
});

it('says why it could not be read', async () => {
  const load = (fetched: () => Promise<Response>) => loadRuntimeConfig(fetched as typeof fetch);
  await expect(load(() => Promise.reject(new TypeError('no')))).rejects.toThrow('could not be reached');
  await expect(load(async () => new Response('', { status: 403 }))).rejects.toThrow('answered 403');
  await expect(load(async () => new Response('<html>'))).rejects.toThrow('is not JSON');
  expect(await load(async () => Response.json(config))).toEqual(config);
});
