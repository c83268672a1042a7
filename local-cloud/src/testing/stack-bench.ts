import {
  CloudFormationClient,
  CreateStackCommand,
  type CreateStackCommandInput,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  type Stack,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { expect, vi } from 'vitest';
import { createCloudFormation } from '../services/cloudformation/cloudformation-service.ts';
import { Things } from './fake-resources.ts';
import { startTestCloud, type TestCloud } from './test-cloud.ts';

/** The type of the resources that stacks in tests are made of. */
export const THING = 'Test::Things::Thing';

export type Resources = Record<string, object>;

/** The text of a template with these resources; `more` are other sections. */
export function template(Resources: Resources, more: object = {}): string {
  return JSON.stringify({ ...more, Resources });
}

/** A local cloud with CloudFormation and things, and one stack named `shop` on it. */
export class StackBench {
  readonly things: Things;
  cloud: TestCloud;
  client: CloudFormationClient;

  private constructor(things: Things, cloud: TestCloud) {
    this.things = things;
    this.cloud = cloud;
    this.client = new CloudFormationClient(cloud.client);
  }

  static async start(): Promise<StackBench> {
    const things = new Things();
    return new StackBench(things, await startTestCloud([things.create, createCloudFormation]));
  }

  /** Goes on with another cloud, such as the same one after a restart. */
  use(cloud: TestCloud): void {
    this.client.destroy();
    this.cloud = cloud;
    this.client = new CloudFormationClient(cloud.client);
  }

  async stop(): Promise<void> {
    this.client.destroy();
    await this.cloud.stop();
  }

  async stack(name = 'shop'): Promise<Stack> {
    const { Stacks: stacks } = await this.client.send(new DescribeStacksCommand({ StackName: name }));
    const stack = stacks?.[0];
    if (stack === undefined) throw new Error(`no stack ${name}`);
    return stack;
  }

  /** The stack once nothing is going on with it. */
  settled(name = 'shop'): Promise<Stack> {
    return vi.waitFor(
      async () => {
        const stack = await this.stack(name);
        expect(stack.StackStatus).not.toMatch(/_IN_PROGRESS$/);
        return stack;
      },
      { timeout: 10_000, interval: 10 },
    );
  }

  async create(resources: Resources, more: object = {}, input: Partial<CreateStackCommandInput> = {}): Promise<Stack> {
    await this.client.send(new CreateStackCommand({ StackName: 'shop', TemplateBody: template(resources, more), ...input }));
    return this.settled();
  }

  async update(resources: Resources, more: object = {}): Promise<Stack> {
    await this.client.send(new UpdateStackCommand({ StackName: 'shop', TemplateBody: template(resources, more) }));
    return this.settled();
  }

  /** The first event of this status, newest first: its reason. */
  async reasonOf(status: string): Promise<string | undefined> {
    const { StackEvents: found = [] } = await this.client.send(new DescribeStackEventsCommand({ StackName: 'shop' }));
    return found.find(({ ResourceStatus }) => ResourceStatus === status)?.ResourceStatusReason;
  }

  /** `<logical id> <status>` of every event, oldest first. */
  async events(name = 'shop'): Promise<string[]> {
    const { StackEvents: found = [] } = await this.client.send(new DescribeStackEventsCommand({ StackName: name }));
    return found.map(({ LogicalResourceId, ResourceStatus }) => `${LogicalResourceId} ${ResourceStatus}`).toReversed();
  }
}
