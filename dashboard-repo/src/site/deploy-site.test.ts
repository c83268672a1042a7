import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { parseRuntimeConfig } from '../app/config/runtime-config.ts';
import { deploySite } from './deploy-site.ts';
import { MemoryS3, S3Error } from './testing/memory-s3.ts';
import { zipFile } from './testing/zip-file.ts';

const day_ms = 86_400_000;
const configuration = {
  region: 'us-east-2',
  user_pool_id: 'us-east-2_a1B2c3D4e',
  user_pool_client_id: 'client',
  user_pool_issuer: 'https://cognito-idp.us-east-2.amazonaws.com/us-east-2_a1B2c3D4e',
  graphql_url: 'https://abc.appsync-api.us-east-2.amazonaws.com/graphql',
  graphql_realtime_url: 'wss://abc.appsync-realtime-api.us-east-2.amazonaws.com/graphql',
};

/** A build whose chunks carry its letter, and one that every build has. */
const build = (letter: string): Record<string, string> => ({
  'index.html': `<script src="/assets/app-${letter.repeat(8)}.js">`,
  'icon.svg': '<svg/>',
  [`assets/app-${letter.repeat(8)}.js`]: `app ${letter}`,
  [`assets/device-page-${letter.repeat(8)}.js`]: `device page ${letter}`,
  'assets/font-FFFFFFFF.woff2': 'font',
});

let s3: MemoryS3;
let now: number;
let answers: Record<string, unknown>[];
let answerStatus: number;
let logged: string[];

beforeEach(() => {
  s3 = new MemoryS3();
  now = Date.parse('2026-11-22T10:00:00Z');
  answers = [];
  answerStatus = 200;
  logged = [];
  s3.buckets.set('site', new Map());
  s3.buckets.set('builds', new Map());
});

const store = (letter: string, files: Record<string, string> = build(letter)) =>
  s3.bucket('builds').set(`${letter}.zip`, { body: zipFile(files) });

function run(type: string, letter: string, more: { properties?: object; logicalId?: string } = {}): Promise<void> {
  return deploySite(
    {
      RequestType: type,
      ResponseURL: 'http://127.0.0.1/answer',
      StackId: 'stack',
      RequestId: 'request',
      LogicalResourceId: more.logicalId ?? 'Site',
      ...(type === 'Create' ? {} : { PhysicalResourceId: 'site' }),
      ResourceProperties: {
        ServiceToken: 'arn',
        BuildBucketName: 'builds',
        BuildKey: `${letter}.zip`,
        SiteBucketName: 'site',
        Configuration: configuration,
        ...more.properties,
      },
    },
    {
      s3: s3.client,
      clock: () => now,
      sleep: async (milliseconds) => {
        now += milliseconds;
      },
      fetch: async (_, init) => {
        answers.push(JSON.parse(String(init?.body)));
        return new Response(null, { status: answerStatus });
      },
      log: { info: (message) => logged.push(message), error: (message) => logged.push(message) },
    },
  );
}

async function deploy(letter: string): Promise<void> {
  store(letter);
  await run(s3.bucket('site').size === 0 ? 'Create' : 'Update', letter);
  expect(answers.at(-1)).toMatchObject({ Status: 'SUCCESS' });
}

const names = () => [...s3.bucket('site').keys()].sort();
const text = (name: string) => s3.bucket('site').get(name)?.body.toString('utf8');
const chunks = (letter: string) => Object.keys(build(letter)).filter((name) => name.includes(letter.repeat(8)));

describe('a deployed site', () => {
  it('has the files of its build, each as browsers are to take and to keep it', async () => {
    await deploy('a');
    const served = [...s3.bucket('site')].map(([name, { contentType, cacheControl }]) => [name, contentType, cacheControl]);
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
    for (const [name, content] of Object.entries(build('a'))) expect(text(name)).toBe(content);
    expect(answers).toEqual([
      { Status: 'SUCCESS', PhysicalResourceId: 'site', StackId: 'stack', RequestId: 'request', LogicalResourceId: 'Site' },
    ]);
  });

  it('tells nobody whose account it lies in', async () => {
    await deploy('a');
    expect(text('deployed-builds.json')).not.toMatch(/stack|arn:/);
  });

  it('is told its configuration, which the application can read', async () => {
    await deploy('a');
    expect(parseRuntimeConfig(JSON.parse(text('config.json') ?? ''))).toEqual(configuration);
  });

  it('is put in an order in which no page lacks what it loads: the page last, what it no longer needs goes after', async () => {
    await deploy('a');
    s3.done.length = 0;
    await deploy('b');
    const puts = s3.done.filter((command) => command.startsWith('PutObject'));
    expect(puts.slice(1, 4).every((command) => command.includes(' assets/'))).toBe(true);
    expect(puts.slice(4, 6).sort()).toEqual(['PutObject config.json', 'PutObject icon.svg']);
    expect(puts.slice(6)).toEqual(['PutObject index.html', 'PutObject deployed-builds.json']);
    now += 300 * day_ms;
    await deploy('c');
    now += 300 * day_ms;
    s3.done.length = 0;
    await deploy('d');
    expect(s3.done.indexOf('DeleteObjects')).toBeGreaterThan(s3.done.indexOf('PutObject index.html'));
  });

  it('is put a few files at a time', async () => {
    store('a', {
      ...build('a'),
      ...Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`assets/c${index}-aaaaaaaa.js`, `${index}`])),
    });
    await run('Create', 'a');
    expect(names()).toHaveLength(67);
    expect(s3.mostAtOnce).toBe(16);
  });
});

