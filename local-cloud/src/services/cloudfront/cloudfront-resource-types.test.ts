import { createServer } from 'node:net';
import {
  CloudFrontClient,
  ListDistributionsCommand,
  ListFunctionsCommand,
  ListOriginAccessControlsCommand,
  ListResponseHeadersPoliciesCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-cloudfront';
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { afterEach, expect, it } from 'vitest';
import { ACCOUNT, startTestCloud } from '../../testing/test-cloud.ts';
import { behavior, edgeFunction, type Resources, SERVICES, siteResources, TestSite, viewerRequest } from './testing/test-site.ts';

let site: TestSite | undefined;

afterEach(async () => {
  await site?.stop();
  site = undefined;
});

const rewritesTo = (path: string) => `function handler(event) { event.request.uri = '${path}'; return event.request; }`;

function withFunction(path: string, more: Record<string, unknown> = {}): Resources {
  return {
    ...siteResources({ DefaultCacheBehavior: behavior(viewerRequest('Rewrite')), ...more }),
    Rewrite: edgeFunction('rewrite', rewritesTo(path)),
  };
}

it('a site is created, changed in place and deleted without a trace', async () => {
  site = await TestSite.start(withFunction('/one.txt'));
  const address = await site.output('DomainName');
  await site.put('one.txt', 'one');
  await site.put('two.txt', 'two');
  expect((await site.ask('/any')).text).toBe('one');

  const changed = withFunction('/two.txt', { Comment: 'changed' });
  const headers = changed['Headers']?.Properties['ResponseHeadersPolicyConfig'] as { Name: string; CustomHeadersConfig?: object };
  delete headers.CustomHeadersConfig;
  headers.Name = 'Renamed';
  Object.assign(changed['AccessControl']?.Properties['OriginAccessControlConfig'] ?? {}, { Description: 'changed' });
  expect(await site.deploy(changed)).toBe('UPDATE_COMPLETE');
  expect(await site.output('DomainName')).toBe(address);
  const answer = await site.ask('/any');
  expect(answer.text).toBe('two');
  expect(answer.headers).not.toHaveProperty('permissions-policy');

  const client = new CloudFrontClient(site.cloud.client);
  const Resource = `arn:aws:cloudfront::${ACCOUNT}:distribution/${await site.output('Id')}`;
  expect((await client.send(new ListTagsForResourceCommand({ Resource }))).Tags?.Items).toContainEqual({
    Key: 'aws:cloudformation:stack-name',
    Value: 'Site',
  });

  for (const Key of ['one.txt', 'two.txt']) await site.s3.send(new DeleteObjectCommand({ Bucket: await site.output('Bucket'), Key }));
  await site.delete();
  await expect(fetch(`http://${address}/`)).rejects.toThrow();
  expect((await client.send(new ListDistributionsCommand({}))).DistributionList?.Quantity).toBe(0);
  expect((await client.send(new ListOriginAccessControlsCommand({}))).OriginAccessControlList?.Quantity).toBe(0);
  expect((await client.send(new ListResponseHeadersPoliciesCommand({ Type: 'custom' }))).ResponseHeadersPolicyList?.Quantity).toBe(0);
  expect((await client.send(new ListFunctionsCommand({}))).FunctionList?.Quantity).toBe(0);
  client.destroy();
});

it.each([
  ['Site', { DistributionConfig: { ...config(), Logging: { Bucket: 'logs' } } }, 'DistributionConfig.Logging'],
  ['Site', { DistributionConfig: { ...config(), CustomErrorResponses: [{ ErrorCode: 403 }] } }, 'DistributionConfig.CustomErrorResponses'],
  [
    'Site',
    { DistributionConfig: { ...config(), DefaultCacheBehavior: behavior({ OriginRequestPolicyId: 'x' }) } },
    'OriginRequestPolicyId',
  ],
  ['Headers', { ResponseHeadersPolicyConfig: { Name: 'n', CorsConfig: {} } }, 'ResponseHeadersPolicyConfig.CorsConfig'],
  ['AccessControl', { Other: 1 }, 'Other'],
  ['Rewrite', { FunctionMetadata: {} }, 'FunctionMetadata'],
])('a property of %s that is not carried out is refused by its name', async (logicalId, properties, name) => {
  site = TestSite.on(await startTestCloud(SERVICES));
  const resources = withFunction('/one.txt');
  Object.assign(resources[logicalId]?.Properties ?? {}, properties);
  await expect(site.deploy(resources)).rejects.toThrow(name);
});

function config(): object {
  return siteResources()['Site']?.Properties['DistributionConfig'] as object;
}

it('a site that fails is rolled back, its port free again', async () => {
  site = TestSite.on(await startTestCloud(SERVICES));
  const resources = siteResources();
  resources['Late'] = {
    ...edgeFunction('late', 'no javascript'),
    Properties: {
      ...edgeFunction('late', 'no javascript').Properties,
      FunctionConfig: { Comment: { Ref: 'Site' }, Runtime: 'cloudfront-js-2.0' },
    },
  };
  expect(await site.deploy(resources)).toBe('ROLLBACK_COMPLETE');
  expect(await site.failure()).toContain('is no JavaScript');
  const next = Number(new URL(site.cloud.endpoint).port) + 1;
  await expect(fetch(`http://127.0.0.1:${next}/`)).rejects.toThrow();
});

it('keeps its port over a restart, and says which distribution it is when another program has it', async () => {
  const first = await TestSite.start();
  await first.put('index.html', 'page');
  const address = await first.output('DomainName');
  site = TestSite.on(await first.cloud.restart());
  expect(await site.output('DomainName')).toBe(address);
  expect((await site.ask('/')).text).toBe('page');

  const id = await site.output('Id');
  const { cloud } = site.cloud;
  await cloud.service('cloudfront')?.stop?.();
  const squatter = createServer().listen(Number(address.split(':')[1]), '127.0.0.1');
  await new Promise((listening) => squatter.once('listening', listening));
  await expect(Promise.resolve(cloud.service('cloudfront')?.start?.())).rejects.toMatchObject({
    code: 'EADDRINUSE',
    message: `Port ${address.split(':')[1]} of the CloudFront distribution ${id} (stack Site) is taken by another program: stop that and start again.`,
  });
  await new Promise((closed) => squatter.close(closed));
  await cloud.service('cloudfront')?.start?.();
  expect((await site.ask('/')).text).toBe('page');
});

it('two distributions have two ports', async () => {
  const resources = siteResources();
  const second = structuredClone(resources['Site']);
  if (second === undefined) throw new Error('no site');
  site = await TestSite.start({ ...resources, Second: second });
  const client = new CloudFrontClient(site.cloud.client);
  const { DistributionList: list } = await client.send(new ListDistributionsCommand({}));
  expect(new Set(list?.Items?.map(({ DomainName }) => DomainName)).size).toBe(2);
  client.destroy();
});
