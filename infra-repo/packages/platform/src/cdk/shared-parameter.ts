import { type CfnElement, Lazy, type Stack } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { parameterReadersPrefix } from '../pipeline/delivery-names.ts';

/**
 * Tells the other repos a value under one of the names that the contract lists. A soft export: nobody's deployment is locked by it.
 * The logical id is made of the name: `/enstratus/infra/table-name` is `ParameterEnstratusInfraTableName`.
 */
export function publishParameter(stack: Stack, name: string, value: string, description: string): void {
  const id = name.replace(/(^|[/-])([a-z0-9])/g, (_, __, letter: string) => letter.toUpperCase());
  const parameter = new StringParameter(stack, `Parameter${id}`, { parameterName: name, stringValue: value, description });
  stack.renameLogicalId(stack.getLogicalId(parameter.node.defaultChild as never), `Parameter${id}`);
}

const readBy = new WeakMap<Stack, Set<string>>();

/**
 * What another repo tells under this name, read by CloudFormation when the stack is deployed. Fails the deployment when it isn't there. The stack says in a parameter of its
 * own which ones it reads: who would take one of them away is refused by its pipeline.
 */
export function readParameter(stack: Stack, name: string): string {
  let names = readBy.get(stack);
  if (names === undefined) {
    const read = new Set<string>();
    names = read;
    readBy.set(stack, read);
    const parameter = new StringParameter(stack, 'ParametersRead', {
      parameterName: `${parameterReadersPrefix}${stack.stackName}`,
      stringValue: Lazy.string({ produce: () => [...read].sort().join(',') }),
      description: 'The parameters of other repos that this stack reads: none of them may vanish',
    });
    stack.renameLogicalId(stack.getLogicalId(parameter.node.defaultChild as CfnElement), 'ParametersRead');
  }
  names.add(name);
  return StringParameter.valueForStringParameter(stack, name);
}
