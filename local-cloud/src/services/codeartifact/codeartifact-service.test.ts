import {
  CreateDomainCommand,
  CreateRepositoryCommand,
  DeleteDomainCommand,
  DeletePackageVersionsCommand,
  DeleteRepositoryCommand,
  DescribeDomainCommand,
  DescribePackageVersionCommand,
  DescribeRepositoryCommand,
  GetAuthorizationTokenCommand,
  GetDomainPermissionsPolicyCommand,
  GetRepositoryEndpointCommand,
  ListDomainsCommand,
  ListPackagesCommand,
  ListPackageVersionsCommand,
  ListRepositoriesInDomainCommand,
  ListTagsForResourceCommand,
  type PackageFormat,
  PutDomainPermissionsPolicyCommand,
  TagResourceCommand,
} from '@aws-sdk/client-codeartifact';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storedBytesOf } from '../../metering/stored-bytes.ts';
import { ACCOUNT, REGION } from '../../testing/test-cloud.ts';
import { CodeArtifactBench } from './testing/codeartifact-bench.ts';

let bench: CodeArtifactBench;
beforeAll(async () => {
  bench = await CodeArtifactBench.start();
});
afterAll(() => bench.stop());

const ofContract = { domain: 'enstratus', repository: 'packages', format: 'npm' as const, namespace: 'enstratus', package: 'contract' };

/** Publishes as npm does, without npm. */
async function publish(name: string, version: string, more: object = {}): Promise<number> {
  const headers = { Authorization: `Bearer ${await bench.token()}` };
  const manifest = { name, version, ...more };
  const data = Buffer.from(`${name} ${version}`).toString('base64');
  const body = {
    name,
    'dist-tags': { latest: version },
    versions: { [version]: manifest },
    _attachments: { [`${name}-${version}.tgz`]: { data } },
  };
  const url = `${await bench.endpoint()}${name.replace('/', '%2f')}`;
  return (await fetch(url, { method: 'PUT', headers, body: JSON.stringify(body) })).status;
}

