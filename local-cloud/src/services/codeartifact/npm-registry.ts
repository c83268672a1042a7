import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import type { Caller, HttpReply, HttpRequest, OpenPath } from '../../kernel/service.ts';
import { onRepository } from './artifact-arns.ts';
import { type ArtifactStore, foreignArtifacts, notFound, type Repository } from './artifact-store.ts';
import { type NpmAddress, npmEndpoint, readNpmAddress } from './npm-endpoint.ts';
import { abbreviatedPackument, packument, versionManifest } from './packument.ts';
import { publish, semanticVersion } from './publish.ts';

/** A package's name as npm has it, with or without a scope. */
const NAME = '(?:@[a-z0-9~-][\\w.~-]*\\/)?[A-Za-z0-9~-][\\w.~-]*';
const PACKAGE = new RegExp(`^/(${NAME})$`);
const TARBALL = new RegExp(`^/(${NAME})/-/([^/]+\\.tgz)$`);
const VERSION = new RegExp(`^/(${NAME})/([^/@-][^/]*)$`);
const TAGS = new RegExp(`^/-/package/(${NAME})/dist-tags(?:/([^/]+))?$`);
const ABBREVIATED_TYPE = 'application/vnd.npm.install-v1+json';

/** One request of npm to a repository, its caller known. */
interface Visit {
  readonly cloud: Cloud;
  readonly request: HttpRequest;
  readonly address: NpmAddress;
  readonly store: ArtifactStore;
  readonly repository: Repository;
  /** `<domain>/<repository>` */
  readonly key: string;
  readonly endpoint: string;
  readonly caller: Caller;
}

/**
 * The npm registry that GetRepositoryEndpoint points at (CodeArtifact User Guide, "Using CodeArtifact with npm", and npm's registry documentation):
 * packages whole or abbreviated, tarballs, `npm publish`, dist-tags. Whoever comes shows a token of GetAuthorizationToken, as a bearer or as the
 * password of the user `aws`; IAM is asked about the principal that it was made for.
 */
export function npmRegistry(cloud: Cloud): OpenPath {
  return {
    matches: ({ path }) => path.startsWith('/_codeartifact/'),
    handle: async (request) => {
      try {
        return answer(visit(cloud, request));
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        const challenge = error.httpStatus === 401 ? { 'WWW-Authenticate': 'Bearer realm="CodeArtifact"' } : {};
        return reply(error.httpStatus, { error: error.message, message: error.message, code: error.code }, challenge);
      }
    },
  };
}

function visit(cloud: Cloud, request: HttpRequest): Visit {
  const address = readNpmAddress(request.path);
  if (address === undefined) throw notFound('There is no repository of CodeArtifact at this address.');
  const { owner, domain } = address;
  const store = foreignArtifacts(cloud, owner);
  const token = tokenOf(request.headers.authorization);
  const principal = token === undefined ? undefined : store?.identify(domain, token);
  if (store === undefined || principal === undefined) {
    const why = token === undefined ? 'The request has no token of CodeArtifact.' : 'The token is not one of this domain, or has expired.';
    throw new AwsError('UnauthorizedException', `${why} GetAuthorizationToken makes one.`, 401);
  }
  const trace = request.headers['x-amzn-trace-id'];
  const caller: Caller = {
    principal,
    account: principal.account,
    region: owner.region,
    traceHeader: typeof trace === 'string' ? trace : undefined,
  };
  const repository = store.repository(domain, address.repository);
  const endpoint = npmEndpoint(cloud, repository, owner);
  // Every request is billed (AWS CodeArtifact Pricing).
  cloud.meter({ ...owner, service: 'codeartifact', operation: `npm-${request.method}`, resource: domain, units: { requests: 1 } });
  return { cloud, request, address, store, repository, key: `${domain}/${repository.name}`, endpoint, caller };
}

/** `Bearer <token>`, or `Basic` with the user `aws`. */
function tokenOf(header: string | undefined): string | undefined {
  const [, scheme = '', value = ''] = /^(Bearer|Basic) +(\S+)$/i.exec(header ?? '') ?? [];
  if (scheme.toLowerCase() === 'bearer') return value;
  const [user, password] = Buffer.from(value, 'base64').toString('utf8').split(':');
  return user === 'aws' ? password : undefined;
}

