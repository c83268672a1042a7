import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { type AwsCommand, mustBe, takeOptions } from './arguments.ts';

/** `aws ssm get-parameter --name … --query Parameter.Value --output text`: the value alone. Rejects with what Parameter Store answers. */
export async function getParameter(command: AwsCommand): Promise<void> {
  const options = takeOptions(command, ['name', 'query', 'output', 'with-decryption', 'no-with-decryption'], ['name']);
  mustBe(options, 'query', 'Parameter.Value');
  mustBe(options, 'output', 'text');
  const client = new SSMClient(options['region'] === undefined ? {} : { region: options['region'] });
  const { Parameter } = await client.send(
    new GetParameterCommand({ Name: options['name'], WithDecryption: options['with-decryption'] !== undefined }),
  );
  console.log(Parameter?.Value);
}
