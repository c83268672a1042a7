import { parameterNames } from '@enstratus/contract';
import { particleDeliveryParameterNames } from '@enstratus/platform/delivery';
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

/** The same, and as whom device-firmware's pipeline calls it. */
export interface FieldParticle extends ParticleAccess {
  readonly firmwareToken: string;
}

/** Writes the parameters by which ingest-repo finds Particle, as an operator does once on AWS; what says the same already stays. */
export async function writeParticleParameters(cloud: Cloud, caller: Caller, particle: ParticleAccess): Promise<void> {
  await writeParameters(cloud, caller, [
    { Name: parameterNames.particleApiUrl, Type: 'String', Value: particle.url },
    { Name: parameterNames.particleProduct, Type: 'String', Value: particle.product },
    { Name: parameterNames.particleAccessToken, Type: 'SecureString', Value: particle.accessToken },
  ]);
}

/** Writes the parameters of the delivery account by which device-firmware's pipeline finds Particle; the same holds for them. */
export async function writeFirmwareParameters(cloud: Cloud, caller: Caller, particle: FieldParticle): Promise<void> {
  await writeParameters(cloud, caller, [
    { Name: particleDeliveryParameterNames.apiUrl, Type: 'String', Value: particle.url },
    { Name: particleDeliveryParameterNames.accessToken, Type: 'SecureString', Value: particle.firmwareToken },
  ]);
}

interface WrittenParameter {
  readonly Name: string;
  readonly Type: 'String' | 'SecureString';
  readonly Value: string;
}

async function writeParameters(cloud: Cloud, caller: Caller, parameters: readonly WrittenParameter[]): Promise<void> {
  for (const parameter of parameters) {
    if ((await readParameter(cloud, caller, parameter.Name)) === parameter.Value) continue;
    await cloud.call('ssm', 'PutParameter', { ...parameter, Overwrite: true }, caller);
  }
}
