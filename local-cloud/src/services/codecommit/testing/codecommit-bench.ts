import { CodeCommitClient, CreateRepositoryCommand } from '@aws-sdk/client-codecommit';
import type { ServiceEvent } from '../../../kernel/service-event.ts';
import { ACCOUNT, REGION, startTestCloud, type TestCloud } from '../../../testing/test-cloud.ts';
import { createSts } from '../../sts/sts-service.ts';
import { createCodeCommit } from '../codecommit-service.ts';
import { GitClient } from './git-client.ts';

/** Credentials of a role session. */
export interface Session {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly SessionToken: string;
}

/** For tests: a local cloud with CodeCommit, what it tells EventBridge, and a git to work with. */
export class CodeCommitBench {
  readonly git = new GitClient();
  readonly events: ServiceEvent[] = [];
  cloud: TestCloud;
  client: CodeCommitClient;
  #made = 0;

  private constructor(cloud: TestCloud) {
    this.cloud = cloud;
    this.client = new CodeCommitClient(cloud.client);
    cloud.cloud.onEvent((event) => this.events.push(event));
  }

  static async start(): Promise<CodeCommitBench> {
    return new CodeCommitBench(await startTestCloud([createSts, createCodeCommit]));
  }

  async stop(): Promise<void> {
    this.client.destroy();
    this.git.remove();
    await this.cloud.stop();
  }

  async restart(): Promise<void> {
    this.client.destroy();
    this.cloud = await this.cloud.restart();
    this.client = new CodeCommitClient(this.cloud.client);
    this.cloud.cloud.onEvent((event) => this.events.push(event));
  }

  /** An empty repository with a name of its own. */
  async repository(): Promise<string> {
    this.#made += 1;
    const repositoryName = `repo-${this.#made}`;
    await this.client.send(new CreateRepositoryCommand({ repositoryName }));
    return repositoryName;
  }

  /** The address of a repository, with the administrator's credentials in it unless others are given. */
  url(repositoryName: string, user = ACCOUNT, password = 'any'): string {
    return `${this.cloud.endpoint.replace('http://', `http://${encodeURIComponent(user)}:${password}@`)}/v1/repos/${repositoryName}`;
  }

  /** The address for a role session, with a password as AWS's credential helper makes it. */
  urlFor(repositoryName: string, { AccessKeyId, SessionToken }: Session, signed = new Date()): string {
    const time = signed.toISOString().replace(/[-:]|\.\d+/g, '');
    return this.url(repositoryName, `${AccessKeyId}%${SessionToken}`, `${time}${'0'.repeat(64)}`);
  }

  /** A session of a role with these statements as its policy. */
  async session(RoleName: string, ...Statement: object[]): Promise<Session> {
    const caller = this.cloud.caller();
    const trust = { Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 'sts:AssumeRole' };
    const call = <Out>(service: string, operation: string, input: object) => this.cloud.cloud.call<Out>(service, operation, input, caller);
    await call('iam', 'CreateRole', { RoleName, AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [trust] }) });
    if (Statement.length > 0) {
      const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
      await call('iam', 'PutRolePolicy', { RoleName, PolicyName: 'own', PolicyDocument });
    }
    const input = { RoleArn: `arn:aws:iam::${ACCOUNT}:role/${RoleName}`, RoleSessionName: 'dana' };
    return (await call<{ Credentials: Session }>('sts', 'AssumeRole', input)).Credentials;
  }

  arn(repositoryName: string): string {
    return `arn:aws:codecommit:${REGION}:${ACCOUNT}:${repositoryName}`;
  }

  /** The details of the events about a repository, oldest first. */
  told(repositoryName: string): Record<string, unknown>[] {
    return this.events.filter(({ resources }) => resources.includes(this.arn(repositoryName))).map(({ detail }) => ({ ...detail }));
  }
}
