import {
  CodeartifactClient,
  CreateDomainCommand,
  CreateRepositoryCommand,
  GetAuthorizationTokenCommand,
  GetRepositoryEndpointCommand,
} from '@aws-sdk/client-codeartifact';
import { ACCOUNT, REGION, startTestCloud, type TestCloud } from '../../../testing/test-cloud.ts';
import { createSts } from '../../sts/sts-service.ts';
import { createCodeArtifact } from '../codeartifact-service.ts';

export const OTHER_ACCOUNT = '444455556666';

/** For tests: a local cloud with CodeArtifact, a domain `enstratus` and a repository `packages` in it. Its clock can be moved. */
export class CodeArtifactBench {
  readonly inRepository = { domain: 'enstratus', repository: 'packages' };
  readonly clock: { later_ms: number };
  cloud: TestCloud;
  client: CodeartifactClient;

  private constructor(cloud: TestCloud, clock: { later_ms: number }) {
    this.cloud = cloud;
    this.clock = clock;
    this.client = new CodeartifactClient(cloud.client);
  }

  static async start(): Promise<CodeArtifactBench> {
    const clock = { later_ms: 0 };
    const cloud = await startTestCloud([createSts, createCodeArtifact], { clock: () => Date.now() + clock.later_ms });
    const bench = new CodeArtifactBench(cloud, clock);
    await bench.client.send(new CreateDomainCommand({ domain: 'enstratus' }));
    await bench.client.send(new CreateRepositoryCommand(bench.inRepository));
    return bench;
  }

  async restart(): Promise<void> {
    this.client.destroy();
    this.cloud = await this.cloud.restart();
    this.client = new CodeartifactClient(this.cloud.client);
  }

  async stop(): Promise<void> {
    this.client.destroy();
    await this.cloud.stop();
  }

  async endpoint(): Promise<string> {
    return (await this.client.send(new GetRepositoryEndpointCommand({ ...this.inRepository, format: 'npm' }))).repositoryEndpoint ?? '';
  }

  /** The administrator's token unless another client asks. */
  async token(client: CodeartifactClient = this.client): Promise<string> {
    const input = { domain: 'enstratus', domainOwner: ACCOUNT };
    return (await client.send(new GetAuthorizationTokenCommand(input))).authorizationToken ?? '';
  }

  /** A client that acts as a role of this account, whose policy has these statements. */
  async as(RoleName: string, account: string, ...Statement: object[]): Promise<CodeartifactClient> {
    const caller = { ...this.cloud.caller(), account, principal: this.cloud.cloud.authorizer.identify(account, undefined) };
    const call = <Out>(service: string, operation: string, input: object) => this.cloud.cloud.call<Out>(service, operation, input, caller);
    const trust = { Effect: 'Allow', Principal: { AWS: account }, Action: 'sts:AssumeRole' };
    await call('iam', 'CreateRole', { RoleName, AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [trust] }) });
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
    if (Statement.length > 0) await call('iam', 'PutRolePolicy', { RoleName, PolicyName: 'own', PolicyDocument });
    const input = { RoleArn: `arn:aws:iam::${account}:role/${RoleName}`, RoleSessionName: 'build' };
    const { Credentials } = await call<{ Credentials: { AccessKeyId: string; SecretAccessKey: string; SessionToken: string } }>(
      'sts',
      'AssumeRole',
      input,
    );
    return new CodeartifactClient({
      ...this.cloud.client,
      region: REGION,
      credentials: {
        accessKeyId: Credentials.AccessKeyId,
        secretAccessKey: Credentials.SecretAccessKey,
        sessionToken: Credentials.SessionToken,
      },
    });
  }
}
