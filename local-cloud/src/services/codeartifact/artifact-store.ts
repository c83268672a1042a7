import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import type { PolicyDocument } from '../../kernel/policy-document.ts';
import type { Principal } from '../../kernel/principal.ts';
import type { Scope } from '../../kernel/service.ts';
import { Collection, perScope } from '../../kernel/state.ts';
import { PackageStore } from './package-store.ts';

export interface Policy {
  readonly revision: string;
  /** As it was put. */
  readonly text: string;
  readonly document: PolicyDocument;
}

export interface Domain {
  readonly name: string;
  readonly created_ms: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly policy?: Policy | undefined;
}

export interface Repository {
  readonly domain: string;
  readonly name: string;
  readonly description?: string | undefined;
  /** The account that made it: of those that the domain's policy lets in. */
  readonly administrator: string;
  readonly created_ms: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly policy?: Policy | undefined;
}

/** Whom a token stands for, in one domain. */
interface Token {
  readonly digest: string;
  readonly domain: string;
  readonly principal: Principal;
  readonly expires_ms: number;
}

/** The domains that one account owns in a region, and everything in them. */
export class ArtifactStore {
  readonly domains: Collection<Domain>;
  readonly packages: PackageStore;
  readonly scope: Scope;
  readonly #repositories: Collection<Repository>;
  readonly #tokens: Collection<Token>;
  readonly #cloud: Cloud;
  readonly #assets: string;

  constructor(cloud: Cloud, scope: Scope) {
    const database: DatabaseSync = cloud.state.database(scope, 'codeartifact');
    this.#cloud = cloud;
    this.scope = scope;
    this.domains = new Collection<Domain>(database, 'domains');
    this.#repositories = new Collection<Repository>(database, 'repositories');
    this.#tokens = new Collection<Token>(database, 'tokens');
    this.packages = new PackageStore(database);
    this.#assets = cloud.state.directory(scope, 'codeartifact');
  }

  /** Throws ResourceNotFoundException. */
  domain(name: string): Domain {
    const domain = this.domains.get(name);
    if (domain === undefined) throw notFound(`Domain not found. Domain '${name}' owned by account '${this.scope.account}' does not exist.`);
    return domain;
  }

  /** Throws ResourceNotFoundException. */
  repository(domain: string, name: string): Repository {
    const repository = this.findRepository(domain, name);
    if (repository === undefined) throw notFound(`Repository not found. Repository '${name}' does not exist in domain '${domain}'.`);
    return repository;
  }

  findRepository(domain: string, name: string): Repository | undefined {
    return this.#repositories.get(`${domain}/${name}`);
  }

  /** Of one domain, by name. */
  repositories(domain: string): Repository[] {
    return this.#repositories.list().filter((one) => one.domain === domain);
  }

  putRepository(repository: Repository): void {
    this.#repositories.put(`${repository.domain}/${repository.name}`, repository);
  }

  deleteRepository({ domain, name }: Repository): void {
    this.#repositories.delete(`${domain}/${name}`);
    for (const asset of this.packages.deleteAll(`${domain}/${name}`)) this.deleteAsset(asset);
  }

  /** Hands out a token; what lies on disk is its digest. */
  openToken(domain: string, principal: Principal, expires_ms: number): string {
    const now = this.#cloud.clock();
    const token = randomBytes(96).toString('base64url');
    this.#tokens.put(digest(token), { digest: digest(token), domain, principal, expires_ms });
    // Old ones go when new ones come.
    for (const old of this.#tokens.list()) if (old.expires_ms <= now) this.#tokens.delete(old.digest);
    return token;
  }

  /** Whom this token stands for in this domain; undefined for one that isn't known there, or has expired. */
  identify(domain: string, token: string): Principal | undefined {
    const found = this.#tokens.get(digest(token));
    return found !== undefined && found.domain === domain && found.expires_ms > this.#cloud.clock() ? found.principal : undefined;
  }

  /** Keeps a file under a name of its own, whole or not at all. */
  putAsset(content: Uint8Array): string {
    const name = `${randomUUID()}.tgz`;
    const path = join(this.#assets, name);
    writeFileSync(`${path}.part`, content);
    renameSync(`${path}.part`, path);
    return name;
  }

  asset(name: string): Buffer {
    return readFileSync(join(this.#assets, name));
  }

  deleteAsset(name: string): void {
    rmSync(join(this.#assets, name), { force: true });
  }
}

const stores = new WeakMap<Cloud, (scope: Scope) => ArtifactStore>();

/** The domains that this account owns in this region. */
export function artifactsOf(cloud: Cloud, scope: Scope): ArtifactStore {
  let open = stores.get(cloud);
  if (open === undefined) {
    open = perScope((one) => new ArtifactStore(cloud, one));
    stores.set(cloud, open);
  }
  return open(scope);
}

/** The same for an account that may be another one than the caller's: its name alone must not make a folder for it on disk. */
export function foreignArtifacts(cloud: Cloud, owner: Scope): ArtifactStore | undefined {
  const known = cloud.state.scopesOf('codeartifact').some(({ account, region }) => account === owner.account && region === owner.region);
  return known ? artifactsOf(cloud, owner) : undefined;
}

export function notFound(message: string): AwsError {
  return new AwsError('ResourceNotFoundException', message, 404);
}

function digest(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
