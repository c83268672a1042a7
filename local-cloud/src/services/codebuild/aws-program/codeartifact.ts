import { spawnSync } from 'node:child_process';
import { CodeartifactClient, GetAuthorizationTokenCommand, GetRepositoryEndpointCommand } from '@aws-sdk/client-codeartifact';
import type { LoginOptions, TokenOptions } from './command-options.ts';

/**
 * `aws codeartifact login --tool npm`: a token and the repository's endpoint, written in the user's npm settings; with a namespace its packages
 * alone come from there (CodeArtifact User Guide, "Configure and use npm with CodeArtifact"). Rejects with what CodeArtifact answers.
 */
export async function login(options: LoginOptions): Promise<void> {
  const client = clientOf(options);
  const { authorizationToken, expiration } = await client.send(new GetAuthorizationTokenCommand(tokenInput(options)));
  const { domain, domainOwner, repository, scope } = options;
  const { repositoryEndpoint } = await client.send(new GetRepositoryEndpointCommand({ domain, domainOwner, repository, format: 'npm' }));
  if (authorizationToken === undefined || repositoryEndpoint === undefined)
    throw new Error('CodeArtifact answered no token or no endpoint');
  const registry = repositoryEndpoint.endsWith('/') ? repositoryEndpoint : `${repositoryEndpoint}/`;
  const { host, pathname } = new URL(registry);
  configureNpm({
    [scope === undefined ? 'registry' : `${scope}:registry`]: registry,
    [`//${host}${pathname}:_authToken`]: authorizationToken,
  });
  console.log(`Successfully configured npm to use AWS CodeArtifact repository ${registry} `);
  if (expiration !== undefined) console.log(`Login expires at ${expiration.toISOString()}`);
}

/** `aws codeartifact get-authorization-token --query authorizationToken --output text`: the token alone. */
export async function getAuthorizationToken(options: TokenOptions): Promise<void> {
  const { authorizationToken } = await clientOf(options).send(new GetAuthorizationTokenCommand(tokenInput(options)));
  console.log(authorizationToken);
}

function clientOf({ region }: TokenOptions): CodeartifactClient {
  return new CodeartifactClient(region === undefined ? {} : { region });
}

function tokenInput({ domain, domainOwner, duration_s }: TokenOptions) {
  return { domain, domainOwner, durationSeconds: duration_s };
}

function configureNpm(settings: Readonly<Record<string, string>>): void {
  const args = Object.entries(settings).map(([key, value]) => `${key}=${value}`);
  const { status, stderr } = spawnSync('npm', ['config', 'set', ...args], { encoding: 'utf8' });
  const complaint = Object.values(settings).reduce((text, value) => text.replaceAll(value, '***'), stderr);
  if (status !== 0) throw new Error(`npm config set failed: ${complaint}`);
}
