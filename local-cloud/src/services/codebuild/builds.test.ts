import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListBuildsForProjectCommand, RetryBuildCommand, StopBuildCommand } from '@aws-sdk/client-codebuild';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServiceEvent } from '../../kernel/service-event.ts';
import type { UsageRecord } from '../../kernel/usage.ts';
import { FINDS_STRAYS } from './build-processes.ts';
import { BUILD_RIGHTS, BuildBench, phasesOf } from './test-bench.ts';

let bench: BuildBench;
const events: ServiceEvent[] = [];
const usage: UsageRecord[] = [];

beforeAll(async () => {
  bench = await BuildBench.start();
  bench.cloud.cloud.onEvent((event) => void events.push(event));
  bench.cloud.cloud.onUsage((record) => void (record.service === 'codebuild' && usage.push(record)));
});
afterAll(() => bench.stop());

const commands = (...list: string[]) => ({ commands: list });

describe('phases ("Build phase transitions")', () => {
  it('come one after the other, are told to EventBridge, and are billed by the minute', async () => {
    const build = await bench.run('all', { build: commands('echo hello') });
    expect(build.buildStatus).toBe('SUCCEEDED');
    const order = [
      'SUBMITTED',
      'QUEUED',
      'PROVISIONING',
      'DOWNLOAD_SOURCE',
      'INSTALL',
      'PRE_BUILD',
      'BUILD',
      'POST_BUILD',
      'UPLOAD_ARTIFACTS',
      'FINALIZING',
    ];
    expect(phasesOf(build)).toEqual([...order.map((phase) => `${phase} SUCCEEDED`), 'COMPLETED']);
    expect(build).toMatchObject({ currentPhase: 'COMPLETED', buildNumber: 1, initiator: 'root', projectName: 'all' });
    const told = events.filter(({ resources }) => resources[0] === build.arn);
    const phases = told
      .filter(({ detailType }) => detailType === 'CodeBuild Build Phase Change')
      .map(({ detail }) => detail['completed-phase']);
    expect(phases).toEqual([...order, 'COMPLETED']);
    const states = told.filter(({ detailType }) => detailType === 'CodeBuild Build State Change');
    expect(states.map(({ detail }) => detail['build-status'])).toEqual(['IN_PROGRESS', 'SUCCEEDED']);
    expect(states.at(-1)?.detail).toMatchObject({ 'project-name': 'all', 'build-id': build.arn, 'current-phase': 'COMPLETED' });
    expect(usage.filter(({ resource }) => resource === 'all')).toEqual([
      expect.objectContaining({ operation: 'BUILD_GENERAL1_SMALL', units: { build_minutes: 1 } }),
    ]);
  });

  it.each([
    ['install', ['INSTALL FAILED', 'FINALIZING SUCCEEDED']],
    ['pre_build', ['INSTALL SUCCEEDED', 'PRE_BUILD FAILED', 'FINALIZING SUCCEEDED']],
    [
      'build',
      [
        'INSTALL SUCCEEDED',
        'PRE_BUILD SUCCEEDED',
        'BUILD FAILED',
        'POST_BUILD SUCCEEDED',
        'UPLOAD_ARTIFACTS SUCCEEDED',
        'FINALIZING SUCCEEDED',
      ],
    ],
    [
      'post_build',
      [
        'INSTALL SUCCEEDED',
        'PRE_BUILD SUCCEEDED',
        'BUILD SUCCEEDED',
        'POST_BUILD FAILED',
        'UPLOAD_ARTIFACTS SUCCEEDED',
        'FINALIZING SUCCEEDED',
      ],
    ],
  ])('a failing command of %s ends its phase, and what must not come after it', async (phase, rest) => {
    const name = `fails-in-${phase.replace('_', '-')}`;
    const build = await bench.run(name, {
      post_build: commands('echo after $CODEBUILD_BUILD_SUCCEEDING'),
      [phase]: { commands: ['echo before', '(exit 3)', 'echo never'], finally: ['echo finally'] },
    });
    expect(build.buildStatus).toBe('FAILED');
    expect(phasesOf(build).slice(4)).toEqual([...rest, 'COMPLETED']);
    const failed = build.phases?.find(({ phaseStatus }) => phaseStatus === 'FAILED');
    expect(failed?.contexts).toEqual([
      { statusCode: 'COMMAND_EXECUTION_ERROR', message: 'Error while executing command: (exit 3). Reason: exit status 3' },
    ]);
    const output = await bench.output(build);
    expect(output).toEqual(phase === 'build' ? ['before', 'finally', 'after 0'] : ['before', 'finally']);
  });

  it('on-failure says otherwise', async () => {
    const goesOn = await bench.run('goes-on', {
      install: { commands: ['false'], 'on-failure': 'CONTINUE' },
      build: { commands: ['echo built $CODEBUILD_BUILD_SUCCEEDING; false'], 'on-failure': 'ABORT' },
      post_build: commands('echo never'),
    });
    expect(phasesOf(goesOn).slice(4, 8)).toEqual(['INSTALL FAILED', 'PRE_BUILD SUCCEEDED', 'BUILD FAILED', 'FINALIZING SUCCEEDED']);
    expect(await bench.output(goesOn)).toEqual(['built 0']);
  });

  it('a failing command of finally fails the phase', async () => {
    const build = await bench.run('finally-fails', { build: { commands: ['true'], finally: ['false'] } });
    expect(phasesOf(build)).toContain('BUILD FAILED');
  });
});

