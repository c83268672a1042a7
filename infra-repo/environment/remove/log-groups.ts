import { DeleteLogGroupCommand, paginateDescribeLogGroups } from '@aws-sdk/client-cloudwatch-logs';
import { stackPrefix } from '../stacks.ts';
import type { LeftoverKind } from './leftover.ts';

/** What the names of the system's log groups begin with: devices and functions, and what Lambda makes for a function that has none. */
const prefixes = ['/enstratus/', `/aws/lambda/${stackPrefix}`];

/** Log groups, of devices above all: no stack makes those. */
export const logGroups: LeftoverKind = {
  kind: 'log group',
  type: 'AWS::Logs::LogGroup',
  async list({ logs }) {
    const found: { name: string }[] = [];
    for (const logGroupNamePrefix of prefixes)
      for await (const { logGroups: page = [] } of paginateDescribeLogGroups({ client: logs }, { logGroupNamePrefix }))
        for (const { logGroupName: name = '' } of page) found.push({ name });
    return found;
  },
  async remove({ name: logGroupName }, { logs }) {
    await logs.send(new DeleteLogGroupCommand({ logGroupName }));
  },
};
