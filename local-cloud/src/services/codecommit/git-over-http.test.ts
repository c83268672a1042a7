import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { GetBranchCommand, GetRepositoryCommand, ListBranchesCommand } from '@aws-sdk/client-codecommit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UsageRecord } from '../../kernel/usage.ts';
import { ACCOUNT } from '../../testing/test-cloud.ts';
import { FLUSH, pktLine } from './pkt-line.ts';
import { CodeCommitBench } from './testing/codecommit-bench.ts';

let bench: CodeCommitBench;
beforeAll(async () => {
  bench = await CodeCommitBench.start();
});
afterAll(() => bench.stop());

const branch = async (repositoryName: string, branchName: string) =>
  (await bench.client.send(new GetBranchCommand({ repositoryName, branchName }))).branch?.commitId;

/** A repository with one commit on main, and the clone it came from. */
async function pushed(): Promise<{ name: string; clone: string; first: string }> {
  const name = await bench.repository();
  const clone = await bench.git.clone(bench.url(name), name);
  const first = await bench.git.commit(clone, { 'README.md': 'first\n' }, 'First');
  await bench.git.run(clone, 'push', '--quiet', 'origin', 'main');
  return { name, clone, first };
}

describe('git over HTTP', () => {
  it('clones an empty repository, and takes its first push as the default branch', async () => {
    const usage: UsageRecord[] = [];
    bench.cloud.cloud.onUsage((record) => usage.push(record));
    const { name, first } = await pushed();
    expect(await branch(name, 'main')).toBe(first);
    const { repositoryMetadata } = await bench.client.send(new GetRepositoryCommand({ repositoryName: name }));
    expect(repositoryMetadata).toMatchObject({ defaultBranch: 'main', cloneUrlHttp: `${bench.cloud.endpoint}/v1/repos/${name}` });
    expect(bench.told(name)).toEqual([
      {
        event: 'referenceCreated',
        repositoryName: name,
        repositoryId: repositoryMetadata?.repositoryId,
        callerUserArn: `arn:aws:iam::${ACCOUNT}:root`,
        referenceType: 'branch',
        referenceName: 'main',
        referenceFullName: 'refs/heads/main',
        commitId: first,
      },
    ]);
    const second = await bench.git.clone(bench.url(name), `${name}-second`);
    expect(await bench.git.head(second)).toBe(first);
    const billed = usage.filter(({ resource }) => resource === name).map(({ operation, units }) => [operation, units]);
    expect(billed).toEqual([
      ['GitPush', { requests: 1 }],
      ['GitPull', { requests: 1 }],
    ]);
  });

  it.each(['0', '1', '2'])('speaks version %s of the protocol', async (version) => {
    const { name, clone, first } = await pushed();
    const again = await bench.git.clone(bench.url(name), `${name}-again`, '-c', `protocol.version=${version}`);
    expect(await bench.git.head(again)).toBe(first);
    await bench.git.run(clone, '-c', `protocol.version=${version}`, 'push', '--quiet', 'origin', 'main:other');
    expect(await branch(name, 'other')).toBe(first);
    await bench.git.run(again, '-c', `protocol.version=${version}`, 'fetch', '--quiet', '--depth=1', 'origin', 'other');
  });

  it('takes forced pushes, branches, tags and their deletion, and tells of each', async () => {
    const { name, clone, first } = await pushed();
    await bench.git.run(clone, 'commit', '--quiet', '--amend', '-m', 'Amended');
    const amended = await bench.git.head(clone);
    await expect(bench.git.run(clone, 'push', 'origin', 'main')).rejects.toMatchObject({
      stderr: expect.stringContaining('non-fast-forward'),
    });
    await bench.git.run(clone, 'push', '--quiet', '--force', 'origin', 'main');
    await bench.git.run(clone, 'tag', '-a', 'v1', '-m', 'Version 1');
    await bench.git.run(clone, 'push', '--quiet', 'origin', 'main:feature/x', 'v1');
    await bench.git.run(clone, 'push', '--quiet', 'origin', '--delete', 'feature/x');
    expect((await bench.client.send(new ListBranchesCommand({ repositoryName: name }))).branches).toEqual(['main']);
    const told = bench.told(name).slice(1);
    expect(told).toHaveLength(4);
    expect(told).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ event: 'referenceUpdated', referenceName: 'main', oldCommitId: first, commitId: amended }),
        expect.objectContaining({ event: 'referenceCreated', referenceName: 'feature/x', commitId: amended }),
        expect.objectContaining({ event: 'referenceCreated', referenceName: 'v1', referenceType: 'tag', commitId: amended }),
        expect.objectContaining({ event: 'referenceDeleted', referenceName: 'feature/x', oldCommitId: amended }),
      ]),
    );
    expect(told.at(-1)).not.toHaveProperty('commitId');
  });

  it('refuses to delete the default branch, and tells of nothing', async () => {
    const { name, clone } = await pushed();
    await expect(bench.git.run(clone, 'push', 'origin', '--delete', 'main')).rejects.toMatchObject({
      stderr: expect.stringContaining('[remote rejected]'),
    });
    expect(bench.told(name)).toHaveLength(1);
  });

  it('lets the second of two who changed the same branch fetch first', async () => {
    const { name, clone } = await pushed();
    const other = await bench.git.clone(bench.url(name), `${name}-other`);
    await bench.git.commit(clone, { 'a.txt': 'a' });
    await bench.git.run(clone, 'push', '--quiet', 'origin', 'main');
    await bench.git.commit(other, { 'b.txt': 'b' });
    await expect(bench.git.run(other, 'push', 'origin', 'main')).rejects.toMatchObject({ stderr: expect.stringContaining('fetch first') });
    await bench.git.run(other, 'pull', '--quiet', '--rebase', 'origin', 'main');
    await bench.git.run(other, 'push', '--quiet', 'origin', 'main');
    expect(await branch(name, 'main')).toBe(await bench.git.head(other));
  });

  it('takes a push of 12 MB, and gives it back', async () => {
    const { name, clone } = await pushed();
    const large = randomBytes(12 * 1024 * 1024);
    await bench.git.commit(clone, { 'large.bin': large });
    await bench.git.run(clone, 'push', '--quiet', 'origin', 'main');
    const again = await bench.git.clone(bench.url(name), `${name}-again`);
    expect(readFileSync(join(again, 'large.bin')).equals(large)).toBe(true);
  });

  it('takes requests that are packed by gzip', async () => {
    const { name, first } = await pushed();
    const body = Buffer.concat([pktLine('command=ls-refs\n'), Buffer.from('0001'), pktLine('ref-prefix refs/heads/\n'), FLUSH]);
    const ask = (packed: Uint8Array) =>
      fetch(`${bench.cloud.endpoint}/v1/repos/${name}/git-upload-pack`, {
        method: 'POST',
        headers: {
          Authorization: `Basic ${Buffer.from(`${ACCOUNT}:x`).toString('base64')}`,
          'Content-Encoding': 'gzip',
          'Git-Protocol': 'version=2',
        },
        body: new Uint8Array(packed),
      });
    const answer = await ask(gzipSync(body));
    expect(answer.headers.get('content-type')).toBe('application/x-git-upload-pack-result');
    expect(await answer.text()).toContain(`${first} refs/heads/main`);
    expect((await ask(body)).status).toBe(400);
  });

  it('answers a long request that is no gzip, though it says so', async () => {
    const { name } = await pushed();
    const headers = { Authorization: `Basic ${Buffer.from(`${ACCOUNT}:x`).toString('base64')}`, 'Content-Encoding': 'gzip' };
    const body = 'x'.repeat(200_000);
    for (const service of ['git-upload-pack', 'git-receive-pack']) {
      const answer = await fetch(`${bench.cloud.endpoint}/v1/repos/${name}/${service}`, { method: 'POST', headers, body });
      expect([answer.status, await answer.text()]).toEqual([400, 'The request is no gzip, though it says so.\n']);
    }
  });

  it('shows why a reference can not be made, but not where on this machine', async () => {
    const { clone } = await pushed();
    const refused = bench.git.run(clone, 'push', 'origin', `main:refs/heads/${'x'.repeat(252)}`);
    await expect(refused).rejects.toMatchObject({ stderr: expect.stringMatching(/Unable to create 'refs\/heads\/x{252}\.lock'/) });
  });

  it('goes on when a request that it refuses unread is packed by half, or names no repository', async () => {
    const headers = { Authorization: `Basic ${Buffer.from(`${ACCOUNT}:x`).toString('base64')}`, 'Content-Encoding': 'gzip' };
    const packed = gzipSync('x'.repeat(1000));
    const statuses: number[] = [];
    for (const [name, method] of [
      ['nobody', 'POST'],
      ['nobody', 'PUT'],
      ['%zz', 'POST'],
    ] as const) {
      const half = new Uint8Array(packed.subarray(0, packed.length - 12));
      statuses.push((await fetch(`${bench.cloud.endpoint}/v1/repos/${name}/git-upload-pack`, { method, headers, body: half })).status);
    }
    expect(statuses).toEqual([404, 405, 404]);
  });

  it('keeps nothing of a push that ends in the middle, and takes it again', async () => {
    const { name, clone, first } = await pushed();
    await bench.git.commit(clone, { 'large.bin': randomBytes(3 * 1024 * 1024) });
    const pack = await bench.git.run(clone, 'rev-parse', 'main');
    const command = `${first} ${pack.trim()} refs/heads/main\0 report-status side-band-64k`;
    const socket = connect(Number(new URL(bench.cloud.endpoint).port), '127.0.0.1');
    const authorization = `Basic ${Buffer.from(`${ACCOUNT}:x`).toString('base64')}`;
    socket.write(
      `POST /v1/repos/${name}/git-receive-pack HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: ${authorization}\r\nContent-Length: 9999\r\n\r\n`,
    );
    socket.write(Buffer.concat([pktLine(command), FLUSH, Buffer.from('PACK\0\0\0\x02\0\0', 'latin1')]), () => socket.destroy());
    await once(socket, 'close');
    await bench.git.run(clone, 'push', '--quiet', 'origin', 'main');
    expect(await branch(name, 'main')).toBe(pack.trim());
    expect(bench.told(name)).toHaveLength(2);
  });

  it('keeps everything over a restart', async () => {
    const { name, first } = await pushed();
    await bench.restart();
    expect(await branch(name, 'main')).toBe(first);
    expect(await bench.git.head(await bench.git.clone(bench.url(name), `${name}-after`))).toBe(first);
  });

  it('begins a trace with each push, which goes on with its events', async () => {
    const spans: { service: string; trace_id: string; span_id: string }[] = [];
    bench.cloud.cloud.onSpan((span) => spans.push(span));
    const { name } = await pushed();
    const span = spans.find(({ service }) => service === 'codecommit');
    const event = bench.events.find(({ resources }) => resources.includes(bench.arn(name)));
    expect(event?.traceHeader).toBe(`Root=${span?.trace_id};Parent=${span?.span_id};Sampled=1`);
  });
});
