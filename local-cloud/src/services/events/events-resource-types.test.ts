import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { DescribeRuleCommand, EventBridgeClient, ListTagsForResourceCommand, ListTargetsByRuleCommand } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ACCOUNT, REGION, startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createCloudFormation } from '../cloudformation/cloudformation-service.ts';
import { createEvents } from './events-service.ts';

let test: TestCloud;
let stacks: CloudFormationClient;
let events: EventBridgeClient;
beforeAll(async () => {
  test = await startTestCloud([createEvents, createCloudFormation]);
  stacks = new CloudFormationClient(test.client);
  events = new EventBridgeClient(test.client);
});
afterAll(async () => {
  stacks.destroy();
  events.destroy();
  await test.stop();
});

/** As CDK writes it for a pipeline's source. */
function template(referenceName: string, targets: readonly string[]): string {
  return JSON.stringify({
    Resources: {
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: {
            Version: '2012-10-17',
            Statement: [{ Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' } }],
          },
        },
      },
      Rule: {
        Type: 'AWS::Events::Rule',
        Properties: {
          EventPattern: { source: ['aws.codecommit'], detail: { referenceName: [referenceName] } },
          State: 'ENABLED',
          Targets: targets.map((name) => ({
            Arn: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:codepipeline:${REGION}:${ACCOUNT}:${name}`]] },
            Id: name,
            RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
          })),
        },
      },
    },
    Outputs: { Name: { Value: { Ref: 'Rule' } }, Arn: { Value: { 'Fn::GetAtt': ['Rule', 'Arn'] } } },
  });
}

async function settled(): Promise<Record<string, string>> {
  const stack = async () => (await stacks.send(new DescribeStacksCommand({ StackName: 'rules' }))).Stacks?.[0];
  await expect.poll(async () => (await stack())?.StackStatus, { timeout: 5000 }).toMatch(/^(CREATE|UPDATE)_COMPLETE$/);
  return Object.fromEntries(((await stack())?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey ?? '', OutputValue ?? '']));
}

it('AWS::Events::Rule is made, changed and deleted with its targets', async () => {
  const Tags = [{ Key: 'system', Value: 'enstratus' }];
  await stacks.send(
    new CreateStackCommand({ StackName: 'rules', TemplateBody: template('main', ['a', 'b']), Capabilities: ['CAPABILITY_IAM'], Tags }),
  );
  const { Name = '', Arn = '' } = await settled();
  expect(Arn).toBe(`arn:aws:events:${REGION}:${ACCOUNT}:rule/${Name}`);
  const rule = () => events.send(new DescribeRuleCommand({ Name }));
  const targets = async () => ((await events.send(new ListTargetsByRuleCommand({ Rule: Name }))).Targets ?? []).map(({ Id }) => Id);
  expect((await rule()).EventPattern).toContain('["main"]');
  expect(await targets()).toEqual(['a', 'b']);
  expect((await events.send(new ListTagsForResourceCommand({ ResourceARN: Arn }))).Tags).toContainEqual(Tags[0]);

  const changed = template('trunk', ['b', 'c']);
  await stacks.send(new UpdateStackCommand({ StackName: 'rules', TemplateBody: changed, Capabilities: ['CAPABILITY_IAM'], Tags }));
  await settled();
  expect((await rule()).EventPattern).toContain('["trunk"]');
  expect(await targets()).toEqual(['b', 'c']);

  await stacks.send(new DeleteStackCommand({ StackName: 'rules' }));
  await expect
    .poll(
      () =>
        rule().then(
          () => 'there',
          (error: Error) => error.name,
        ),
      { timeout: 5000 },
    )
    .toBe('ResourceNotFoundException');
});
