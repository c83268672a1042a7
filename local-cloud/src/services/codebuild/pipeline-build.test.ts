import { RetryBuildCommand } from '@aws-sdk/client-codebuild';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromBuffer } from 'yauzl';
import { ZipFile } from 'yazl';
import { ROLE_WITHOUT_POLICIES } from '../../testing/role-without-policies.ts';
import { type PipelineBuild, startPipelineBuild } from './pipeline-build.ts';
import { BUILD_RIGHTS, BuildBench, phasesOf } from './test-bench.ts';

let bench: BuildBench;
let s3: S3Client;
const Bucket = 'artifacts';

beforeAll(async () => {
  bench = await BuildBench.start();
  s3 = new S3Client(bench.cloud.client);
  await s3.send(new CreateBucketCommand({ Bucket }));
});
afterAll(() => bench.stop());

/** Puts a zip of these files, `path` or `path*` for one that can be run. */
async function put(Key: string, files: Record<string, string>): Promise<{ name: string; bucket: string; key: string }> {
  const zip = new ZipFile();
  for (const [path, text] of Object.entries(files)) {
    const executable = path.endsWith('*');
    zip.addBuffer(Buffer.from(text), executable ? path.slice(0, -1) : path, { mode: executable ? 0o100755 : 0o100644 });
  }
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: Buffer.concat(chunks) }));
  return { name: Key, bucket: Bucket, key: Key };
}

/** Names and Unix modes of what a zip in the bucket holds. */
async function list(Key: string): Promise<string[]> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  const zip = Buffer.from((await Body?.transformToByteArray()) ?? []);
  return new Promise((resolve, reject) => {
    fromBuffer(zip, {}, (error, file) => {
      if (error) return reject(error);
      const names: string[] = [];
      file.on('entry', ({ fileName, externalFileAttributes }) =>
        names.push(`${fileName} ${((externalFileAttributes >>> 16) & 0o777).toString(8)}`),
      );
      file.once('end', () => resolve(names.toSorted()));
    });
  });
}

async function pipelineProject(name: string, spec: object, members: object = {}): Promise<void> {
  const pipeline = { artifacts: { type: 'CODEPIPELINE' } };
  await bench.project(name, '', {
    ...pipeline,
    source: { type: 'CODEPIPELINE', buildspec: JSON.stringify({ version: '0.2', ...spec }) },
    ...members,
  });
}

async function start(projectName: string, build: Partial<PipelineBuild>): Promise<Awaited<ReturnType<typeof bench.ended>>> {
  const full = { projectName, environmentVariables: [], inputs: [], outputs: [], initiator: 'codepipeline/line', ...build };
  const { buildId } = await startPipelineBuild(bench.cloud.cloud, full, bench.cloud.caller());
  return bench.ended(buildId);
}

const output = (name: string) => ({ name, bucket: Bucket, key: `${name}.zip` });

