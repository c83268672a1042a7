import type { SSMClient } from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import { AwsError } from '../testing/memory-table.ts';
import { connectionParameters } from './connection-parameters.ts';

const env = {
  PARTICLE_API_URL_PARAMETER_NAME: '/url',
  PARTICLE_PRODUCT_PARAMETER_NAME: '/product',
  PARTICLE_ACCESS_TOKEN_PARAMETER_NAME: '/token',
};
const good = { '/url': 'https://api.particle.io/', '/product': 'pumps\n', '/token': 't' };
const reader = (values: Readonly<Record<string, string>>) => {
  const ssm = {
    send: async ({ input }: { input: { Name: string; WithDecryption: boolean } }) => {
      expect(input.WithDecryption).toBe(true);
      if (values[input.Name] === undefined) throw new AwsError('ParameterNotFound');
      return { Parameter: { Value: values[input.Name] } };
    },
  } as unknown as Pick<SSMClient, 'send'>;
  return connectionParameters(ssm, env)();
};

describe('the parameters of Particle', () => {
  it('are a connection', async () => {
    expect(await reader(good)).toEqual({ url: 'https://api.particle.io', product: 'pumps', token: 't' });
  });

  it('are named when one is missing, empty or no address', async () => {
    const { '/token': _, ...rest } = good;
    await expect(reader(rest)).rejects.toThrow('the parameter /token is missing: see the README');
    await expect(reader({ ...good, '/product': ' ' })).rejects.toThrow('the parameter /product is empty');
    await expect(reader({ ...good, '/url': 'particle' })).rejects.toThrow('the parameter /url is no address');
  });
});
