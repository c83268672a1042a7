import type { Stack } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';

/**
 * Tells the other repos a value under one of the names that the contract lists. A soft export: nobody's deployment is locked by it.
 * The logical id is made of the name: `/enstratus/infra/table-name` is `ParameterEnstratusInfraTableName`.
 */
export function publishParameter(stack: Stack, name: string, value: string, description: string): void {
  const id = name.replace(/(^|[/-])([a-z0-9])/g, (_, __, letter: string) => letter.toUpperCase());
  const parameter = new StringParameter(stack, `Parameter${id}`, { parameterName: name, stringValue: value, description });
  stack.renameLogicalId(stack.getLogicalId(parameter.node.defaultChild as never), `Parameter${id}`);
}

/** What another repo tells under this name, read by CloudFormation when the stack is deployed. Fails the deployment when it isn't there. */
export function readParameter(stack: Stack, name: string): string {
  return StringParameter.valueForStringParameter(stack, name);
}
