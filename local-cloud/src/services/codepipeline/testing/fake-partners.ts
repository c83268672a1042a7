import { randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import { z } from 'zod';
import { AwsError } from '../../../kernel/aws-error.ts';
import type { Cloud } from '../../../kernel/cloud.ts';
import { administratorOf } from '../../../kernel/principal.ts';
import { operation, type Service } from '../../../kernel/service.ts';
import type { Partners } from '../partners.ts';

/** What a build is given, and what it leaves. */
export interface FakeBuild {
  readonly id: string;
  readonly project: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly initiator: string;
  readonly primaryInput: string | undefined;
}
export interface FakeResult {
  readonly status?: 'SUCCEEDED' | 'FAILED';
  readonly exported?: Readonly<Record<string, string>>;
  /** Files by output artifact. */
  readonly outputs?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly message?: string;
}

/** For tests: CodeCommit and CodeBuild as CodePipeline sees them, quick and told what to do. They keep nothing over a restart but what is here. */
export class FakePartners {
  /** The head of `main`: files of the commit by its id. */
  readonly commits = new Map<string, Readonly<Record<string, string>>>();
  head = '';
  readonly messages = new Map<string, string>();
  /** What the builds of a project do. */
  readonly scripts = new Map<string, (build: FakeBuild) => FakeResult | Promise<FakeResult>>();
  /** Every build in order of start. */
  readonly builds: FakeBuild[] = [];
  readonly #results = new Map<string, FakeResult>();
  readonly #region: string;

  constructor(region: string) {
    this.#region = region;
  }

  commit(id: string, files: Readonly<Record<string, string>>, message = `commit ${id}`): string {
    this.commits.set(id, files);
    this.messages.set(id, message);
    this.head = id;
    return id;
  }

  /** Forgets a build, as if CodeBuild had lost it. */
  lose(id: string): void {
    this.#results.delete(id);
    this.builds.splice(
      this.builds.findIndex((build) => build.id === id),
      1,
    );
  }

  readonly partners: Partners = {
    exportCommit: async (cloud, { repositoryName, commitId }, caller) => {
      cloud.authorizer.authorize(caller, {
        action: 'codecommit:UploadArchive',
        resource: `arn:aws:codecommit:${caller.region}:${caller.account}:${repositoryName}`,
      });
      return zipOf(this.commits.get(commitId) ?? {});
    },
    startPipelineBuild: async (cloud, build, caller) => {
      cloud.authorizer.authorize(caller, {
        action: 'codebuild:StartBuild',
        resource: `arn:aws:codebuild:${caller.region}:${caller.account}:project/${build.projectName}`,
      });
      const id = `${build.projectName}:${randomUUID()}`;
      const environment = Object.fromEntries(build.environmentVariables.map(({ name, value }) => [name, value]));
      const given: FakeBuild = {
        id,
        project: build.projectName,
        environment,
        initiator: build.initiator,
        primaryInput: build.primaryInput,
      };
      this.builds.push(given);
      const run = async () => {
        const result = (await this.scripts.get(build.projectName)?.(given)) ?? {};
        for (const { name, bucket, key } of build.outputs) {
          const zip = await zipOf(result.outputs?.[name] ?? {});
          const as = { principal: administratorOf(caller.account), account: caller.account, region: this.#region };
          await cloud.call('s3', 'PutObject', { Bucket: bucket, Key: key, Body: zip }, as);
        }
        this.#results.set(id, result);
        cloud.emitEvent({
          account: caller.account,
          region: caller.region,
          source: 'aws.codebuild',
          detailType: 'CodeBuild Build State Change',
          resources: [],
          detail: { 'build-id': `arn:aws:codebuild:${caller.region}:${caller.account}:build/${id}` },
        });
      };
      run().catch((error: unknown) => this.#results.set(id, { status: 'FAILED', message: String(error) }));
      return { buildId: id };
    },
  };

  readonly services: readonly ((cloud: Cloud) => Service)[] = [
    () => ({
      name: 'codecommit',
      protocol: { kind: 'json', version: '1.1', target: 'CodeCommit_20150413' },
      operations: {
        GetBranch: operation({
          input: z.strictObject({ repositoryName: z.string(), branchName: z.string() }),
          authorize: ({ repositoryName }, { account, region }) => [
            { action: 'codecommit:GetBranch', resource: `arn:aws:codecommit:${region}:${account}:${repositoryName}` },
          ],
          run: () => {
            if (this.head === '') throw new AwsError('BranchDoesNotExistException', 'main does not exist');
            return { branch: { branchName: 'main', commitId: this.head } };
          },
        }),
        GetCommit: operation({
          input: z.strictObject({ repositoryName: z.string(), commitId: z.string() }),
          authorize: ({ repositoryName }, { account, region }) => [
            { action: 'codecommit:GetCommit', resource: `arn:aws:codecommit:${region}:${account}:${repositoryName}` },
          ],
          run: ({ commitId }) => {
            if (!this.commits.has(commitId)) throw new AwsError('CommitIdDoesNotExistException', `no commit ${commitId}`);
            const date = '1795341600 +0000';
            return { commit: { commitId, message: this.messages.get(commitId), author: { date }, committer: { date } } };
          },
        }),
      },
    }),
    () => ({
      name: 'codebuild',
      protocol: { kind: 'json', version: '1.1', target: 'CodeBuild_20161006' },
      operations: {
        BatchGetBuilds: operation({
          input: z.strictObject({ ids: z.array(z.string()) }),
          authorize: ({ ids }, { account, region }) =>
            ids.map((id) => ({
              action: 'codebuild:BatchGetBuilds',
              resource: `arn:aws:codebuild:${region}:${account}:project/${id.split(':')[0]}`,
            })),
          run: ({ ids }) => ({
            builds: this.builds
              .filter(({ id }) => ids.includes(id))
              .map(({ id }) => {
                const result = this.#results.get(id);
                const status = result === undefined ? 'IN_PROGRESS' : (result.status ?? 'SUCCEEDED');
                return {
                  id,
                  buildStatus: status,
                  phases:
                    status === 'FAILED'
                      ? [
                          { phaseType: 'INSTALL', phaseStatus: 'SUCCEEDED' },
                          {
                            phaseType: 'BUILD',
                            phaseStatus: 'FAILED',
                            contexts: [{ statusCode: 'COMMAND_EXECUTION_ERROR', message: result?.message ?? 'it failed' }],
                          },
                        ]
                      : [],
                  exportedEnvironmentVariables: Object.entries(result?.exported ?? {}).map(([name, value]) => ({ name, value })),
                };
              }),
          }),
        }),
      },
    }),
  ];
}

export async function zipOf(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const zip = new ZipFile();
  zip.addBuffer(Buffer.from('a file that is always there'), '.present');
  for (const [name, content] of Object.entries(files)) zip.addBuffer(Buffer.from(content), name);
  zip.end();
  return buffer(zip.outputStream);
}
