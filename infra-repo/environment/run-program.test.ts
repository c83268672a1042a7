import { afterEach, expect, it, vi } from 'vitest';
import { programEnvironment } from './run-program.ts';

afterEach(() => vi.unstubAllEnvs());

it('hands the caller’s credentials on to the programs of the repos, and never Particle’s token', () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'the-callers');
  vi.stubEnv('PARTICLE_ACCESS_TOKEN', 'can-flash-the-fleet');
  const environment = programEnvironment('us-east-2', '/cdk-home');
  expect(environment).toMatchObject({ AWS_ACCESS_KEY_ID: 'the-callers', AWS_REGION: 'us-east-2', CDK_HOME: '/cdk-home' });
  expect(JSON.stringify(environment)).not.toContain('can-flash-the-fleet');
});
