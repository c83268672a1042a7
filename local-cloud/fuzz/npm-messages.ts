import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { ACCOUNT, REGION } from '../src/testing/test-cloud.ts';
import { bytesAsText, type HttpMessage, nearMessage } from './http-message.ts';
import { nearMiss, oddText, oddValue } from './odd-values.ts';

/** Where npm finds the repository `fuzz` of the domain `fuzz`, with the `/` at its end. */
export function npmPath(repository = 'fuzz'): string {
  return `/_codeartifact/${REGION}/fuzz-${ACCOUNT}/npm/${repository}/`;
}

const name = fc.constantFrom(
  'plain',
  'plain',
  '@fuzz/scoped',
  '@fuzz%2fscoped',
  '@fuzz%2Fscoped',
  'nobody',
  '@fuzz',
  '-',
  '..',
  'a b',
  '__proto__',
);
const version = fc.oneof(
  fc.constantFrom('1.0.0', '1.0.1', '1.0.0-beta.1+x', '01.0.0', '1.0', 'latest', '__proto__', 'constructor', 'toString'),
  fc.integer({ min: 0, max: 10_000 }).map((patch) => `2.0.${patch}`),
);
const tag = fc.constantFrom('latest', 'next', 'beta', '__proto__', 'constructor', '1.0.0', 'a%2Fb', '%');
const manifest = fc.record(
  {
    description: fc.oneof(oddText, oddValue),
    dependencies: fc.constantFrom({ plain: '^1.0.0' }, null, [], { __proto__: null }),
    scripts: fc.constantFrom({ install: 'true' }, { postinstall: '' }, 'x', null),
    bin: oddValue,
    toJSON: fc.constant('x'),
    dist: fc.constantFrom(
      {},
      { shasum: 'x' },
      { integrity: 'sha512-x' },
      { integrity: 'sha1-x', tarball: 'http://elsewhere.example/x.tgz' },
    ),
  },
  { requiredKeys: [] },
);

/** What `npm publish` sends for one version of a package. */
const publication = (packageName: string): fc.Arbitrary<unknown> =>
  fc.record({ version, manifest, tags: fc.array(tag, { maxLength: 2 }), content: fc.uint8Array({ maxLength: 40 }) }).map((given) => ({
    _id: packageName,
    name: packageName,
    'dist-tags': Object.fromEntries(['latest', ...given.tags].map((one) => [one, given.version])),
    versions: {
      [given.version]: {
        dist: { shasum: createHash('sha1').update(given.content).digest('hex') },
        ...given.manifest,
        name: packageName,
        version: given.version,
      },
    },
    _attachments: {
      [`${packageName}-${given.version}.tgz`]: {
        content_type: 'application/octet-stream',
        data: Buffer.from(given.content).toString('base64'),
        length: given.content.length,
      },
    },
  }));

interface Asked {
  readonly method: string;
  readonly rest: string;
  readonly body: string;
}

const ask = (method: string, rest: string, value?: unknown): Asked => ({
  method,
  rest,
  body: value === undefined ? '' : bytesAsText(JSON.stringify(value) ?? ''),
});
const published = fc
  .constantFrom('plain', '@fuzz/scoped')
  .chain((packageName) =>
    fc
      .oneof({ weight: 3, arbitrary: publication(packageName) }, { weight: 1, arbitrary: nearMiss(publication(packageName)) })
      .map((value) => ask('PUT', packageName.replace('/', '%2f'), value)),
  );
const asked: fc.Arbitrary<Asked> = fc.oneof(
  { weight: 4, arbitrary: published },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom('GET', 'HEAD'), name).map(([method, one]) => ask(method, one)) },
  { weight: 2, arbitrary: fc.tuple(name, fc.oneof(version, tag)).map(([one, wanted]) => ask('GET', `${one}/${wanted}`)) },
  {
    weight: 1,
    arbitrary: fc.tuple(name, version).map(([one, wanted]) => ask('GET', `${one}/-/${one.split(/\/|%2f/i).at(-1)}-${wanted}.tgz`)),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom('GET', 'PUT', 'POST', 'DELETE'), name, tag, version)
      .map(([method, one, wanted, value]) =>
        method === 'GET' ? ask(method, `-/package/${one}/dist-tags`) : ask(method, `-/package/${one}/dist-tags/${wanted}`, value),
      ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...['-/ping', '-/whoami', '-/v1/search?text=x', '-/npm/v1/security/audits', '-/user/org.couchdb.user:x', '-/all', '', '-rev/1'].map(
        (rest) => ask('GET', rest),
      ),
    ),
  },
);

/** Requests of npm to a repository of CodeArtifact, valid ones and ones near them. */
export function npmMessages(token: string): fc.Arbitrary<HttpMessage> {
  const authorization = fc.oneof(
    { weight: 12, arbitrary: fc.constant(`Bearer ${token}`) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        `Basic ${Buffer.from(`aws:${token}`).toString('base64')}`,
        `Basic ${Buffer.from(`other:${token}`).toString('base64')}`,
        'Basic ////',
        'Bearer ',
        'Bearer x',
        `bearer  ${token}x`,
      ),
    },
  );
  const place = fc.oneof(
    { weight: 12, arbitrary: fc.constant(npmPath()) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        npmPath('nobody'),
        npmPath('%zz'),
        '/_codeartifact/',
        `/_codeartifact/${REGION}/nobody-${ACCOUNT}/npm/fuzz/`,
        `/_codeartifact/${REGION}/fuzz-999999999999/npm/fuzz/`,
      ),
    },
  );
  const accept = fc.constantFrom('application/json', 'application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*', '*/*');
  return nearMessage(
    fc
      .record({ authorization, place, accept, asked })
      .map(({ authorization: who, place: where, accept: wanted, asked: { method, rest, body } }) => ({
        method,
        path: where + rest.replaceAll(' ', '%20'),
        headers: { authorization: who, accept: wanted, 'content-type': 'application/json' },
        body,
      })),
  );
}
