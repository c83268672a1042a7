import { CloudFormationClient, CreateStackCommand, DescribeStacksCommand, UpdateStackCommand } from '@aws-sdk/client-cloudformation';
import {
  CodePipelineClient,
  GetPipelineExecutionCommand,
  GetPipelineStateCommand,
  ListActionExecutionsCommand,
  ListPipelineExecutionsCommand,
  type PipelineExecutionSummary,
  PutApprovalResultCommand,
  type StageState,
  StartPipelineExecutionCommand,
} from '@aws-sdk/client-codepipeline';
import { expect, vi } from 'vitest';
import type { Cloud } from '../../../kernel/cloud.ts';
import type { Service } from '../../../kernel/service.ts';
import type { ServiceEvent } from '../../../kernel/service-event.ts';
import { Things } from '../../../testing/fake-resources.ts';
import { REGION, startTestCloud, type TestCloud } from '../../../testing/test-cloud.ts';
import { createCloudFormation } from '../../cloudformation/cloudformation-service.ts';
import { createKms } from '../../kms/kms-service.ts';
import { createS3 } from '../../s3/s3-service.ts';
import { createSns } from '../../sns/sns-service.ts';
import { createSqs } from '../../sqs/sqs-service.ts';
import { createSts } from '../../sts/sts-service.ts';
import { createCodePipeline } from '../codepipeline-service.ts';
import { FakePartners } from './fake-partners.ts';
import { bootstrapTemplate, DELIVERY, DEV, type Template } from './pipeline-template.ts';

const PIPELINE = 'repo';
const WAIT = { timeout: 15_000, interval: 20 };

/** For tests: a delivery account with a pipeline named `repo`, a bootstrapped account to deploy to, and partners that do as they are told. */
export class PipelineBench {
  readonly fakes = new FakePartners(REGION);
  readonly things = new Things();
  readonly events: ServiceEvent[] = [];
  now_ms: number | undefined;
  cloud!: TestCloud;
  client!: CodePipelineClient;

  static async start(services?: readonly ((cloud: Cloud) => Service)[]): Promise<PipelineBench> {
    const bench = new PipelineBench();
    const create = [
      createSts,
      createS3,
      createKms,
      createSqs,
      createSns,
      bench.things.create,
      ...(services ?? bench.fakes.services),
      createCloudFormation,
      (cloud: Cloud) => (services === undefined ? createCodePipeline(cloud, bench.fakes.partners) : createCodePipeline(cloud)),
    ];
    bench.use(await startTestCloud(create, { clock: () => bench.now_ms ?? Date.now() }));
    await bench.deploy('CDKToolkit', bootstrapTemplate(), DEV);
    bench.fakes.commit('c1', {});
    bench.synthesizes({});
    return bench;
  }

  use(cloud: TestCloud): void {
    this.cloud = cloud;
    this.client = new CodePipelineClient(cloud.client);
    cloud.cloud.onEvent((event) => {
      if (event.source === 'aws.codepipeline') this.events.push(event);
    });
  }

  async restart(): Promise<void> {
    this.client.destroy();
    this.use(await this.cloud.restart());
  }

  async stop(): Promise<void> {
    this.client.destroy();
    await this.cloud.stop();
  }

  cloudformation(account: string): CloudFormationClient {
    return new CloudFormationClient({ ...this.cloud.client, credentials: { accessKeyId: account, secretAccessKey: 'any' } });
  }

  /** Creates or updates a stack and waits for its end. */
  async deploy(StackName: string, template: Template, account = DELIVERY): Promise<void> {
    await this.beginDeploy(StackName, template, account);
    await vi.waitFor(async () => expect(await this.stackStatus(StackName, account)).toMatch(/^(CREATE|UPDATE)_COMPLETE$/), WAIT);
  }

  async beginDeploy(StackName: string, template: Template, account = DELIVERY): Promise<void> {
    const client = this.cloudformation(account);
    const input = { StackName, TemplateBody: JSON.stringify(template), Capabilities: ['CAPABILITY_NAMED_IAM' as const] };
    const exists = (await this.stackStatus(StackName, account)) !== undefined;
    await client.send(exists ? new UpdateStackCommand(input) : new CreateStackCommand(input));
  }