describe('a build that a pipeline starts', () => {
  it('has its inputs as sources, file modes kept, and puts its outputs', async () => {
    const spec = {
      env: { 'exported-variables': ['HASH'] },
      phases: {
        build: {
          commands: [
            'export HASH=$(./hash.sh); echo $CODEBUILD_INITIATOR $CODEBUILD_RESOLVED_SOURCE_VERSION $STAGE',
            'cat "$CODEBUILD_SRC_DIR_other/note"',
            'mkdir -p out/deep && cp hash.sh out/deep/ && echo x >out/.hidden && echo y >out/left.log',
          ],
        },
      },
      artifacts: { 'base-directory': 'out', files: '**/*', 'exclude-paths': ['*.log'] },
    };
    await pipelineProject('steps', spec);
    const inputs = [await put('main', { 'hash.sh*': '#!/bin/sh\necho 42\n' }), await put('other', { note: 'a note\n' })];
    const build = await start('steps', {
      inputs,
      primaryInput: 'main',
      outputs: [output('made')],
      environmentVariables: [{ name: 'STAGE', value: 'dev', type: 'PLAINTEXT' }],
      resolvedSourceVersion: 'abc',
    });
    expect(build).toMatchObject({
      buildStatus: 'SUCCEEDED',
      initiator: 'codepipeline/line',
      sourceVersion: 'arn:aws:s3:::artifacts/main',
      resolvedSourceVersion: 'abc',
      exportedEnvironmentVariables: [{ name: 'HASH', value: '42' }],
      artifacts: { location: 'arn:aws:s3:::artifacts/made.zip' },
    });
    expect(await bench.output(build)).toEqual(['codepipeline/line abc dev', 'a note']);
    expect(await list('made.zip')).toEqual(['.hidden 644', 'deep/hash.sh 755']);
    await expect(bench.client.send(new RetryBuildCommand({ id: build.id }))).rejects.toThrow('retry its stage');
    await expect(bench.startBuild('steps')).rejects.toThrow('only a pipeline can start a build of it');
  });

  it('takes its buildspec from a file of the source, as CDK writes it for assets', async () => {
    await pipelineProject('filed', {}, { source: { type: 'CODEPIPELINE', buildspec: 'buildspec-c8875-FileAsset.yaml' } });
    const found = await start('filed', {
      inputs: [
        await put('a', {
          'buildspec-c8875-FileAsset.yaml': '{ "version": "0.2", "phases": { "build": { "commands": ["echo from a file"] } } }',
        }),
      ],
    });
    expect(await bench.output(found)).toEqual(['from a file']);
    const missing = await start('filed', { inputs: [await put('b', {})] });
    expect(missing.phases?.[3]?.contexts).toEqual([{ statusCode: 'YAML_FILE_ERROR', message: 'YAML file does not exist' }]);
  });

  it('puts several outputs by their names, though the build has failed', async () => {
    const artifacts = {
      'secondary-artifacts': { One: { files: ['d/**/*'], 'discard-paths': 'yes' }, Two: { files: ['d/a'], 'base-directory': 'b*' } },
    };
    await pipelineProject('several', {
      phases: { build: { commands: ['mkdir -p d/e b1/d b2/d; touch d/a d/e/f b1/d/a b2/d/a', 'false'] } },
      artifacts,
    });
    const build = await start('several', { inputs: [await put('c', { x: 'y' })], outputs: [output('One'), output('Two')] });
    expect(build.buildStatus).toBe('FAILED');
    expect(phasesOf(build)).toContain('UPLOAD_ARTIFACTS SUCCEEDED');
    expect([await list('One.zip'), await list('Two.zip')]).toEqual([['a 644', 'f 644'], ['d/a 644']]);
  });

  it.each([
    ['no file', { files: ['nothing/*'] }, 'no matching artifact paths found'],
    ['no folder', { 'base-directory': 'cdk.out', files: ['**/*'] }, 'no matching base directory path found for cdk.out'],
    ['no artifacts', undefined, "no artifact of the buildspec is the pipeline's output made"],
  ])('fails in UPLOAD_ARTIFACTS when there is %s', async (what, artifacts, message) => {
    const name = what.replace(' ', '-');
    await pipelineProject(name, { phases: {}, artifacts });
    const build = await start(name, { inputs: [await put(name, { x: 'y' })], outputs: [output('made')] });
    expect(phasesOf(build).slice(-3)).toEqual(['UPLOAD_ARTIFACTS FAILED', 'FINALIZING SUCCEEDED', 'COMPLETED']);
    expect(build.phases?.at(-3)?.contexts).toEqual([{ statusCode: 'CLIENT_ERROR', message }]);
  });

  it.each([
    ['s3:GetObject*', 'DOWNLOAD_SOURCE', 's3:GetObject'],
    ['s3:PutObject*', 'UPLOAD_ARTIFACTS', 's3:PutObject'],
  ])('without %s fails in %s with the reason', async (right, phase, action) => {
    const { [right]: _, ...rights } = BUILD_RIGHTS;
    const name = `without-${phase.toLowerCase().replace('_', '-')}`;
    await pipelineProject(name, { phases: {}, artifacts: { files: ['**/*'] } }, { serviceRole: await bench.role(`${name}-role`, rights) });
    const build = await start(name, { inputs: [await put('d', { x: 'y' })], outputs: [output('denied')] });
    const failed = build.phases?.find(({ phaseStatus }) => phaseStatus === 'FAILED');
    expect(failed?.phaseType).toBe(phase);
    expect(failed?.contexts?.[0]?.statusCode).toBe('CLIENT_ERROR');
    expect(failed?.contexts?.[0]?.message).toMatch(new RegExp(`${action}.*arn:aws:s3:::artifacts/(d|denied.zip)`));
  });

  it('needs codebuild:StartBuild', async () => {
    const caller = bench.cloud.caller(ROLE_WITHOUT_POLICIES);
    const build = { projectName: 'steps', environmentVariables: [], inputs: [], outputs: [], initiator: 'codepipeline/line' };
    await expect(startPipelineBuild(bench.cloud.cloud, build, caller)).rejects.toThrow('codebuild:StartBuild');
  });
});

it('installs and runs a package by npm, without a network', { timeout: 60_000 }, async () => {
  const lock = {
    name: 'tiny',
    lockfileVersion: 3,
    packages: {
      '': { name: 'tiny', dependencies: { part: 'file:part' } },
      'node_modules/part': { resolved: 'part', link: true },
      part: { name: 'part', version: '1.0.0', bin: { part: 'part.js' } },
    },
  };
  const files = {
    'package.json': JSON.stringify({
      name: 'tiny',
      dependencies: { part: 'file:part' },
      scripts: { test: 'part && node -p process.version' },
    }),
    'package-lock.json': JSON.stringify(lock),
    'part/package.json': JSON.stringify({ name: 'part', version: '1.0.0', bin: { part: 'part.js' } }),
    'part/part.js*': "#!/usr/bin/env node\nconsole.log('the part runs')\n",
  };
  await pipelineProject('npm', {
    phases: {
      install: { commands: ['npm ci', 'npm install -g ./part'] },
      build: { commands: ['npm test --silent', 'part', 'npm config get registry | wc -l'] },
    },
  });
  const build = await start('npm', { inputs: [await put('npm', files)] });
  expect((await bench.output(build)).slice(-4)).toEqual([
    'the part runs',
    process.version,
    'the part runs',
    expect.stringMatching(/^\s*1$/),
  ]);
  expect(build.buildStatus).toBe('SUCCEEDED');
});

it('keeps the folders of a local custom cache between the builds of a project', async () => {
  const cache = { type: 'LOCAL', modes: ['LOCAL_CUSTOM_CACHE'] };
  const commands = [
    'cat kept/count $HOME/.cached/x || true',
    'mkdir -p kept $HOME/.cached; echo again >kept/count; echo home >$HOME/.cached/x',
  ];
  const spec = { version: 0.2, phases: { build: { commands } }, cache: { paths: ['kept/**/*', '/root/.cached'] } };
  for (const [name, members, second] of [
    ['cached', { cache }, ['again', 'home']],
    ['not-cached', {}, []],
  ] as const) {
    await bench.project(name, spec, members);
    await bench.ended(await bench.startBuild(name));
    const build = await bench.ended(await bench.startBuild(name));
    expect((await bench.output(build)).filter((line) => !line.includes('No such file'))).toEqual(second);
  }
});