describe('the builds before', () => {
  it('stay for pages that are open: the last one always, others for a week after they were replaced', async () => {
    await deploy('a');
    now += 30 * day_ms;
    await deploy('b');
    expect(names()).toEqual(expect.arrayContaining([...chunks('a'), ...chunks('b')]));
    now += 6 * day_ms;
    await deploy('c');
    expect(names()).toEqual(expect.arrayContaining([...chunks('a'), ...chunks('b'), ...chunks('c')]));
    now += 2 * day_ms;
    await deploy('d');
    expect(names().filter((name) => /aaaaaaaa/.test(name))).toEqual([]);
    expect(names()).toEqual(expect.arrayContaining([...chunks('b'), ...chunks('c'), ...chunks('d')]));
    now += 300 * day_ms;
    await deploy('e');
    expect(names()).toEqual(
      [...new Set([...Object.keys(build('d')), ...Object.keys(build('e')), 'config.json', 'deployed-builds.json'])].sort(),
    );
  });

  it('come back by a rollback as if they had never been replaced', async () => {
    await deploy('a');
    now += day_ms;
    await deploy('b');
    now += day_ms;
    await deploy('a');
    expect(text('index.html')).toBe(build('a')['index.html']);
    now += 300 * day_ms;
    await deploy('c');
    expect(names()).toEqual(expect.arrayContaining(chunks('a')));
    expect(names().filter((name) => /bbbbbbbb/.test(name))).toEqual([]);
  });

  it('stay as they are when the same build is deployed with another configuration', async () => {
    await deploy('a');
    await deploy('b');
    const before = names();
    await run('Update', 'b', { properties: { Configuration: { ...configuration, user_pool_client_id: 'other' } } });
    expect(names()).toEqual(before);
    expect(text('config.json')).toContain('"other"');
  });

  it('and whatever nobody knows of are removed with what is left of a deployment that failed', async () => {
    s3.bucket('site').set('stray.txt', { body: Buffer.from('x') });
    await deploy('a');
    expect(names()).not.toContain('stray.txt');
  });
});

