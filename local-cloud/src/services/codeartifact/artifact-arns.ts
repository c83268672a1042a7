import type { Cloud } from '../../kernel/cloud.ts';
import type { Authorization, Scope } from '../../kernel/service.ts';
import { type ArtifactStore, artifactsOf, foreignArtifacts, notFound } from './artifact-store.ts';

/** Which domain a request is for; the owner is the caller's account unless it is said. */
export interface DomainInput {
  readonly domain: string;
  readonly domainOwner?: string | undefined;
}
export interface RepositoryInput extends DomainInput {
  readonly repository: string;
}

export function ownerOf({ domainOwner }: Pick<DomainInput, 'domainOwner'>, caller: Scope): Scope {
  return { account: domainOwner ?? caller.account, region: caller.region };
}

/** Throws ResourceNotFoundException for a domain of an account that has none here. */
export function storeOf(cloud: Cloud, input: DomainInput, caller: Scope): ArtifactStore {
  const owner = ownerOf(input, caller);
  const store = owner.account === caller.account ? artifactsOf(cloud, owner) : foreignArtifacts(cloud, owner);
  if (store === undefined) throw notFound(`Domain not found. Domain '${input.domain}' owned by account '${owner.account}' does not exist.`);
  return store;
}

/** ARNs of the "Service Authorization Reference", "Resource types defined by AWS CodeArtifact". */
export function domainArn(domain: string, { account, region }: Scope): string {
  return `arn:aws:codeartifact:${region}:${account}:domain/${domain}`;
}
export function repositoryArn(domain: string, repository: string, { account, region }: Scope): string {
  return `arn:aws:codeartifact:${region}:${account}:repository/${domain}/${repository}`;
}
/** A package without a scope has an empty namespace: two slashes. */
export function packageArn(domain: string, repository: string, name: string, { account, region }: Scope): string {
  const { namespace = '', bare } = splitName(name);
  return `arn:aws:codeartifact:${region}:${account}:package/${domain}/${repository}/npm/${namespace}/${bare}`;
}

/** `@enstratus/contract` is `contract` in the namespace `enstratus`. */
export function splitName(name: string): { namespace: string | undefined; bare: string } {
  const [, namespace, bare] = /^@([^/]+)\/(.+)$/.exec(name) ?? [];
  return bare === undefined ? { namespace: undefined, bare: name } : { namespace, bare };
}
export function joinName(namespace: string | undefined, bare: string): string {
  return namespace === undefined ? bare : `@${namespace}/${bare}`;
}

/** What must be allowed for an action on a domain, by its own policy as well. */
export function onDomain(cloud: Cloud, action: string, input: DomainInput, caller: Scope): Authorization {
  const owner = ownerOf(input, caller);
  const resourcePolicy = foreignArtifacts(cloud, owner)?.domains.get(input.domain)?.policy?.document;
  return { action: `codeartifact:${action}`, resource: domainArn(input.domain, owner), resourcePolicy };
}

/** The same for a repository, or for one of its packages, which have its policy. */
export function onRepository(cloud: Cloud, action: string, input: RepositoryInput, caller: Scope, packageName?: string): Authorization {
  const owner = ownerOf(input, caller);
  const resourcePolicy = foreignArtifacts(cloud, owner)?.findRepository(input.domain, input.repository)?.policy?.document;
  const resource =
    packageName === undefined
      ? repositoryArn(input.domain, input.repository, owner)
      : packageArn(input.domain, input.repository, packageName, owner);
  return { action: `codeartifact:${action}`, resource, resourcePolicy };
}
