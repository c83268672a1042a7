import { spawnSync } from 'node:child_process';
import { CodeartifactClient, GetAuthorizationTokenCommand, GetRepositoryEndpointCommand } from '@aws-sdk/client-codeartifact';
import { type AwsCommand, mustBe, takeOptions, UsageError } from './arguments.ts';

/**
 * `aws codeartifact login --tool npm`: a token and the repository's endpoint, written in the user's npm settings; with a namespace its packages
 * alone come from there (CodeArtifact User Guide, "Configure and use npm with CodeArtifact"). Rejects with what CodeArtifact answers.
 */
export async function login(command: AwsCommand): Promise<void> {
  const known = ['tool', 'domain', 'domain-owner', 'repository', 'namespace', 'duration-seconds'];
  const options = takeOptions(command, known, ['tool', 'domain', 'repository']);
  mustBe(options, 'tool', 'npm');
  const client = clientOf(options);
  const { authorizationToken, expiration } = await client.send(
    new GetAuthorizationTokenCommand({ ...domainOf(options), ...durationOf(options) }),
  );
  const { repositoryEndpoint } = await client.send(
    new GetRepositoryEndpointCommand({ ...domainOf(options), repository: options['repository'], format: 'npm' }),
  );
  if (authorizationToken === undefined || repositoryEndpoint === undefined)
    throw new Error('CodeArtifact answered no token or no endpoint');
  const registry = repositoryEndpoint.endsWith('/') ? repositoryEndpoint : `${repositoryEndpoint}/`;
  configureNpm(registryKey(options['namespace']), registry);
  const { host, pathname } = new URL(registry);
  configureNpm(`//${host}${pathname}:_authToken`, authorizationToken);
  console.log(`Successfully configured npm to use AWS CodeArtifact repository ${registry} `);
  if (expiration !== undefined) console.log(`Login expires at ${expiration.toISOString()}`);
}

/** `aws codeartifact get-authorization-token --query authorizationToken --output text`: the token alone. */
export async function getAuthorizationToken(command: AwsCommand): Promise<void> {
  const options = takeOptions(command, ['domain', 'domain-owner', 'duration-seconds', 'query', 'output'], ['domain']);
  mustBe(options, 'query', 'authorizationToken');
  mustBe(options, 'output', 'text');
  const { authorizationToken } = await clientOf(options).send(
    new GetAuthorizationTokenCommand({ ...domainOf(options), ...durationOf(options) }),
  );
  console.log(authorizationToken);
}

function clientOf(options: Readonly<Record<string, string>>): CodeartifactClient {
  return new CodeartifactClient(options['region'] === undefined ? {} : { region: options['region'] });
}

function domainOf(options: Readonly<Record<string, string>>): { domain: string | undefined; domainOwner?: string } {
  return { domain: options['domain'], ...(options['domain-owner'] === undefined ? {} : { domainOwner: options['domain-owner'] }) };
}

function durationOf(options: Readonly<Record<string, string>>): { durationSeconds?: number } {
  const given = options['duration-seconds'];
  if (given === undefined) return {};
  if (!/^\d+$/.test(given)) throw new UsageError(`--duration-seconds must be a number, not ${given}`);
  return { durationSeconds: Number(given) };
}

function registryKey(namespace: string | undefined): string {
  if (namespace === undefined) return 'registry';
  const scope = namespace.startsWith('@') ? namespace : `@${namespace}`;
  if (!/^@[A-Za-z0-9._~-]+$/.test(scope)) throw new UsageError(`--namespace ${namespace} is no scope of npm`);
  return `${scope}:registry`;
}

function configureNpm(key: string, value: string): void {
  const { status, stderr } = spawnSync('npm', ['config', 'set', key, value], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm config set failed: ${stderr.replaceAll(value, '***')}`);
}
