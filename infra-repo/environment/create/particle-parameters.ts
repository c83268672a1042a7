import { GetParameterCommand, PutParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { parameterNames } from '@enstratus/contract';

/** Where Particle's cloud is, and as whom ingest-repo calls it. */
export interface ParticleAccess {
  readonly url: string;
  /** Id or slug of the product. */
  readonly product: string;
  readonly accessToken: string;
}

/** Writes the three parameters by which ingest-repo finds Particle (its README, "Setting up Particle"); one that says the same already stays. Throws what SSM throws. */
export async function writeParticleParameters(ssm: SSMClient, particle: ParticleAccess): Promise<void> {
  const parameters = [
    { Name: parameterNames.particleApiUrl, Type: 'String', Value: particle.url },
    { Name: parameterNames.particleProduct, Type: 'String', Value: particle.product },
    { Name: parameterNames.particleAccessToken, Type: 'SecureString', Value: particle.accessToken },
  ] as const;
  for (const parameter of parameters) {
    if ((await readParameter(ssm, parameter.Name)) === parameter.Value) continue;
    await ssm.send(new PutParameterCommand({ ...parameter, Overwrite: true }));
  }
}

/** A parameter's value, decrypted; undefined when there is none. Throws what SSM throws. */
export async function readParameter(ssm: SSMClient, Name: string): Promise<string | undefined> {
  try {
    return (await ssm.send(new GetParameterCommand({ Name, WithDecryption: true }))).Parameter?.Value;
  } catch (error) {
    if (error instanceof Error && error.name === 'ParameterNotFound') return undefined;
    throw error;
  }
}