describe('domains', () => {
  it('are made once, described, listed, tagged and deleted when they are empty', async () => {
    const { client } = bench;
    const arn = `arn:aws:codeartifact:${REGION}:${ACCOUNT}:domain/second`;
    const { domain } = await client.send(new CreateDomainCommand({ domain: 'second', tags: [{ key: 'team', value: 'platform' }] }));
    expect(domain).toMatchObject({
      name: 'second',
      owner: ACCOUNT,
      arn,
      status: 'Active',
      repositoryCount: 0,
      createdTime: expect.any(Date),
    });
    await expect(client.send(new CreateDomainCommand({ domain: 'second' }))).rejects.toMatchObject({ name: 'ConflictException' });
    expect((await client.send(new ListDomainsCommand({ maxResults: 1 }))).domains).toHaveLength(1);
    expect((await client.send(new ListDomainsCommand({}))).domains?.map(({ name }) => name)).toEqual(['enstratus', 'second']);
    await client.send(new TagResourceCommand({ resourceArn: arn, tags: [{ key: 'stage', value: 'all' }] }));
    expect((await client.send(new ListTagsForResourceCommand({ resourceArn: arn }))).tags).toEqual([
      { key: 'team', value: 'platform' },
      { key: 'stage', value: 'all' },
    ]);
    await client.send(new CreateRepositoryCommand({ domain: 'second', repository: 'in-it' }));
    await expect(client.send(new DeleteDomainCommand({ domain: 'second' }))).rejects.toMatchObject({ name: 'ConflictException' });
    await client.send(new DeleteRepositoryCommand({ domain: 'second', repository: 'in-it' }));
    await client.send(new DeleteDomainCommand({ domain: 'second' }));
    await expect(client.send(new DescribeDomainCommand({ domain: 'second' }))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(client.send(new DescribeDomainCommand({ domain: 'enstratus', domainOwner: '999988887777' }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  });

  it('have a policy with a revision', async () => {
    const { client } = bench;
    const policyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [] });
    const { policy } = await client.send(new PutDomainPermissionsPolicyCommand({ domain: 'enstratus', policyDocument }));
    expect((await client.send(new GetDomainPermissionsPolicyCommand({ domain: 'enstratus' }))).policy).toEqual(policy);
    const stale = new PutDomainPermissionsPolicyCommand({ domain: 'enstratus', policyDocument, policyRevision: 'other' });
    await expect(client.send(stale)).rejects.toMatchObject({ name: 'ConflictException' });
    const broken = new PutDomainPermissionsPolicyCommand({ domain: 'enstratus', policyDocument: '{' });
    await expect(client.send(broken)).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('hand out tokens of 15 minutes to 12 hours', async () => {
    const lifetime_s = async (durationSeconds?: number) => {
      const { expiration } = await bench.client.send(
        new GetAuthorizationTokenCommand({ domain: 'enstratus', ...(durationSeconds === undefined ? {} : { durationSeconds }) }),
      );
      return Math.round(((expiration?.getTime() ?? 0) - Date.now()) / 10_000) * 10;
    };
    expect([await lifetime_s(), await lifetime_s(900)]).toEqual([43_200, 900]);
    await expect(lifetime_s(60)).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('repositories', () => {
  it('are described, listed and found by their endpoint', async () => {
    const { client } = bench;
    expect((await client.send(new DescribeRepositoryCommand(bench.inRepository))).repository).toMatchObject({
      name: 'packages',
      domainName: 'enstratus',
      domainOwner: ACCOUNT,
      administratorAccount: ACCOUNT,
      arn: `arn:aws:codeartifact:${REGION}:${ACCOUNT}:repository/enstratus/packages`,
      upstreams: [],
    });
    expect((await client.send(new ListRepositoriesInDomainCommand({ domain: 'enstratus' }))).repositories).toHaveLength(1);
    expect(await bench.endpoint()).toBe(`${bench.cloud.endpoint}/_codeartifact/${REGION}/enstratus-${ACCOUNT}/npm/packages/`);
    const pypi = new GetRepositoryEndpointCommand({ ...bench.inRepository, format: 'pypi' as PackageFormat });
    await expect(client.send(pypi)).rejects.toMatchObject({ name: 'ValidationException' });
    const none = new GetRepositoryEndpointCommand({ ...bench.inRepository, repository: 'none', format: 'npm' });
    await expect(client.send(none)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('take no upstreams', async () => {
    const upstreams = [{ repositoryName: 'packages' }];
    const input = { domain: 'enstratus', repository: 'with-upstream', upstreams };
    await expect(bench.client.send(new CreateRepositoryCommand(input))).rejects.toMatchObject({
      name: 'NotCarriedOut',
      message: expect.stringContaining('upstreams'),
    });
  });
});

describe('packages', () => {
  it('are listed with their versions, described, deleted and published again', async () => {
    const { client } = bench;
    const about = {
      description: 'The contract',
      license: 'UNLICENSED',
      homepage: 'https://example.com',
      repository: { url: 'git+https://example.com/x.git' },
    };
    expect([
      await publish('@enstratus/contract', '1.0.0', about),
      await publish('@enstratus/contract', '1.1.0'),
      await publish('plain', '0.0.1'),
    ]).toEqual([200, 200, 200]);
    expect((await client.send(new ListPackagesCommand(bench.inRepository))).packages).toMatchObject([
      { namespace: 'enstratus', package: 'contract' },
      { package: 'plain' },
    ]);
    expect((await client.send(new ListPackagesCommand({ ...bench.inRepository, namespace: 'enstratus' }))).packages).toHaveLength(1);
    const versions = async () => {
      const listed = await client.send(new ListPackageVersionsCommand({ ...ofContract, sortBy: 'PUBLISHED_TIME' }));
      return [listed.defaultDisplayVersion, listed.versions?.map(({ version }) => version)];
    };
    expect(await versions()).toEqual(['1.1.0', ['1.1.0', '1.0.0']]);
    const { packageVersion } = await client.send(new DescribePackageVersionCommand({ ...ofContract, packageVersion: '1.0.0' }));
    expect(packageVersion).toMatchObject({
      displayName: '@enstratus/contract',
      summary: 'The contract',
      homePage: 'https://example.com',
      sourceCodeRepository: 'git+https://example.com/x.git',
      licenses: [{ name: 'UNLICENSED' }],
      status: 'Published',
      publishedTime: expect.any(Date),
    });
    const stored = () => storedBytesOf(bench.cloud.cloud.services).find(({ resource }) => resource === 'enstratus');
    expect(stored()).toMatchObject({
      service: 'codeartifact',
      items: 3,
      bytes: 2 * '@enstratus/contract 1.0.0'.length + 'plain 0.0.1'.length,
    });

    const deleted = await client.send(new DeletePackageVersionsCommand({ ...ofContract, versions: ['1.1.0', '7.0.0'] }));
    expect(deleted).toMatchObject({
      successfulVersions: { '1.1.0': { status: 'Deleted' } },
      failedVersions: { '7.0.0': { errorCode: 'NOT_FOUND' } },
    });
    expect(await versions()).toEqual([undefined, ['1.0.0']]);
    expect(await publish('@enstratus/contract', '1.1.0')).toBe(200);
    expect(await versions()).toEqual(['1.1.0', ['1.1.0', '1.0.0']]);
    const none = new ListPackageVersionsCommand({ ...ofContract, package: 'none' });
    await expect(client.send(none)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('have versions and tags of any name, and those that are not there are not found', async () => {
    expect(await publish('tagged', '1.0.0')).toBe(200);
    const headers = { Authorization: `Bearer ${await bench.token()}` };
    const ask = async (method: string, path: string, body?: string) =>
      (await fetch(`${await bench.endpoint()}${path}`, { method, headers, ...(body === undefined ? {} : { body }) })).status;
    const names = ['__proto__', 'constructor', 'toString'];
    for (const name of names) expect(await ask('GET', `tagged/${name}`)).toBe(404);
    expect(await ask('DELETE', '-/package/nobody/dist-tags/next')).toBe(404);
    expect(await ask('PUT', '-/package/tagged/dist-tags/constructor', '"1.0.0"')).toBe(200);
    expect(await ask('GET', 'tagged/constructor')).toBe(200);
    expect(await ask('DELETE', '-/package/tagged/dist-tags/constructor')).toBe(200);
  });
});