describe('a deployment that fails', () => {
  it('tells CloudFormation why, and the page before is whole', async () => {
    await deploy('a');
    store('b');
    s3.before = async (command) => {
      if (command === 'PutObject icon.svg') throw new S3Error('SlowDown');
    };
    await run('Update', 'b');
    expect(answers.at(-1)).toMatchObject({ Status: 'FAILED', Reason: 'SlowDown: SlowDown', PhysicalResourceId: 'site' });
    expect(text('index.html')).toBe(build('a')['index.html']);
    expect(names()).toEqual(expect.arrayContaining(chunks('a')));
  });

  it('ends the same when it is done again, wherever it broke off', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(25), fc.boolean(), async (breaksAt, rollsBack) => {
        s3 = new MemoryS3();
        s3.buckets.set('site', new Map()).set('builds', new Map());
        await deploy('a');
        store('b');
        let commands = 0;
        s3.before = async () => {
          commands += 1;
          if (commands > breaksAt) throw new S3Error('Killed');
          const page = /app-(\w)/.exec(text('index.html') ?? '')?.[1] ?? '';
          expect(names()).toEqual(expect.arrayContaining(chunks(page)));
        };
        await run('Update', 'b');
        s3.before = async () => {};
        const shown = text('index.html') === build('b')['index.html'] ? 'b' : 'a';
        const wanted = rollsBack ? 'a' : 'b';
        await run('Update', wanted);
        expect(answers.at(-1)).toMatchObject({ Status: 'SUCCESS' });
        for (const [name, content] of Object.entries(build(wanted))) expect(text(name)).toBe(content);
        // Somebody may have either page open.
        expect(names()).toEqual(expect.arrayContaining([...chunks('a'), ...chunks(shown)]));
        now += 300 * day_ms;
        await deploy('c');
        expect(names().filter((name) => name.startsWith('assets/'))).toEqual(
          [...new Set([...Object.keys(build(wanted)), ...Object.keys(build('c'))])].filter((name) => name.startsWith('assets/')).sort(),
        );
      }),
    );
  });

  it.each<[string, Record<string, string>]>([
    ['has no index.html: it is no build of the dashboard', { 'assets/app-aaaaaaaa.js': '' }],
    ['has a file config.json, which its deployment makes', { 'index.html': '', 'config.json': '{}' }],
    ['no content type is known for this extension', { 'index.html': '', 'tool.exe': '' }],
    ['invalid relative path: ../out.js', { 'index.html': '', '../out.js': '' }],
  ])('says of a build that it %s', async (said, files) => {
    store('a', files);
    await run('Create', 'a');
    expect(answers).toMatchObject([{ Status: 'FAILED', Reason: expect.stringContaining(said), PhysicalResourceId: 'Site-failed' }]);
    expect(names()).not.toContain('index.html');
  });

  it.each<[string, object]>([
    ['graphql_url', { Configuration: { ...configuration, graphql_url: 'abc' } }],
    ['user_pool_id', { Configuration: { ...configuration, user_pool_id: undefined } }],
    ['BuildKey', { BuildKey: 'build.tar' }],
    ['SiteBucketName', { SiteBucketName: '' }],
  ])('names what is wrong in the request: %s', async (field, properties) => {
    store('a');
    await run('Create', 'a', { properties });
    expect(answers).toMatchObject([{ Status: 'FAILED', Reason: expect.stringContaining(field) }]);
    expect(s3.done).toEqual([]);
  });

  it('does not forget the builds before because it can not read of them', async () => {
    await deploy('a');
    s3.bucket('site').set('deployed-builds.json', { body: Buffer.from('{') });
    store('b');
    await run('Update', 'b');
    expect(answers.at(-1)).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('deployed-builds.json') });
    expect(text('index.html')).toBe(build('a')['index.html']);
  });

  it('is tried again by Lambda when CloudFormation can not be answered', async () => {
    store('a');
    answerStatus = 503;
    await expect(run('Create', 'a')).rejects.toThrow('HTTP 503');
  });
});

describe('the right to read a build', () => {
  it('is waited for while its policy comes into force', async () => {
    const from = now;
    s3.before = async (command) => {
      if (command === 'GetObject a.zip' && now < from + 20_000) throw new S3Error('AccessDenied');
    };
    await deploy('a');
  });

  it('is not waited for without end', async () => {
    const from = now;
    s3.before = () => Promise.reject(new S3Error('AccessDenied'));
    await run('Create', 'a');
    expect(answers).toMatchObject([{ Status: 'FAILED', Reason: expect.stringContaining('AccessDenied') }]);
    expect(now - from).toBeLessThan(60_000);
  });

  it('is not waited for when something else is wrong', async () => {
    const from = now;
    await run('Create', 'missing');
    expect(answers).toMatchObject([{ Status: 'FAILED', Reason: expect.stringContaining('NoSuchKey') }]);
    expect(now).toBe(from);
  });
});

describe('a site whose stack is deleted', () => {
  it('is taken away, and may be gone before', async () => {
    await deploy('a');
    for (const _ of [1, 2]) await run('Delete', 'a');
    expect(names()).toEqual([]);
    s3.buckets.delete('site');
    await run('Delete', 'a');
    expect(answers.map(({ Status }) => Status)).toEqual(['SUCCESS', 'SUCCESS', 'SUCCESS', 'SUCCESS']);
  });

  it('stays when another resource has deployed it since: a renamed one is deleted after the new one is made', async () => {
    await deploy('a');
    store('b');
    await run('Create', 'b', { logicalId: 'Renamed' });
    await run('Delete', 'a');
    expect(text('index.html')).toBe(build('b')['index.html']);
    await run('Delete', 'b', { logicalId: 'Renamed' });
    expect(names()).toEqual([]);
  });

  it('stays when it is the resource that could not be made which is deleted', async () => {
    await deploy('a');
    store('b');
    s3.before = async (command) => {
      if (command === 'PutObject index.html') throw new S3Error('SlowDown');
    };
    await run('Create', 'b', { logicalId: 'Renamed' });
    s3.before = async () => {};
    await run('Delete', 'b', { logicalId: 'Renamed' });
    expect(text('index.html')).toBe(build('a')['index.html']);
    expect(names()).toEqual(expect.arrayContaining(chunks('a')));
  });
});
