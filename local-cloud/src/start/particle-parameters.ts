import { parameterNames } from '@enstratus/contract';
import type { Cloud } from '../kernel/cloud.ts';
import type { Caller } from '../kernel/service.ts';
import { readParameter } from './parameters.ts';

/** Where the Particle cloud is, and as whom ingest-repo calls it. */
export interface ParticleAccess {
  readonly url: string;
  /** The product's slug or id. */
  readonly product: string;
  readonly accessToken: string;
}

/** Writes the parameters by which ingest-repo finds Particle, as an operator does once on AWS; what says the same already stays. */
export async function writeParticleParameters(cloud: Cloud, caller: Caller, particle: ParticleAccess): Promise<void> {
  const parameters = [
    { Name: parameterNames.particleApiUrl, Type: 'String', Value: particle.url },
    { Name: parameterNames.particleProduct, Type: 'String', Value: particle.product },
    { Name: parameterNames.particleAccessToken, Type: 'SecureString', Value: particle.accessToken },
  ];
  for (const parameter of parameters) {
    if ((await readParameter(cloud, caller, parameter.Name)) === parameter.Value) continue;
    await cloud.call('ssm', 'PutParameter', { ...parameter, Overwrite: true }, caller);
  }
}
