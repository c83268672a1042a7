import { beforeEach, describe, expect, it } from 'vitest';
import { build, chunks, configuration, day_ms, SiteWorld } from './testing/site-world.ts';

let world: SiteWorld;

beforeEach(() => {
  world = new SiteWorld();
});

describe('a deployed site', () => {
  it('has the files of its build, each as browsers are to take and to keep it', async () => {
    expect(await world.deploy('a')).toBe('SUCCESS');
    const served = [...world.site].map(([name, { contentType, cacheControl }]) => [name, contentType, cacheControl]);
    const forGood = 'public, max-age=31536000, immutable';
    expect(served.sort()).toEqual([
      ['assets/app-aaaaaaaa.js', 'text/javascript; charset=utf-8', forGood],
      ['assets/device-page-aaaaaaaa.js', 'text/javascript; charset=utf-8', forGood],
      ['assets/font-FFFFFFFF.woff2', 'font/woff2', forGood],
      ['config.json', 'application/json', 'no-cache'],
      ['deployed-builds.json', 'application/json', 'no-cache'],
      ['icon.svg', 'image/svg+xml', 'no-cache'],
      ['index.html', 'text/html; charset=utf-8', 'no-cache'],
    ]);
    for (const [name, content] of Object.entries(build('a'))) expect(world.text(name)).toBe(content);
    expect(world.answers).toEqual([
      { Status: 'SUCCESS', PhysicalResourceId: 'site', StackId: 'stack', RequestId: 'request', LogicalResourceId: 'Site' },
    ]);
  });

  it('tells nobody whose account it lies in', async () => {
    expect(await world.deploy('a')).toBe('SUCCESS');
    expect(world.text('deployed-builds.json')).not.toMatch(/stack|arn:/);
  });

  it('is told its configuration, which the application can read', async () => {
    expect(await world.deploy('a')).toBe('SUCCESS');
    expect(JSON.parse(world.text('config.json') ?? '')).toEqual(configuration);
  });

  it('has no configuration where it is to have none', async () => {
    world.configuration = undefined;
    world.store('a');
    await world.ask('Create', 'a', { properties: { Configuration: undefined } });
    expect(world.answers.at(-1)?.['Status']).toBe('SUCCESS');
    expect(world.names).toContain('index.html');
    expect(world.names).not.toContain('config.json');
  });

  it('is put in an order in which no page lacks what it loads: the page last, what it no longer needs goes after', async () => {
    expect(await world.deploy('a')).toBe('SUCCESS');
    world.s3.done.length = 0;
    expect(await world.deploy('b')).toBe('SUCCESS');
    const puts = world.s3.done.filter((command) => command.startsWith('PutObject'));
    expect(puts.slice(1, 4).every((command) => command.includes(' assets/'))).toBe(true);
    expect(puts.slice(4, 6).sort()).toEqual(['PutObject config.json', 'PutObject icon.svg']);
    expect(puts.slice(6)).toEqual(['PutObject index.html', 'PutObject deployed-builds.json']);
    world.now += 300 * day_ms;
    expect(await world.deploy('c')).toBe('SUCCESS');
    world.now += 300 * day_ms;
    world.s3.done.length = 0;
    expect(await world.deploy('d')).toBe('SUCCESS');
    expect(world.s3.done.indexOf('DeleteObjects')).toBeGreaterThan(world.s3.done.indexOf('PutObject index.html'));
  });

  it('is put a few files at a time', async () => {
    world.store('a', {
      ...build('a'),
      ...Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`assets/c${index}-aaaaaaaa.js`, `${index}`])),
    });
    await world.ask('Create', 'a');
    expect(world.names).toHaveLength(67);
    expect(world.s3.mostAtOnce).toBe(16);
  });
});

describe('the builds before', () => {
  it('stay for pages that are open: the last one always, others for a week after they were replaced', async () => {
    expect(await world.deploy('a')).toBe('SUCCESS');
    world.now += 30 * day_ms;
    expect(await world.deploy('b')).toBe('SUCCESS');
    expect(world.names).toEqual(expect.arrayContaining([...chunks('a'), ...chunks('b')]));
    world.now += 6 * day_ms;
    expect(await world.deploy('c')).toBe('SUCCESS');
    expect(world.names).toEqual(expect.arrayContaining([...chunks('a'), ...chunks('b'), ...chunks('c')]));
    world.now += 2 * day_ms;
    expect(await world.deploy('d')).toBe('SUCCESS');
    expect(world.names.filter((name) => /aaaaaaaa/.test(name))).toEqual([]);
    expect(world.names).toEqual(expect.arrayContaining([...chunks('b'), ...chunks('c'), ...chunks('d')]));
    world.now += 300 * day_ms;
    expect(await world.deploy('e')).toBe('SUCCESS');
    expect(world.names).toEqual(
      [...new Set([...Object.keys(build('d')), ...Object.keys(build('e')), 'config.json', 'deployed-builds.json'])].sort(),
    );
  });

  it('come back by a rollback as if they had never been replaced', async () => {
    expect(await world.deploy('a')).toBe('SUCCESS');
    world.now += day_ms;
    expect(await world.deploy('b')).toBe('SUCCESS');
    world.now += day_ms;
    expect(await world.deploy('a')).toBe('SUCCESS');
    expect(world.text('index.html')).toBe(build('a')['index.html']);
    world.now += 300 * day_ms;
    expect(await world.deploy('c')).toBe('SUCCESS');
    expect(world.names).toEqual(expect.arrayContaining(chunks('a')));
    expect(world.names.filter((name) => /bbbbbbbb/.test(name))).toEqual([]);
  });

  it('stay as they are when the same build is deployed with another configuration', async () => {
    expect(await world.deploy('a')).toBe('SUCCESS');
    expect(await world.deploy('b')).toBe('SUCCESS');
    const before = world.names;
    await world.ask('Update', 'b', { properties: { Configuration: { ...configuration, region: 'us-west-2' } } });
    expect(world.names).toEqual(before);
    expect(world.text('config.json')).toContain('"us-west-2"');
  });

  it('and whatever nobody knows of are removed with what is left of a deployment that failed', async () => {
    world.site.set('stray.txt', { body: Buffer.from('x') });
    expect(await world.deploy('a')).toBe('SUCCESS');
    expect(world.names).not.toContain('stray.txt');
  });
});
