import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import * as z from 'zod';
import type { ParticleConnection } from './particle-cloud.ts';

/** The environment variables by which a function is told where the connection's settings stand (cdk/uses-particle.ts sets them). */
export const particleEnvironment = {
  PARTICLE_API_URL_PARAMETER_NAME: z.string().startsWith('/'),
  PARTICLE_PRODUCT_PARAMETER_NAME: z.string().startsWith('/'),
  PARTICLE_ACCESS_TOKEN_PARAMETER_NAME: z.string().startsWith('/'),
} as const;
export type ParticleEnvironment = { readonly [name in keyof typeof particleEnvironment]: string };

/** Reads the connection's settings from Parameter Store. Rejects with an Error that names the parameter that is missing or wrong, and with whatever SSM throws. */
export function connectionParameters(ssm: Pick<SSMClient, 'send'>, env: ParticleEnvironment): () => Promise<ParticleConnection> {
  const read = async (name: string): Promise<string> => {
    try {
      const { Parameter } = await ssm.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
      const value = Parameter?.Value?.trim();
      if (value === undefined || value === '') throw new Error(`the parameter ${name} is empty`);
      return value;
    } catch (error) {
      if (!(error instanceof Error && error.name === 'ParameterNotFound')) throw error;
      throw new Error(`the parameter ${name} is missing: see the README, "Setting up Particle"`);
    }
  };
  return async () => {
    const [url, product, token] = await Promise.all([
      read(env.PARTICLE_API_URL_PARAMETER_NAME),
      read(env.PARTICLE_PRODUCT_PARAMETER_NAME),
      read(env.PARTICLE_ACCESS_TOKEN_PARAMETER_NAME),
    ]);
    if (!URL.canParse(url)) throw new Error(`the parameter ${env.PARTICLE_API_URL_PARAMETER_NAME} is no address`);
    return { url: url.replace(/\/+$/, ''), product, token };
  };
}
