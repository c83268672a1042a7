import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  BatchGetBuildsCommand,
  type Build,
  CodeBuildClient,
  CreateProjectCommand,
  StartBuildCommand,
  type StartBuildCommandInput,
} from '@aws-sdk/client-codebuild';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { expect, vi } from 'vitest';
import type { Cloud } from '../../kernel/cloud.ts';
import type { Service } from '../../kernel/service.ts';
import { ACCOUNT, REGION, startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createLogs } from '../logs/logs-service.ts';
import { createS3 } from '../s3/s3-service.ts';
import { createSsm } from '../ssm/ssm-service.ts';
import type { QueueOptions } from './build-queue.ts';
import { createCodeBuild } from './codebuild-service.ts';

/** A role that may do everything that a build in a test needs, unless a test takes something away. */
export const BUILD_RIGHTS: Readonly<Record<string, string>> = {
  'logs:*': '*',
  's3:GetObject*': '*',
  's3:PutObject*': '*',
  'ssm:GetParameter*': '*',
};

/** For tests: a local cloud with CodeBuild, and projects whose buildspec is their text. */
export class BuildBench {
  cloud: TestCloud;
  client: CodeBuildClient;

  constructor(cloud: TestCloud) {
    this.cloud = cloud;
    this.client = new CodeBuildClient(cloud.client);
  }

  static async start(options: QueueOptions & { more?: readonly ((cloud: Cloud) => Service)[] } = {}): Promise<BuildBench> {
    const { more = [], ...queue } = options;
    return new BuildBench(await startTestCloud([createS3, createLogs, createSsm, ...more, (cloud) => createCodeBuild(cloud, queue)]));
  }

  async stop(): Promise<void> {
    this.client.destroy();
    await this.cloud.stop();
  }

  /** Makes a role for builds with these rights, and answers its ARN. */
  async role(RoleName: string, rights: Readonly<Record<string, string>> = BUILD_RIGHTS): Promise<string> {
    const iam = new IAMClient(this.cloud.client);
    const trust = { Statement: [{ Effect: 'Allow', Principal: { Service: 'codebuild.amazonaws.com' }, Action: 'sts:AssumeRole' }] };
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', ...trust }) }));
    const Statement = Object.entries(rights).map(([Action, Resource]) => ({ Effect: 'Allow', Action, Resource }));
    if (Statement.length > 0) {
      const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
      await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'build', PolicyDocument }));
    }
    return `arn:aws:iam::${ACCOUNT}:role/${RoleName}`;
  }

  /** Makes a project without a source; `members` are further members of CreateProject. */
  async project(name: string, buildspec: object | string, members: object = {}): Promise<void> {
    const serviceRole = 'serviceRole' in members ? String(members.serviceRole) : await this.role(`${name}-role`);
    await this.client.send(
      new CreateProjectCommand({
        name,
        source: { type: 'NO_SOURCE', buildspec: typeof buildspec === 'string' ? buildspec : JSON.stringify(buildspec) },
        artifacts: { type: 'NO_ARTIFACTS' },
        environment: { type: 'LINUX_CONTAINER', image: 'aws/codebuild/standard:7.0', computeType: 'BUILD_GENERAL1_SMALL' },
        ...members,
        serviceRole,
      }),
    );
  }

  async startBuild(projectName: string, input: Partial<StartBuildCommandInput> = {}): Promise<string> {
    const { build } = await this.client.send(new StartBuildCommand({ projectName, ...input }));
    return build?.id ?? '';
  }

  async build(id: string): Promise<Build> {
    const { builds } = await this.client.send(new BatchGetBuildsCommand({ ids: [id] }));
    const build = builds?.[0];
    if (build === undefined) throw new Error(`no build ${id}`);
    return build;
  }

  /** The build once it is complete. */
  ended(id: string, timeout = 20_000): Promise<Build> {
    return vi.waitFor(
      async () => {
        const build = await this.build(id);
        expect(build.buildComplete).toBe(true);
        return build;
      },
      { timeout, interval: 20 },
    );
  }

  /** The build that a project makes of this buildspec. */
  async run(name: string, phases: object, members: object = {}, spec: object = {}): Promise<Build> {
    await this.project(name, { version: '0.2', phases, ...spec }, members);
    return this.ended(await this.startBuild(name));
  }

  /** Every line of a build's log. */
  async log(build: Build): Promise<string[]> {
    const logs = new CloudWatchLogsClient(this.cloud.client);
    const { groupName: logGroupName, streamName: logStreamName } = build.logs ?? {};
    const { events = [] } = await logs.send(new GetLogEventsCommand({ logGroupName, logStreamName, startFromHead: true }));
    return events.map(({ message = '' }) => message.replace(/\n$/, ''));
  }

  /** What commands wrote, without the lines of CodeBuild itself. */
  async output(build: Build): Promise<string[]> {
    return (await this.log(build)).filter((line) => !line.startsWith('[Container]'));
  }
}

/** `<phase> <status>` of a build's phases. */
export function phasesOf(build: Build): string[] {
  return (build.phases ?? []).map(({ phaseType, phaseStatus }) => `${phaseType}${phaseStatus === undefined ? '' : ` ${phaseStatus}`}`);
}

export { ACCOUNT, REGION };
