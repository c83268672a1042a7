import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { ParameterOptions } from './command-options.ts';

/** `aws ssm get-parameter --name … --query Parameter.Value --output text`: the value alone. Rejects with what Parameter Store answers. */
export async function getParameter({ region, name, withDecryption }: ParameterOptions): Promise<void> {
  const client = new SSMClient(region === undefined ? {} : { region });
  const { Parameter } = await client.send(new GetParameterCommand({ Name: name, WithDecryption: withDecryption }));
  console.log(Parameter?.Value);
}
