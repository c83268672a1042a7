import { DeleteParametersCommand, paginateDescribeParameters } from '@aws-sdk/client-ssm';
import type { LeftoverKind } from './leftover.ts';

/** Parameters of our names, secret ones among them: an operator wrote them, or a function. Only their names are asked for. */
export const parameters: LeftoverKind = {
  kind: 'parameter',
  type: 'AWS::SSM::Parameter',
  async list({ ssm }) {
    const found: { name: string }[] = [];
    const ParameterFilters = [{ Key: 'Name', Option: 'BeginsWith', Values: ['/enstratus/'] }];
    for await (const { Parameters = [] } of paginateDescribeParameters({ client: ssm }, { ParameterFilters }))
      for (const { Name: name = '' } of Parameters) found.push({ name });
    return found;
  },
  async remove({ name }, { ssm }) {
    await ssm.send(new DeleteParametersCommand({ Names: [name] }));
  },
};
