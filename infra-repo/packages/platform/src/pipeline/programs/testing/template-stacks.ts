import { parameterReadersPrefix } from '../../delivery-names.ts';
import { type AssemblyStack, templateSchema } from '../assembly-stacks.ts';

export interface StackParameters {
  readonly writes?: readonly string[];
  /** Read by template parameters, and said so, as readParameter does both. */
  readonly reads?: readonly string[];
  /** Read by template parameters, and not said. */
  readonly readsUnsaid?: readonly string[];
  /** What a resource of the stack has as a property, such as a dynamic reference. */
  readonly property?: string;
}

/** A stack with these parameters, as the CDK synthesizes it. */
export function templateStack(
  stackName: string,
  { writes = [], reads = [], readsUnsaid = [], property }: StackParameters = {},
): AssemblyStack {
  const written = (Name: string, Value: string) => ({ Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Name, Value } });
  const read = ['/cdk-bootstrap/hnb659fds/version', ...reads, ...readsUnsaid];
  return {
    stackName,
    template: templateSchema.parse({
      Parameters: Object.fromEntries(
        read.map((Default, index) => [`Read${index}`, { Type: 'AWS::SSM::Parameter::Value<String>', Default }]),
      ),
      Resources: {
        ...Object.fromEntries(writes.map((name, index) => [`Written${index}`, written(name, 'x')])),
        ...(reads.length === 0 ? {} : { ParametersRead: written(`${parameterReadersPrefix}${stackName}`, reads.join(',')) }),
        ...(property === undefined ? {} : { Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: property } } }),
      },
    }),
  };
}