describe('the log', () => {
  it("has every line in CodeBuild's look, and hides what comes out of Parameter Store and the build's own key", async () => {
    const ssm = new SSMClient(bench.cloud.client);
    await ssm.send(new PutParameterCommand({ Name: '/build/secret', Value: 'ope"n sesame', Type: 'SecureString' }));
    const build = await bench.run(
      'logs',
      { build: commands('echo "<$SECRET> $PLAIN"', 'printf "one\\n\\nno end"', 'curl -s "$AWS_CONTAINER_CREDENTIALS_FULL_URI"') },
      {},
      {
        env: {
          variables: { PLAIN: 'seen' },
          'parameter-store': { SECRET: '/build/secret' },
          'exported-variables': ['SECRET', 'PLAIN', 'AWS_REGION'],
        },
      },
    );
    expect(build).toMatchObject({ buildStatus: 'SUCCEEDED', exportedEnvironmentVariables: [{ name: 'PLAIN', value: 'seen' }] });
    expect(build.logs).toMatchObject({ groupName: '/aws/codebuild/logs', streamName: build.id?.split(':')[1] });
    const output = await bench.output(build);
    expect(output.slice(0, 4)).toEqual(['<***> seen', 'one', '', 'no end']);
    expect(JSON.parse(output[4] ?? '')).toMatchObject({ AccessKeyId: '***', Token: '***', SecretAccessKey: '***' });
    const stamp = String.raw`\[Container\] \d{4}/\d\d/\d\d \d\d:\d\d:\d\d\.\d{6} `;
    const lines = (await bench.log(build)).join('\n');
    for (const text of [
      'Entering phase BUILD',
      'Running command printf',
      'Phase complete: BUILD State: SUCCEEDED',
      'Phase context status code:  Message: ',
    ])
      expect(lines).toMatch(new RegExp(`^${stamp}${text}`, 'm'));
  });

  it('comes while the build runs', async () => {
    await bench.project('live', {
      version: 0.2,
      phases: { build: commands('echo first', 'until [ -e "$HOME/go" ]; do sleep 0.05; done') },
    });
    const id = await bench.startBuild('live');
    await expect.poll(async () => bench.output(await bench.build(id)).catch(() => []), { timeout: 10_000 }).toEqual(['first']);
    expect((await bench.build(id)).currentPhase).toBe('BUILD');
    await bench.client.send(new StopBuildCommand({ id }));
  });

  it('is needed: without the right to it the build fails with the reason', async () => {
    const serviceRole = await bench.role('no-logs', { 's3:GetObject': '*' });
    const build = await bench.run('unlogged', { build: commands('true') }, { serviceRole });
    expect(phasesOf(build).slice(2)).toEqual(['PROVISIONING FAILED', 'FINALIZING SUCCEEDED', 'COMPLETED']);
    expect(build.phases?.[2]?.contexts?.[0]).toMatchObject({
      statusCode: 'ACCESS_DENIED',
      message: expect.stringMatching(/does not allow AWS CodeBuild to create Amazon CloudWatch Logs log streams.*logs:CreateLogStream/),
    });
    const off = await bench.run(
      'log-off',
      { build: commands('true') },
      { serviceRole, logsConfig: { cloudWatchLogs: { status: 'DISABLED' } } },
    );
    expect(off.buildStatus).toBe('SUCCEEDED');
  });

  it('goes where the project says', async () => {
    const logsConfig = { cloudWatchLogs: { status: 'ENABLED', groupName: 'elsewhere', streamName: 'prefix' } };
    const build = await bench.run('named-log', { build: commands('echo here') }, { logsConfig });
    expect(build.logs).toMatchObject({ groupName: 'elsewhere', streamName: `prefix/${build.id?.split(':')[1]}` });
    expect(await bench.output(build)).toEqual(['here']);
  });
});

