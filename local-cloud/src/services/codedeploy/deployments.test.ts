import {
  BatchGetDeploymentsCommand,
  GetApplicationCommand,
  GetDeploymentConfigCommand,
  GetDeploymentGroupCommand,
  ListDeploymentsCommand,
  StopDeploymentCommand,
  waitUntilDeploymentSuccessful,
} from '@aws-sdk/client-codedeploy';
import fc from 'fast-check';
import { afterEach, expect, it, vi } from 'vitest';
import { readAppSpec } from './app-spec.ts';
import { stepsOf } from './predefined-configs.ts';
import { DeploymentBench, GROUP, GROUP_ARN, SERVICE_ROLE } from './testing/deployment-bench.ts';

let bench: DeploymentBench;
afterEach(() => bench?.stop());
const alarms = { enabled: true, alarms: [{ name: 'a' }, { name: 'b' }] };
const isShifting = () => vi.waitFor(async () => expect(await bench.share()).toBe(0.1), { timeout: 3000, interval: 10 });

it('shifts linearly, tells EventBridge, and shows awscli what it looks at', async () => {
  bench = await DeploymentBench.start(60);
  await bench.group('CodeDeployDefault.LambdaLinear10PercentEvery1Minute', { alarms });
  const shares = new Set<number>();
  const id = await bench.deploy();
  await expect(bench.deploy()).rejects.toMatchObject({ name: 'DeploymentLimitExceededException' });
  await vi.waitFor(
    async () => {
      shares.add(await bench.share());
      expect(shares).toContain(1);
    },
    { timeout: 5000, interval: 5 },
  );
  const seen = [...shares].filter((share) => share > 0);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  expect(seen.length).toBeGreaterThan(3);
  await waitUntilDeploymentSuccessful({ client: bench.client, maxWaitTime: 5, minDelay: 1 }, { deploymentId: id });
  const info = await bench.info(id);
  expect(info).toMatchObject({
    ...GROUP,
    status: 'Succeeded',
    creator: 'user',
    computePlatform: 'Lambda',
    deploymentOverview: { Succeeded: 1, InProgress: 0 },
    deploymentConfigName: 'CodeDeployDefault.LambdaLinear10PercentEvery1Minute',
  });
  expect(info.completeTime?.getTime()).toBeGreaterThanOrEqual(info.startTime?.getTime() ?? Number.NaN);
  expect(bench.events.filter(({ source }) => source === 'aws.codedeploy')).toEqual(
    ['START', 'SUCCESS'].map((state) =>
      expect.objectContaining({
        detailType: 'CodeDeploy Deployment State-change Notification',
        resources: [expect.stringMatching(/:application:app$/), GROUP_ARN],
        detail: expect.objectContaining({ state, deploymentId: id, application: 'app', deploymentGroup: 'group' }),
      }),
    ),
  );
  const { application } = await bench.client.send(new GetApplicationCommand({ applicationName: 'app' }));
  expect(application).toMatchObject({ applicationName: 'app', computePlatform: 'Lambda', createTime: expect.any(Date) });
  const { deploymentGroupInfo } = await bench.client.send(new GetDeploymentGroupCommand(GROUP));
  expect(deploymentGroupInfo).toMatchObject({
    serviceRoleArn: SERVICE_ROLE,
    lastSuccessfulDeployment: { deploymentId: id, status: 'Succeeded' },
  });
  const { deploymentsInfo } = await bench.client.send(new BatchGetDeploymentsCommand({ deploymentIds: [id] }));
  expect(deploymentsInfo).toHaveLength(1);
  const config = await bench.client.send(
    new GetDeploymentConfigCommand({ deploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes' }),
  );
  expect(config.deploymentConfigInfo?.trafficRoutingConfig).toEqual({
    type: 'TimeBasedCanary',
    timeBasedCanary: { canaryPercentage: 10, canaryInterval: 5 },
  });
});

it('goes back when an alarm goes off, and stops at once when one is on already', async () => {
  bench = await DeploymentBench.start(1000);
  await bench.group('CodeDeployDefault.LambdaCanary10Percent30Minutes', { alarms });
  const id = await bench.deploy();
  await isShifting();
  await bench.setAlarm('b', 'ALARM');
  const stopped = await bench.ended(id);
  expect(stopped).toMatchObject({
    status: 'Stopped',
    errorInformation: { code: 'ALARM_ACTIVE', message: expect.stringContaining('<b>') },
    rollbackInfo: { rollbackDeploymentId: expect.stringMatching(/^d-/) },
  });
  const back = await bench.ended(stopped.rollbackInfo?.rollbackDeploymentId ?? '');
  expect(back).toMatchObject({ status: 'Succeeded', creator: 'codeDeployRollback', rollbackInfo: { rollbackTriggeringDeploymentId: id } });
  expect(await bench.share()).toBe(0);

  const again = await bench.ended(await bench.deploy());
  expect(again).toMatchObject({ status: 'Stopped', errorInformation: { code: 'ALARM_ACTIVE' } });
  expect(again).not.toHaveProperty('rollbackInfo');
  expect(await bench.share()).toBe(0);
});

it('goes on where it was after a restart', async () => {
  bench = await DeploymentBench.start(200);
  await bench.group('CodeDeployDefault.LambdaCanary10Percent5Minutes');
  const id = await bench.deploy();
  await isShifting();
  await bench.restart();
  expect(await bench.share()).toBe(0.1);
  expect((await bench.ended(id)).status).toBe('Succeeded');
  expect(await bench.share()).toBe(1);
});

it('stops on request, and puts the alias back when that is asked for', async () => {
  bench = await DeploymentBench.start(1000);
  await bench.group('CodeDeployDefault.LambdaCanary10Percent30Minutes');
  const id = await bench.deploy();
  await isShifting();
  await bench.client.send(new StopDeploymentCommand({ deploymentId: id, autoRollbackEnabled: false }));
  expect(await bench.ended(id)).toMatchObject({ status: 'Stopped', errorInformation: { code: 'MANUAL_STOP' } });
  expect(await bench.share()).toBe(0.1);
  const next = await bench.deploy();
  await vi.waitFor(async () => expect((await bench.info(next)).status).toBe('InProgress'));
  await bench.client.send(new StopDeploymentCommand({ deploymentId: next, autoRollbackEnabled: true }));
  await vi.waitFor(async () => expect(await bench.share()).toBe(0), 3000);
  await expect(bench.client.send(new StopDeploymentCommand({ deploymentId: next }))).rejects.toMatchObject({
    name: 'DeploymentAlreadyCompletedException',
  });
  const list = async (status: 'Stopped' | 'Succeeded') =>
    (await bench.client.send(new ListDeploymentsCommand({ ...GROUP, includeOnlyStatuses: [status] }))).deployments;
  await vi.waitFor(async () => expect(await list('Succeeded')).toHaveLength(1));
  expect(await list('Stopped')).toEqual([next, id]);
});

it('fails where the alias is elsewhere, and where the service role may not do what is to be done', async () => {
  bench = await DeploymentBench.start(20);
  await bench.group('CodeDeployDefault.LambdaAllAtOnce', { alarms });
  expect(await bench.ended(await bench.deploy('2', '1'))).toMatchObject({
    status: 'Failed',
    errorInformation: { code: 'INVALID_LAMBDA_CONFIGURATION' },
  });
  expect(await bench.share()).toBe(0);
  for (const [Action, status] of [
    ['cloudwatch:DescribeAlarms', 'Stopped'],
    ['lambda:GetAlias', 'Failed'],
    ['lambda:UpdateAlias', 'Failed'],
  ] as const) {
    await bench.allow([
      { Effect: 'Allow', Action: ['lambda:GetAlias', 'lambda:UpdateAlias', 'cloudwatch:DescribeAlarms'], Resource: '*' },
      { Effect: 'Deny', Action, Resource: '*' },
    ]);
    const info = await bench.ended(await bench.deploy());
    expect(info).toMatchObject({ status, errorInformation: { code: 'IAM_ROLE_PERMISSIONS', message: expect.stringContaining(Action) } });
  }
});

it('refuses AppSpec files by the place of what is wrong', () => {
  const spec = (properties: object, more: object = {}) =>
    JSON.stringify({ version: 0.0, Resources: [{ MyFn: { Type: 'AWS::Lambda::Function', Properties: properties } }], ...more });
  const properties = { Name: 'f', Alias: 'live', CurrentVersion: '1', TargetVersion: 2 };
  expect(readAppSpec(spec(properties))).toEqual({
    label: 'MyFn',
    functionName: 'f',
    alias: 'live',
    currentVersion: '1',
    targetVersion: '2',
  });
  const yaml =
    'version: 0.0\nresources:\n  - MyFn:\n      type: "AWS::Lambda::Function"\n      properties:\n        name: f\n        alias: live\n        currentversion: 1\n        targetversion: 2\n';
  expect(readAppSpec(yaml)).toMatchObject({ label: 'MyFn', targetVersion: '2' });
  expect(() => readAppSpec(spec({ ...properties, Alias: undefined }))).toThrow(/resources\.0\.MyFn\.properties\.alias/);
  expect(() => readAppSpec(spec(properties, { Hooks: [{ BeforeAllowTraffic: 'check' }] }))).toThrow(/section "hooks"/);
  const many = 'a: &a [x,x]\nb: &b [*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c]';
  for (const bad of ['{', 'a: *b', 'a: &a [*a]', many])
    expect(() => readAppSpec(bad)).toThrow(expect.objectContaining({ code: 'InvalidRevisionException' }));
});

it('reaches the whole share in every configuration, in steps of the interval', () => {
  const routing = fc.record({
    type: fc.constantFrom('TimeBasedCanary' as const, 'TimeBasedLinear' as const),
    percentage: fc.integer({ min: 1, max: 99 }),
    interval_minutes: fc.integer({ min: 1, max: 2880 }),
  });
  fc.assert(
    fc.property(routing, (one) => {
      const steps = stepsOf(one);
      expect(steps[0]).toEqual({ after_minutes: 0, share: one.percentage / 100 });
      expect(steps.at(-1)?.share).toBe(1);
      for (const [index, step] of steps.entries()) expect(step.after_minutes).toBe(index * one.interval_minutes);
      expect(steps.map(({ share }) => share)).toEqual([...new Set(steps.map(({ share }) => share))].toSorted((a, b) => a - b));
    }),
  );
});