function answer(visit: Visit): HttpReply {
  const { request, address, caller } = visit;
  const { method } = request;
  const isRead = method === 'GET' || method === 'HEAD';
  if (isRead) {
    allow(visit, 'ReadFromRepository');
    if (address.rest === '/-/ping') return reply(200, {});
    if (address.rest === '/-/whoami') return reply(200, { username: caller.principal.arn });
  }
  const [, tagged, tag] = TAGS.exec(address.rest) ?? [];
  if (tagged !== undefined) return answerTags(visit, tagged, tag);
  const [, name = ''] = PACKAGE.exec(address.rest) ?? [];
  if (name !== '' && isRead) return answerPackage(visit, name);
  if (name !== '' && method === 'PUT') {
    allow(visit, 'PublishPackageVersion', name);
    publish(visit.store, visit.key, name, request.body, visit.cloud.clock());
    return reply(200, { success: true });
  }
  const [, packaged = '', file = ''] = TARBALL.exec(address.rest) ?? [];
  if (file !== '' && isRead) return answerTarball(visit, packaged, file);
  const [, versioned = '', version = ''] = VERSION.exec(address.rest) ?? [];
  if (version !== '' && isRead) return answerVersion(visit, versioned, version);
  throw new AwsError(
    'NotCarriedOut',
    `The local cloud does not carry out ${method} ${address.rest} of npm registries in CodeArtifact. See local-cloud/LIMITS.md.`,
    isRead ? 404 : 501,
  );
}

function allow({ cloud, address, caller }: Visit, action: string, name?: string): void {
  const input = { domain: address.domain, domainOwner: address.owner.account, repository: address.repository };
  cloud.authorizer.authorize(caller, onRepository(cloud, action, input, caller, name));
}

function answerPackage({ request, store, key, endpoint }: Visit, name: string): HttpReply {
  const versions = store.packages.versions(key, name);
  if (versions.length === 0) throw notFound(`Package '${name}' not found.`);
  const tags = store.packages.tags(key, name);
  const isAbbreviated = (request.headers.accept ?? '').includes(ABBREVIATED_TYPE);
  if (!isAbbreviated) return reply(200, packument(name, versions, tags, endpoint));
  return reply(200, abbreviatedPackument(name, versions, tags, endpoint), { 'Content-Type': ABBREVIATED_TYPE });
}

function answerTarball({ store, key }: Visit, name: string, file: string): HttpReply {
  const found = store.packages.versions(key, name).find(({ fileName }) => fileName === file);
  if (found === undefined) throw notFound(`Package '${name}' has no ${file}.`);
  return { status: 200, headers: { 'Content-Type': 'application/octet-stream' }, body: store.asset(found.asset) };
}

/** A version, or what a tag stands on. */
function answerVersion({ store, key, endpoint }: Visit, name: string, wanted: string): HttpReply {
  const tags = store.packages.tags(key, name);
  const found = store.packages.version(key, name, (Object.hasOwn(tags, wanted) ? tags[wanted] : undefined) ?? wanted);
  if (found === undefined) throw notFound(`Package '${name}' has no version ${wanted}.`);
  return reply(200, versionManifest(name, found, endpoint));
}

function answerTags(visit: Visit, name: string, tag: string | undefined): HttpReply {
  const { request, store, key } = visit;
  if (request.method === 'GET' && tag === undefined) {
    if (store.packages.versions(key, name).length === 0) throw notFound(`Package '${name}' not found.`);
    return reply(200, store.packages.tags(key, name));
  }
  if (tag === undefined || !['PUT', 'POST', 'DELETE'].includes(request.method))
    throw new AwsError('MethodNotAllowed', `${request.method} is nothing that npm asks of tags.`, 405);
  allow(visit, 'PutPackageMetadata', name);
  if (request.method === 'DELETE') {
    if (tag === 'latest') throw new AwsError('ValidationException', 'The tag latest stays.');
    if (store.packages.versions(key, name).length === 0) throw notFound(`Package '${name}' not found.`);
    store.packages.deleteTag(key, name, tag);
    return reply(200, { success: true });
  }
  const version = semanticVersion.safeParse(request.body.toString('utf8').replace(/^"|"$/g, '')).data;
  if (version === undefined) throw new AwsError('ValidationException', 'A tag stands on a version: the body is none.');
  if (store.packages.version(key, name, version) === undefined) throw notFound(`Package '${name}' has no version ${version}.`);
  store.packages.setTag(key, name, tag, version);
  return reply(200, { success: true });
}

function reply(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): HttpReply {
  return { status, headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body) };
}