  async stackStatus(StackName: string, account = DELIVERY): Promise<string | undefined> {
    try {
      const { Stacks } = await this.cloudformation(account).send(new DescribeStacksCommand({ StackName }));
      return Stacks?.[0]?.StackStatus;
    } catch {
      return undefined;
    }
  }

  /** The synth build answers this stack for account DEV, with a thing of this size; `files` are further files. */
  synthesizes({ size = 1, files = {} }: { size?: number; files?: Record<string, string> }): void {
    const template = JSON.stringify({
      Resources: { Thing: { Type: 'Test::Things::Thing', Properties: { Name: 'shop-thing', Size: size } } },
      Outputs: { ThingArn: { Value: { 'Fn::GetAtt': ['Thing', 'Arn'] } }, Size: { Value: String(size) } },
    });
    this.fakes.scripts.set('synth', () => ({ outputs: { Synth_Output: { 'assembly-Dev/Shop.template.json': template, ...files } } }));
  }

  async start(input: object = {}): Promise<string> {
    const { pipelineExecutionId } = await this.client.send(new StartPipelineExecutionCommand({ name: PIPELINE, ...input }));
    return pipelineExecutionId ?? '';
  }

  /** Newest first. */
  async executions(): Promise<PipelineExecutionSummary[]> {
    return (await this.client.send(new ListPipelineExecutionsCommand({ pipelineName: PIPELINE }))).pipelineExecutionSummaries ?? [];
  }

  async first(): Promise<string> {
    return (await this.executions()).at(-1)?.pipelineExecutionId ?? '';
  }

  async status(pipelineExecutionId: string): Promise<string | undefined> {
    const { pipelineExecution } = await this.client.send(new GetPipelineExecutionCommand({ pipelineName: PIPELINE, pipelineExecutionId }));
    return pipelineExecution?.status;
  }

  /** Waits until the execution has this status; tells what its actions came to when it never does. */
  async ends(pipelineExecutionId: string, status: string): Promise<void> {
    await vi.waitFor(async () => {
      const now = await this.status(pipelineExecutionId);
      if (now !== status) throw new Error(`${now}: ${JSON.stringify(await this.actions(pipelineExecutionId), null, 1)}`);
    }, WAIT);
  }

  /** `<stage>/<action> <status>` with the failure's code and message, oldest first. */
  async actions(pipelineExecutionId: string): Promise<string[]> {
    const { actionExecutionDetails = [] } = await this.client.send(
      new ListActionExecutionsCommand({ pipelineName: PIPELINE, filter: { pipelineExecutionId } }),
    );
    return actionExecutionDetails.toReversed().map(({ stageName, actionName, status, output }) => {
      const { code, message } = output?.executionResult?.errorDetails ?? {};
      return `${stageName}/${actionName} ${status}${code === undefined ? '' : ` ${code}: ${message}`}`;
    });
  }

  async stages(): Promise<StageState[]> {
    return (await this.client.send(new GetPipelineStateCommand({ name: PIPELINE }))).stageStates ?? [];
  }

  async stage(name: string): Promise<StageState> {
    const found = (await this.stages()).find(({ stageName }) => stageName === name);
    if (found === undefined) throw new Error(`no stage ${name}`);
    return found;
  }

  async waitsForApproval(stageName: string, actionName: string): Promise<string> {
    return vi.waitFor(async () => {
      const { actionStates = [] } = await this.stage(stageName);
      const token = actionStates.find((action) => action.actionName === actionName)?.latestExecution?.token;
      if (token === undefined) throw new Error(`no token: ${JSON.stringify(await this.stages())}`);
      return token;
    }, WAIT);
  }

  async answer(stageName: string, actionName: string, status: 'Approved' | 'Rejected', token?: string): Promise<void> {
    const known = token ?? (await this.waitsForApproval(stageName, actionName));
    const result = { status, summary: `it is ${status}` };
    await this.client.send(new PutApprovalResultCommand({ pipelineName: PIPELINE, stageName, actionName, token: known, result }));
  }

  /** `<stage>/<action> <state>`, `<stage> <state>` or `<state>` of every event of an execution. */
  told(executionId: string): string[] {
    return this.events
      .filter(({ detail }) => detail['execution-id'] === executionId)
      .map(({ detail }) =>
        [[detail['stage'], detail['action']].filter((part) => part !== undefined).join('/'), detail['state']].join(' ').trim(),
      );
  }
}
