import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { beforeEach, expect, it } from 'vitest';
import { deleteStack } from './delete-stack.ts';

/** A stack that fails to delete some of its resources, as CloudFormation does: those stay in DELETE_FAILED until they are retained. */
let status: string | undefined;
let isProtected: boolean;
let stubborn: { LogicalResourceId: string; ResourceType: string }[];
let deletions: (readonly string[] | undefined)[];

const client = Object.assign(new CloudFormationClient({ region: 'us-east-2' }), {
  async send(command: { input: { RetainResources?: string[] } }) {
    const name = command.constructor.name;
    if (name === 'DescribeStacksCommand') {
      if (status === undefined) throw Object.assign(new Error('Stack with id Shop does not exist'), { name: 'ValidationError' });
      return { Stacks: [{ StackStatus: status, EnableTerminationProtection: isProtected }] };
    }
    if (name === 'ListStackResourcesCommand')
      return {
        StackResourceSummaries:
          status === 'DELETE_FAILED'
            ? stubborn.map((one) => ({ ...one, ResourceStatus: 'DELETE_FAILED', ResourceStatusReason: 'not allowed' }))
            : [],
      };
    if (name === 'UpdateTerminationProtectionCommand') isProtected = false;
    if (name === 'DeleteStackCommand') {
      if (isProtected) throw new Error('TerminationProtection is enabled');
      deletions.push(command.input.RetainResources);
      stubborn = stubborn.filter(({ LogicalResourceId }) => !command.input.RetainResources?.includes(LogicalResourceId));
      status = stubborn.length > 0 ? 'DELETE_FAILED' : undefined;
    }
    return {};
  },
});
const remove = () => deleteStack(client, 'Shop', new Set(['AWS::S3::Bucket']));

beforeEach(() => {
  status = 'CREATE_COMPLETE';
  isProtected = false;
  stubborn = [];
  deletions = [];
});

it('deletes a stack, also one that is protected', async () => {
  isProtected = true;
  await remove();
  expect(deletions).toEqual([undefined]);
});

it('does nothing where there is no stack', async () => {
  status = undefined;
  await remove();
  expect(deletions).toEqual([]);
});

it('leaves what the stack may not delete to whoever deletes it afterwards', async () => {
  stubborn = [{ LogicalResourceId: 'Site', ResourceType: 'AWS::S3::Bucket' }];
  await remove();
  expect(deletions).toEqual([undefined, ['Site']]);
});

it('names what nobody else would delete, and why it stays', async () => {
  stubborn = [{ LogicalResourceId: 'Pages', ResourceType: 'AWS::CloudFront::Distribution' }];
  await expect(remove()).rejects.toThrow('Pages (AWS::CloudFront::Distribution): not allowed');
  expect(deletions).toEqual([undefined, undefined, undefined, undefined]);
});
