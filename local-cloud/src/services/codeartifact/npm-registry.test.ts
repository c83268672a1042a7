import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT, REGION } from '../../testing/test-cloud.ts';
import { CodeArtifactBench, OTHER_ACCOUNT } from './testing/codeartifact-bench.ts';
import { NpmClient } from './testing/npm-client.ts';

let bench: CodeArtifactBench;
let registry: string;
let npm: NpmClient;
beforeAll(async () => {
  bench = await CodeArtifactBench.start();
  registry = await bench.endpoint();
  npm = new NpmClient(registry, await bench.token());
});
afterAll(async () => {
  npm.remove();
  await bench.stop();
});

const publish = (version: string, more: object = {}, ...args: string[]) =>
  npm.run(npm.package({ name: '@enstratus/contract', version, ...more }), 'publish', ...args);
const get = async (path: string, token: string, headers: Record<string, string> = {}) => {
  const answer = await fetch(`${registry}${path}`, { headers: { Authorization: `Bearer ${token}`, ...headers } });
  return [answer.status, (await answer.json()) as Record<string, unknown>] as const;
};

describe('npm itself', () => {
  it('publishes a package, installs it with its dependencies, and finds it again after a restart of the cloud', async () => {
    await npm.run(npm.package({ name: '@enstratus/base', version: '0.1.0', description: 'The base' }), 'publish');
    await publish('1.0.0', {
      dependencies: { '@enstratus/base': '^0.1.0' },
      bin: { contract: 'index.js' },
      scripts: { postinstall: 'node -p 1' },
    });
    const app = npm.package({ name: 'app', version: '1.0.0' });
    await npm.run(app, 'install', '@enstratus/contract');
    expect(readFileSync(join(app, 'node_modules/@enstratus/contract/index.js'), 'utf8')).toContain('"1.0.0"');
    expect(readFileSync(join(app, 'node_modules/@enstratus/base/index.js'), 'utf8')).toContain('"0.1.0"');
    const lock = JSON.parse(readFileSync(join(app, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { resolved?: string; hasInstallScript?: true }>;
    };
    expect(lock.packages['node_modules/@enstratus/contract']).toMatchObject({
      resolved: `${registry}@enstratus/contract/-/contract-1.0.0.tgz`,
      hasInstallScript: true,
    });
    await npm.run(app, 'ci');

    await bench.restart();
    registry = await bench.endpoint();
    // The port is another one; the token is the same.
    npm.configure(registry, await bench.token());
    const again = npm.package({ name: 'again', version: '1.0.0' });
    await npm.run(again, 'install', '@enstratus/contract@1.0.0');
    expect(JSON.parse(await npm.run(again, 'view', '@enstratus/base', '--json'))).toMatchObject({
      description: 'The base',
      'dist-tags': { latest: '0.1.0' },
    });
  });

  it('publishes no version twice', async () => {
    await publish('2.0.0');
    await expect(publish('2.0.0', { description: 'changed' })).rejects.toMatchObject({
      stderr: expect.stringMatching(/E(PUBLISHCONFLICT|409)|403|previously published/),
    });
    expect(JSON.parse(await npm.run(npm.home, 'view', '@enstratus/contract@2.0.0', '--json'))).not.toHaveProperty('description');
  });

  it('moves, lists and takes away tags', async () => {
    await publish('3.0.0-rc.1', {}, '--tag', 'next');
    const tags = () => npm.run(npm.home, 'dist-tag', 'ls', '@enstratus/contract');
    expect(await tags()).toContain('next: 3.0.0-rc.1');
    expect(await tags()).toContain('latest: 2.0.0');
    await npm.run(npm.home, 'dist-tag', 'add', '@enstratus/contract@1.0.0', 'stable');
    expect(await npm.run(npm.home, 'view', '@enstratus/contract@stable', 'version')).toContain('1.0.0');
    await npm.run(npm.home, 'dist-tag', 'rm', '@enstratus/contract', 'stable');
    expect(await tags()).not.toContain('stable');
  });

  it('is refused with a token that nobody has, and with none', async () => {
    const other = new NpmClient(registry, 'wrong');
    try {
      await expect(other.run(other.package({ name: '@enstratus/other', version: '1.0.0' }), 'publish')).rejects.toMatchObject({
        stderr: expect.stringContaining('E401'),
      });
      await expect(other.run(other.home, 'view', '@enstratus/contract')).rejects.toMatchObject({ stderr: expect.stringContaining('E401') });
    } finally {
      other.remove();
    }
  });
});

describe('the registry', () => {
  it('tells of a package whole, or abbreviated', async () => {
    const token = await bench.token();
    const [, whole] = await get('@enstratus%2fcontract', token);
    expect(whole).toMatchObject({
      name: '@enstratus/contract',
      time: { '1.0.0': expect.any(String) },
      versions: { '1.0.0': { scripts: {} } },
    });
    const [, short] = await get('@enstratus%2fcontract', token, {
      Accept: 'application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8',
    });
    expect(short).not.toHaveProperty('time');
    expect(short).toMatchObject({
      versions: {
        '1.0.0': { bin: { contract: 'index.js' }, hasInstallScript: true, dist: { integrity: expect.stringMatching(/^sha512-/) } },
      },
    });
    expect(short['versions']).not.toHaveProperty(['1.0.0', 'scripts']);
    expect(await get('@enstratus/contract/latest', token)).toMatchObject([200, { version: '2.0.0' }]);
    expect((await get('missing', token))[0]).toBe(404);
    expect(await get('-/whoami', token)).toEqual([200, { username: `arn:aws:iam::${ACCOUNT}:root` }]);
  });

  it('takes a token as the password of the user aws, until it expires, in its own domain', async () => {
    const token = await bench.token();
    const basic = { Authorization: `Basic ${Buffer.from(`aws:${token}`).toString('base64')}` };
    expect((await fetch(`${registry}-/ping`, { headers: basic })).status).toBe(200);
    const elsewhere = registry.replace('/enstratus-', '/other-');
    expect((await fetch(`${elsewhere}-/ping`, { headers: basic })).status).toBe(401);
    bench.clock.later_ms = 12 * 3600_000 + 1000;
    expect((await fetch(`${registry}-/ping`, { headers: basic })).status).toBe(401);
    bench.clock.later_ms = 0;
  });

  it.each<[string, object]>([
    ['no tarball', { versions: { '9.0.0': { name: '@enstratus/bad', version: '9.0.0' } } }],
    ['another name', { name: 'other', versions: {}, _attachments: { 'x.tgz': { data: '' } } }],
    [
      'a tarball with another checksum',
      {
        versions: { '9.0.0': { name: '@enstratus/bad', version: '9.0.0', dist: { shasum: '0'.repeat(40) } } },
        _attachments: { '@enstratus/bad-9.0.0.tgz': { data: 'AAAA' } },
      },
    ],
    [
      'a tag on nothing',
      {
        'dist-tags': { latest: '8.0.0' },
        versions: { '9.0.0': { name: '@enstratus/bad', version: '9.0.0' } },
        _attachments: { '@enstratus/bad-9.0.0.tgz': { data: 'AAAA' } },
      },
    ],
  ])('takes no publication with %s', async (_, body) => {
    const headers = { Authorization: `Bearer ${await bench.token()}` };
    const answer = await fetch(`${registry}@enstratus%2fbad`, {
      method: 'PUT',
      headers,
      body: JSON.stringify({ name: '@enstratus/bad', ...body }),
    });
    expect([400, 501]).toContain(answer.status);
    expect((await get('@enstratus%2fbad', await bench.token()))[0]).toBe(404);
  });

  it('answers a second publication of a version with 409', async () => {
    const headers = { Authorization: `Bearer ${await bench.token()}` };
    const version = { name: 'twice', version: '1.0.0' };
    const body = JSON.stringify({ name: 'twice', versions: { '1.0.0': version }, _attachments: { 'twice-1.0.0.tgz': { data: 'AAAA' } } });
    const put = async () => (await fetch(`${registry}twice`, { method: 'PUT', headers, body })).status;
    expect([await put(), await put()]).toEqual([200, 409]);
  });
});

describe('a role', () => {
  const token = { Effect: 'Allow', Action: 'codeartifact:GetAuthorizationToken', Resource: '*' };
  const bearer = {
    Effect: 'Allow',
    Action: 'sts:GetServiceBearerToken',
    Resource: '*',
    Condition: { StringEquals: { 'sts:AWSServiceName': 'codeartifact.amazonaws.com' } },
  };
  const read = {
    Effect: 'Allow',
    Action: 'codeartifact:ReadFromRepository',
    Resource: `arn:aws:codeartifact:${REGION}:${ACCOUNT}:repository/enstratus/packages`,
  };

  it('may do with its token what its policies allow', async () => {
    await expect(bench.token(await bench.as('without-bearer', ACCOUNT, token))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('sts:GetServiceBearerToken'),
    });
    const reader = await bench.token(await bench.as('reader', ACCOUNT, token, bearer, read));
    expect((await get('@enstratus%2fcontract', reader))[0]).toBe(200);
    const headers = { Authorization: `Bearer ${reader}` };
    const put = await fetch(`${registry}@enstratus%2fmine`, { method: 'PUT', headers, body: '{}' });
    expect([put.status, await put.text()]).toEqual([403, expect.stringContaining('codeartifact:PublishPackageVersion')]);
    const tag = await fetch(`${registry}-/package/@enstratus%2fcontract/dist-tags/x`, { method: 'PUT', headers, body: '"1.0.0"' });
    expect(tag.status).toBe(403);
  });

  it('of another account needs the policies of the domain and the repository as well', async () => {
    const client = await bench.as('builder', OTHER_ACCOUNT, token, bearer, read);
    await expect(bench.token(client)).rejects.toMatchObject({ name: 'AccessDeniedException' });
    const allow = (Action: string[]) =>
      JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${OTHER_ACCOUNT}:root` }, Action, Resource: '*' }],
      });
    const call = (operation: string, input: object) => bench.cloud.cloud.call('codeartifact', operation, input, bench.cloud.caller());
    await call('PutDomainPermissionsPolicy', { domain: 'enstratus', policyDocument: allow(['codeartifact:GetAuthorizationToken']) });
    const foreign = await bench.token(client);
    expect((await get('@enstratus%2fcontract', foreign))[0]).toBe(403);
    await call('PutRepositoryPermissionsPolicy', { ...bench.inRepository, policyDocument: allow(['codeartifact:ReadFromRepository']) });
    expect((await get('@enstratus%2fcontract', foreign))[0]).toBe(200);
  });
});