describe('variables', () => {
  it('fails where a variable has what no process can be given', async () => {
    await bench.project('nul', { version: '0.2', phases: { build: { commands: ['true'] } } });
    const id = await bench.startBuild('nul', { environmentVariablesOverride: [{ name: 'A', value: 'a\0b' }] });
    const build = await bench.ended(id);
    expect(build.buildStatus).toBe('FAILED');
    expect(phasesOf(build)).toContain('DOWNLOAD_SOURCE FAILED');
  });

  it('of the start win over those of the project, and these over the buildspec', async () => {
    const phases = { build: commands('echo $A $B $C $CODEBUILD_BUILD_NUMBER') };
    const environmentVariables = [
      { name: 'B', value: 'project' },
      { name: 'C', value: 'project' },
    ];
    const environment = { type: 'LINUX_CONTAINER', image: 'x', computeType: 'BUILD_GENERAL1_SMALL', environmentVariables };
    await bench.project('variables', { version: 0.2, env: { variables: { A: 1, B: 2, C: 3 } }, phases }, { environment });
    const id = await bench.startBuild('variables', { environmentVariablesOverride: [{ name: 'C', value: 'start' }] });
    expect(await bench.output(await bench.ended(id))).toEqual(['1 project start 1']);
    const { build } = await bench.client.send(new RetryBuildCommand({ id }));
    expect(await bench.output(await bench.ended(build?.id ?? ''))).toEqual(['1 project start 2']);
    const { ids } = await bench.client.send(new ListBuildsForProjectCommand({ projectName: 'variables' }));
    expect(ids).toEqual([build?.id, id]);
  });

  it('that the role may not read, or that are not there, fail DOWNLOAD_SOURCE', async () => {
    const spec = { env: { 'parameter-store': { X: '/not/there' } } };
    const missing = await bench.run('missing-parameter', {}, {}, spec);
    expect(missing.phases?.[3]).toMatchObject({
      phaseStatus: 'FAILED',
      contexts: [{ statusCode: 'Decrypted Variables Error', message: /not\/there/ }],
    });
    const { 'ssm:GetParameter*': _, ...rights } = BUILD_RIGHTS;
    const denied = await bench.run('denied-parameter', {}, { serviceRole: await bench.role('no-ssm', rights) }, spec);
    expect(denied.phases?.[3]?.contexts?.[0]?.message).toContain('ssm:GetParameters');
  });
});

it('gives credentials away no longer than it runs, and their address to no log', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'builds-'));
  const url = '"$AWS_CONTAINER_CREDENTIALS_FULL_URI"';
  const build = await bench.run('credentials', {
    build: commands(`echo ${url} >${folder}/url; echo ${url}`, `curl -s ${url} >${folder}/credentials`),
  });
  expect(await bench.output(build)).toEqual(['***']);
  expect(JSON.parse(readFileSync(join(folder, 'credentials'), 'utf8'))).toMatchObject({
    RoleArn: expect.stringContaining('role/credentials-role'),
  });
  const address = readFileSync(join(folder, 'url'), 'utf8').trim();
  expect((await fetch(address)).status).toBe(404);
  expect((await fetch(address.slice(0, -3))).status).toBe(404);
  rmSync(folder, { recursive: true });
});

