import { parameterNames } from '@enstratus/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSsm } from '../services/ssm/ssm-service.ts';
import { startTestCloud, type TestCloud } from '../testing/test-cloud.ts';
import { writeParticleParameters } from './particle-parameters.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud([createSsm]);
});
afterAll(() => cloud.stop());

const read = (Name: string) =>
  cloud.cloud
    .call<{ Parameter: { Value: string; Type: string; Version: number } }>(
      'ssm',
      'GetParameter',
      { Name, WithDecryption: true },
      cloud.caller(),
    )
    .then(({ Parameter: { Value, Type, Version } }) => ({ Value, Type, Version }));

it('writes where Particle is, the token as a SecureString, and again only what has changed', async () => {
  const particle = { url: 'http://127.0.0.1:1', product: 'pumps', accessToken: 'a token' };
  await writeParticleParameters(cloud.cloud, cloud.caller(), particle);
  await writeParticleParameters(cloud.cloud, cloud.caller(), { ...particle, url: 'http://127.0.0.1:2' });
  expect(await read(parameterNames.particleApiUrl)).toEqual({ Value: 'http://127.0.0.1:2', Type: 'String', Version: 2 });
  expect(await read(parameterNames.particleProduct)).toEqual({ Value: 'pumps', Type: 'String', Version: 1 });
  expect(await read(parameterNames.particleAccessToken)).toEqual({ Value: 'a token', Type: 'SecureString', Version: 1 });
});
