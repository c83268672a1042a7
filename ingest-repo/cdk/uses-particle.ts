import { parameterNames } from '@enstratus/contract';
import type { ServiceFunction } from '@enstratus/platform/cdk';

/** Lets a function read how Particle is reached, and tells it the parameters' names: their values are read at run time and are in no template. */
export function usesParticle(fn: ServiceFunction): void {
  fn.usesSecretParameter(parameterNames.particleApiUrl, 'PARTICLE_API_URL_PARAMETER_NAME')
    .usesSecretParameter(parameterNames.particleProduct, 'PARTICLE_PRODUCT_PARAMETER_NAME')
    .usesSecretParameter(parameterNames.particleAccessToken, 'PARTICLE_ACCESS_TOKEN_PARAMETER_NAME');
}