it('ends what its commands have left running, in their group and out of it', async () => {
  const stray =
    "const c = require('child_process').spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' }); console.log(c.pid); c.unref()";
  const build = await bench.run('leaves', { build: commands('sleep 1000 & echo $!', FINDS_STRAYS ? `node -e "${stray}"` : 'echo 0') });
  const processes = (await bench.output(build)).map(Number);
  expect([build.buildStatus, processes.length]).toEqual(['SUCCEEDED', 2]);
  const state = (id: number) => spawnSync('ps', ['-o', 'stat=', '-p', String(id)], { encoding: 'utf8' }).stdout.trim();
  // Gone, or waiting for a parent that never asks.
  await expect.poll(() => processes.map(state).filter((stat) => stat !== '' && !stat.startsWith('Z'))).toEqual([]);
});

it("gives commands a clean environment: this Node, a home of their own, and nothing of this process's", async () => {
  process.env['SECRET_OF_THIS_PROCESS'] = 'x';
  const build = await bench.run('clean', {
    install: { 'runtime-versions': { nodejs: 22 } },
    build: commands(
      'node -p process.version',
      'env | sort',
      'pwd',
      'echo home $HOME; ls -A $HOME; mkdir $HOME/d; touch $HOME/d/x; chmod -R a-w $HOME/d',
      'which npm npx aws',
    ),
  });
  delete process.env['SECRET_OF_THIS_PROCESS'];
  const output = await bench.output(build);
  expect(output[0]).toBe(process.version);
  const env = Object.fromEntries(
    output.filter((line) => /^\w+=/.test(line)).map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  expect(env).toMatchObject({
    AWS_REGION: 'us-east-2',
    AWS_DEFAULT_REGION: 'us-east-2',
    AWS_ENDPOINT_URL: bench.cloud.endpoint,
    CODEBUILD_BUILD_ID: build.id,
    CODEBUILD_BUILD_ARN: build.arn,
    CODEBUILD_BUILD_IMAGE: 'aws/codebuild/standard:7.0',
    CODEBUILD_BUILD_SUCCEEDING: '1',
    CODEBUILD_INITIATOR: 'root',
    CODEBUILD_LOG_PATH: build.id?.split(':')[1],
    CODEBUILD_SRC_DIR: expect.stringMatching(/\/src$/),
  });
  expect(Object.keys(env).filter((name) => /SECRET|VITEST|AWS_ACCESS|AWS_SESSION/.test(name))).toEqual([]);
  const { HOME: home = '/', CODEBUILD_SRC_DIR: source = '/' } = env;
  await expect.poll(() => existsSync(home) || existsSync(source)).toBe(false);
});

it.each([
  ['a bad YAML', 'version: 0.2\nphases: {', 'YAML_FILE_ERROR'],
  ['reports', 'version: 0.2\nphases: {}\nreports: {}\n', '"reports" of the buildspec is not carried out'],
  ['another runtime', 'version: 0.2\nphases: { install: { runtime-versions: { python: 3.12 } } }\n', 'the runtime "python"'],
  ['another Node', 'version: 0.2\nphases: { install: { runtime-versions: { nodejs: 10 } } }\n', "Unknown runtime version named '10'"],
  ['secrets', 'version: 0.2\nenv: { secrets-manager: { X: y } }\nphases: {}\n', '"env/secrets-manager"'],
  ['version 0.1', 'version: 0.1\nphases: {}\n', 'version: must be 0.2'],
])('fails for %s in the buildspec by its name', async (what, buildspec, message) => {
  const name = what.replaceAll(/[ .]/g, '-');
  await bench.project(name, buildspec);
  const build = await bench.ended(await bench.startBuild(name));
  const [context] = build.phases?.[3]?.contexts ?? [];
  expect(`${context?.statusCode} ${context?.message}`).toContain(message);
});
