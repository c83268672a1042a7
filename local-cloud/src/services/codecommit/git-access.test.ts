import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT, REGION } from '../../testing/test-cloud.ts';
import { CodeCommitBench, type Session } from './testing/codecommit-bench.ts';
import { GitClient } from './testing/git-client.ts';

let bench: CodeCommitBench;
let name: string;
let clone: string;
let first: string;
beforeAll(async () => {
  bench = await CodeCommitBench.start();
  name = await bench.repository();
  clone = await bench.git.clone(bench.url(name), name);
  first = await bench.git.commit(clone, { 'README.md': 'first\n' });
  await bench.git.run(clone, 'push', '--quiet', 'origin', 'main');
});
afterAll(() => bench.stop());

const pull = { Effect: 'Allow', Action: 'codecommit:GitPull', Resource: '*' };
const push = { Effect: 'Allow', Action: 'codecommit:GitPush', Resource: '*' };
/** As the user guide writes it ("Limit pushes and merges to branches"). */
const protectMain = {
  Effect: 'Deny',
  Action: 'codecommit:GitPush',
  Resource: '*',
  Condition: { StringEqualsIfExists: { 'codecommit:References': ['refs/heads/main'] }, Null: { 'codecommit:References': 'false' } },
};
const refs = async () => (await bench.git.run(clone, 'ls-remote', '--heads', bench.url(name))).trim().split('\n').length;

describe('who uses git', () => {
  it('is asked for credentials first', async () => {
    const answer = await fetch(`${bench.cloud.endpoint}/v1/repos/${name}/info/refs?service=git-upload-pack`);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Basic realm=/);
  });

  it('may do as a role what its policies allow', async () => {
    const reader = await bench.session('reader', pull);
    const own = await bench.git.clone(bench.urlFor(name, reader), 'reader');
    expect(await bench.git.head(own)).toBe(first);
    await bench.git.commit(own, { 'x.txt': 'x' });
    await expect(bench.git.run(own, 'push', 'origin', 'HEAD:refs/heads/by-reader')).rejects.toMatchObject({
      stderr: expect.stringMatching(/is not authorized to perform: codecommit:GitPush.*\n.*403/s),
    });
    const nobody = await bench.session('nobody');
    await expect(bench.git.clone(bench.urlFor(name, nobody), 'nobody')).rejects.toMatchObject({
      stderr: expect.stringContaining('codecommit:GitPull'),
    });
  });

  it('may push to the branches that no policy protects', async () => {
    const developer = await bench.session('developer', pull, push, protectMain);
    const own = await bench.git.clone(bench.urlFor(name, developer), 'developer');
    await bench.git.commit(own, { 'y.txt': 'y' });
    await bench.git.run(own, 'push', '--quiet', 'origin', 'HEAD:refs/heads/feature');
    const before = await refs();
    const denied = bench.git.run(own, 'push', 'origin', 'HEAD:refs/heads/main', 'HEAD:refs/heads/beside');
    await expect(denied).rejects.toMatchObject({
      stderr: expect.stringMatching(/\[remote rejected\] HEAD -> main .*codecommit:GitPush.*explicit deny/),
    });
    expect(await refs()).toBe(before);
    expect(bench.told(name).map(({ referenceName }) => referenceName)).toEqual(['main', 'feature']);
  });

  it('is refused with credentials that nobody has, and with old passwords', async () => {
    const session: Session = await bench.session('someone', pull);
    const refused = async (url: string) => {
      const { username, password } = new URL(url);
      const headers = { Authorization: `Basic ${Buffer.from(`${decodeURIComponent(username)}:${password}`).toString('base64')}` };
      const answer = await fetch(`${bench.cloud.endpoint}/v1/repos/${name}/info/refs?service=git-upload-pack`, { headers });
      return [answer.status, await answer.text()];
    };
    expect(await refused(bench.urlFor(name, session))).toEqual([200, expect.anything()]);
    expect(await refused(bench.urlFor(name, { ...session, SessionToken: 'other' }))).toEqual([
      403,
      expect.stringContaining('security token'),
    ]);
    expect(await refused(bench.url(name, `${session.AccessKeyId}%${session.SessionToken}`, 'x'))).toEqual([
      403,
      expect.stringContaining('credential helper'),
    ]);
    const old = new Date(Date.now() - 16 * 60_000);
    expect(await refused(bench.urlFor(name, session, old))).toEqual([403, expect.stringContaining('expired')]);
  });

  it('is told of a repository that there is not', async () => {
    await expect(bench.git.clone(bench.url('missing'), 'missing')).rejects.toMatchObject({ stderr: expect.stringContaining('not found') });
    // The repositories of an account and region are its own.
    await expect(bench.git.clone(bench.url(name, '444455556666'), 'other')).rejects.toMatchObject({
      stderr: expect.stringContaining('not found'),
    });
  });

  it('is told where there is no git on the machine', async () => {
    const path = process.env['PATH'];
    process.env['PATH'] = '/nowhere';
    try {
      const headers = { Authorization: `Basic ${Buffer.from(`${ACCOUNT}:x`).toString('base64')}` };
      const answer = await fetch(`${bench.cloud.endpoint}/v1/repos/${name}/info/refs?service=git-upload-pack`, { headers });
      expect([answer.status, await answer.text()]).toEqual([503, expect.stringContaining('Install git')]);
    } finally {
      process.env['PATH'] = path;
    }
  });

  it('means the region in AWS’s own host name', async () => {
    const status = async (region: string) => {
      const headers = {
        Authorization: `Basic ${Buffer.from(`${ACCOUNT}:x`).toString('base64')}`,
        Host: `git-codecommit.${region}.amazonaws.com`,
      };
      const { get } = await import('node:http');
      return new Promise((resolve, reject) => {
        get(`${bench.cloud.endpoint}/v1/repos/${name}/info/refs?service=git-upload-pack`, { headers }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        }).on('error', reject);
      });
    };
    expect([await status(REGION), await status('eu-west-1')]).toEqual([200, 404]);
  });
});

const hasAws = await promisify(execFile)('aws', ['--version']).then(
  () => true,
  () => false,
);

// Where the AWS CLI isn't installed (a laptop with Node alone), there is no helper to drive.
describe.runIf(hasAws)('AWS’s own credential helper', () => {
  it('makes the credentials of a session, as `git config credential.helper` has it', async () => {
    const { AccessKeyId, SecretAccessKey, SessionToken } = await bench.session('with-helper', pull, push);
    const keys = {
      AWS_ACCESS_KEY_ID: AccessKeyId,
      AWS_SECRET_ACCESS_KEY: SecretAccessKey,
      AWS_SESSION_TOKEN: SessionToken,
      AWS_DEFAULT_REGION: REGION,
    };
    const git = new GitClient({ ...keys, AWS_EC2_METADATA_DISABLED: 'true' });
    try {
      const helper = [
        '-c',
        'credential.helper=!aws codecommit credential-helper --ignore-host-check $@',
        '-c',
        'credential.UseHttpPath=true',
      ];
      const own = await git.clone(`${bench.cloud.endpoint}/v1/repos/${name}`, 'by-helper', ...helper);
      await git.commit(own, { 'helper.txt': 'x' });
      await git.run(own, ...helper, 'push', '--quiet', 'origin', 'HEAD:refs/heads/by-helper');
      expect(bench.told(name).at(-1)).toMatchObject({
        referenceName: 'by-helper',
        callerUserArn: expect.stringContaining('assumed-role/with-helper/dana'),
      });
    } finally {
      git.remove();
    }
  });
});
