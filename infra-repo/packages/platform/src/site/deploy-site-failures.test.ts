import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { S3Error } from './testing/memory-s3.ts';
import { build, chunks, configuration, day_ms, SiteWorld } from './testing/site-world.ts';

let world: SiteWorld;

beforeEach(() => {
  world = new SiteWorld();
});

describe('a deployment that fails', () => {
  it('tells CloudFormation why, and the page before is whole', async () => {
    expect(await world.deploy('a')).toBe('SUCCESS');
    world.store('b');
    world.s3.before = async (command) => {
      if (command === 'PutObject icon.svg') throw new S3Error('SlowDown');
    };
    await world.ask('Update', 'b');
    expect(world.answers.at(-1)).toMatchObject({ Status: 'FAILED', Reason: 'SlowDown: SlowDown', PhysicalResourceId: 'site' });
    expect(world.text('index.html')).toBe(build('a')['index.html']);
    expect(world.names).toEqual(expect.arrayContaining(chunks('a')));
  });

  it('ends the same when it is done again, wherever it broke off', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(25), fc.boolean(), async (breaksAt, rollsBack) => {
        world = new SiteWorld();
        expect(await world.deploy('a')).toBe('SUCCESS');
        world.store('b');
        let commands = 0;
        world.s3.before = async () => {
          commands += 1;
          if (commands > breaksAt) throw new S3Error('Killed');
          const page = /app-(\w)/.exec(world.text('index.html') ?? '')?.[1] ?? '';
          expect(world.names).toEqual(expect.arrayContaining(chunks(page)));
        };
        await world.ask('Update', 'b');
        world.s3.before = async () => {};
        const shown = world.text('index.html') === build('b')['index.html'] ? 'b' : 'a';
        const wanted = rollsBack ? 'a' : 'b';
        await world.ask('Update', wanted);
        expect(world.answers.at(-1)).toMatchObject({ Status: 'SUCCESS' });
        for (const [name, content] of Object.entries(build(wanted))) expect(world.text(name)).toBe(content);
        // Somebody may have either page open.
        expect(world.names).toEqual(expect.arrayContaining([...chunks('a'), ...chunks(shown)]));
        world.now += 300 * day_ms;
        expect(await world.deploy('c')).toBe('SUCCESS');
        expect(world.names.filter((name) => name.startsWith('assets/'))).toEqual(
          [...new Set([...Object.keys(build(wanted)), ...Object.keys(build('c'))])].filter((name) => name.startsWith('assets/')).sort(),
        );
      }),
    );
  });

  it.each<[string, Record<string, string>]>([
    ['has no index.html: it is no build of a site', { 'assets/app-aaaaaaaa.js': '' }],
    ['has a file config.json, which its deployment makes', { 'index.html': '', 'config.json': '{}' }],
    ['no content type is known for this extension', { 'index.html': '', 'tool.exe': '' }],
    ['invalid relative path: ../out.js', { 'index.html': '', '../out.js': '' }],
  ])('says of a build that it %s', async (said, files) => {
    world.store('a', files);
    await world.ask('Create', 'a');
    expect(world.answers).toMatchObject([{ Status: 'FAILED', Reason: expect.stringContaining(said), PhysicalResourceId: 'Site-failed' }]);
    expect(world.names).not.toContain('index.html');
  });

  it.each<[string, object]>([
    ['graphql_url', { Configuration: { ...configuration, graphql_url: 'abc' } }],
    ['region', { Configuration: { ...configuration, region: undefined } }],
    ['BuildKey', { BuildKey: 'build.tar' }],
    ['SiteBucketName', { SiteBucketName: '' }],
  ])('names what is wrong in the request: %s', async (field, properties) => {
    world.store('a');
    await world.ask('Create', 'a', { properties });
    expect(world.answers).toMatchObject([{ Status: 'FAILED', Reason: expect.stringContaining(field) }]);
    expect(world.s3.done).toEqual([]);
  });

  it('does not forget the builds before because it can not read of them', async () => {
    expect(await world.deploy('a')).toBe('SUCCESS');
    world.site.set('deployed-builds.json', { body: Buffer.from('{') });
    world.store('b');
    await world.ask('Update', 'b');
    expect(world.answers.at(-1)).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('deployed-builds.json') });
    expect(world.text('index.html')).toBe(build('a')['index.html']);
  });

  it('is tried again by Lambda when CloudFormation can not be answered', async () => {
    world.store('a');
    world.answerStatus = 503;
    await expect(world.ask('Create', 'a')).rejects.toThrow('HTTP 503');
  });
});

