import { AwsError } from '../kernel/aws-error.ts';
import type { Cloud } from '../kernel/cloud.ts';
import type { Caller } from '../kernel/service.ts';

/** An SSM parameter's value, decrypted; undefined when there is none. Throws what SSM throws. */
export async function readParameter(cloud: Cloud, caller: Caller, Name: string): Promise<string | undefined> {
  try {
    const answer = await cloud.call<{ Parameter: { Value: string } }>('ssm', 'GetParameter', { Name, WithDecryption: true }, caller);
    return answer.Parameter.Value;
  } catch (error) {
    if (error instanceof AwsError && error.code === 'ParameterNotFound') return undefined;
    throw error;
  }
}