describe('the right to read a build', () => {
  it('is waited for while its policy comes into force', async () => {
    const from = world.now;
    world.s3.before = async (command) => {
      if (command === 'GetObject a.zip' && world.now < from + 20_000) throw new S3Error('AccessDenied');
    };
    expect(await world.deploy('a')).toBe('SUCCESS');
  });

  it('is not waited for without end', async () => {
    const from = world.now;
    world.s3.before = () => Promise.reject(new S3Error('AccessDenied'));
    await world.ask('Create', 'a');
    expect(world.answers).toMatchObject([{ Status: 'FAILED', Reason: expect.stringContaining('AccessDenied') }]);
    expect(world.now - from).toBeLessThan(60_000);
  });

  it('is not waited for when something else is wrong', async () => {
    const from = world.now;
    await world.ask('Create', 'missing');
    expect(world.answers).toMatchObject([{ Status: 'FAILED', Reason: expect.stringContaining('NoSuchKey') }]);
    expect(world.now).toBe(from);
  });
});

describe('a site whose stack is deleted', () => {
  it.each([{ Configuration: {} }, { BuildKey: 'build.tar' }])(
    'is deleted by what was wrong when it was to be made: %j',
    async (properties) => {
      expect(await world.deploy('a')).toBe('SUCCESS');
      world.store('b');
      // CloudFormation rolls a create that failed back by a delete with the same properties: refused, it would leave a stack that can't be deleted.
      for (const type of ['Create', 'Delete']) await world.ask(type, 'b', { logicalId: 'Renamed', properties });
      expect(world.answers.map(({ Status }) => Status)).toEqual(['SUCCESS', 'FAILED', 'SUCCESS']);
      expect(world.text('index.html')).toBe(build('a')['index.html']);
    },
  );

  it('is taken away, and may be gone before', async () => {
    expect(await world.deploy('a')).toBe('SUCCESS');
    for (const _ of [1, 2]) await world.ask('Delete', 'a');
    expect(world.names).toEqual([]);
    world.s3.buckets.delete('site');
    await world.ask('Delete', 'a');
    expect(world.answers.map(({ Status }) => Status)).toEqual(['SUCCESS', 'SUCCESS', 'SUCCESS', 'SUCCESS']);
  });

  it('stays when another resource has deployed it since: a renamed one is deleted after the new one is made', async () => {
    expect(await world.deploy('a')).toBe('SUCCESS');
    world.store('b');
    await world.ask('Create', 'b', { logicalId: 'Renamed' });
    await world.ask('Delete', 'a');
    expect(world.text('index.html')).toBe(build('b')['index.html']);
    await world.ask('Delete', 'b', { logicalId: 'Renamed' });
    expect(world.names).toEqual([]);
  });

  it('stays when it is the resource that could not be made which is deleted', async () => {
    expect(await world.deploy('a')).toBe('SUCCESS');
    world.store('b');
    world.s3.before = async (command) => {
      if (command === 'PutObject index.html') throw new S3Error('SlowDown');
    };
    await world.ask('Create', 'b', { logicalId: 'Renamed' });
    world.s3.before = async () => {};
    await world.ask('Delete', 'b', { logicalId: 'Renamed' });
    expect(world.text('index.html')).toBe(build('a')['index.html']);
    expect(world.names).toEqual(expect.arrayContaining(chunks('a')));
  });
});
