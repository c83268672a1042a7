import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import type { Caller, StreamPath } from '../../kernel/service.ts';
import { identifyBasic } from './basic-credentials.ts';
import { gitEnded, startGit } from './git-program.ts';
import { FLUSH, pktLine } from './pkt-line.ts';
import { type Repository, type RepositoryStore, repositoriesOf, repositoryArn } from './repositories.ts';
import { servePull } from './serve-pull.ts';
import { servePush } from './serve-push.ts';

const PATH = /^\/v1\/repos\/([^/]+)\/(info\/refs|git-upload-pack|git-receive-pack)$/;
/** A host name by which AWS's own addresses lead here; the region stands in it. */
const AWS_HOST = /^git-codecommit(?:-fips)?\.([a-z]{2}(?:-[a-z]+)+-\d{1,2})\.amazonaws\.com(?::\d+)?$/;

/** One request of git to one repository, its caller known and allowed what the service means. */
export interface GitExchange {
  readonly cloud: Cloud;
  readonly store: RepositoryStore;
  readonly repository: Repository;
  readonly directory: string;
  readonly caller: Caller;
  /** The body, unpacked. */
  readonly body: Readable;
  readonly outgoing: ServerResponse;
  /** What git sees besides its arguments. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * git over HTTP, at `/v1/repos/<name>` as on AWS (CodeCommit User Guide, "Regions and Git connection endpoints"): the smart protocol in versions 0, 1
 * and 2 (git's documentation, "gitprotocol-http"), carried out by this machine's git. The region is the one in AWS's own host name, elsewhere the
 * cloud's.
 */
export class GitDoor implements StreamPath {
  readonly #cloud: Cloud;

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
  }

  matches(path: string): boolean {
    return PATH.test(path);
  }

  async handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = bodyOf(incoming);
    try {
      await this.#serve(incoming, body, outgoing);
    } catch (error) {
      // A client that has gone away is answered by nobody.
      if (incoming.errored !== null || outgoing.destroyed) return;
      if (!(error instanceof AwsError) || outgoing.headersSent) throw error;
      body.resume();
      answerText(outgoing, error.httpStatus, error.message);
    }
  }

  async #serve(incoming: IncomingMessage, body: Readable, outgoing: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? '/', 'http://localhost');
    const [, name = '', what = ''] = PATH.exec(url.pathname) ?? [];
    const isDiscovery = what === 'info/refs';
    if (incoming.method !== (isDiscovery ? 'GET' : 'POST'))
      throw new AwsError('MethodNotAllowed', `${incoming.method} is nothing that git asks.`, 405);
    const service = isDiscovery ? url.searchParams.get('service') : what;
    if (service !== 'git-upload-pack' && service !== 'git-receive-pack')
      throw new AwsError('InvalidRequest', "CodeCommit speaks git's smart protocol alone.", 403);

    const principal = identifyBasic(this.#cloud, incoming.headers.authorization);
    if (principal === undefined) {
      body.resume();
      outgoing.setHeader('WWW-Authenticate', 'Basic realm="CodeCommit"');
      return answerText(outgoing, 401, 'Git needs the credentials of an AWS account.');
    }
    const region = AWS_HOST.exec(incoming.headers.host ?? '')?.[1] ?? this.#cloud.region;
    const trace = incoming.headers['x-amzn-trace-id'];
    const caller: Caller = { principal, account: principal.account, region, traceHeader: typeof trace === 'string' ? trace : undefined };
    const action = service === 'git-upload-pack' ? 'codecommit:GitPull' : 'codecommit:GitPush';
    const repositoryName = decoded(name);
    this.#cloud.authorizer.authorize(caller, { action, resource: repositoryArn(repositoryName, caller) });
    const store = repositoriesOf(this.#cloud, caller);
    if (!store.has(repositoryName)) throw new AwsError('RepositoryDoesNotExistException', `${repositoryName} does not exist`, 404);
    const repository = store.get(repositoryName);
    const directory = store.directory(repository);
    const environment = protocolOf(incoming);
    outgoing.setHeader('Cache-Control', 'no-cache, max-age=0, must-revalidate');
    const exchange: GitExchange = { cloud: this.#cloud, store, repository, directory, caller, body, outgoing, environment };
    if (isDiscovery) return advertise(exchange, service);
    outgoing.setHeader('Content-Type', `application/x-${service}-result`);
    return service === 'git-upload-pack' ? servePull(exchange) : servePush(exchange);
  }
}

/** A name that no client has encoded names nothing. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    throw new AwsError('RepositoryDoesNotExistException', `${name} does not exist`, 404);
  }
}

/** "gitprotocol-http", "Discovering References"; version 2 begins without the service's name ("gitprotocol-v2", "HTTP Transport"). */
async function advertise({ directory, body, outgoing, environment }: GitExchange, service: string): Promise<void> {
  body.resume();
  const args = [service.slice('git-'.length), '--stateless-rpc', '--advertise-refs', '.'];
  const git = startGit(directory, args, environment);
  git.stdin.on('error', () => undefined).end();
  outgoing.setHeader('Content-Type', `application/x-${service}-advertisement`);
  const ended = gitEnded(git, args);
  const isVersion2 = service === 'git-upload-pack' && environment['GIT_PROTOCOL']?.split(':').includes('version=2');
  const chunks: Buffer[] = isVersion2 ? [] : [pktLine(`# service=${service}\n`), FLUSH];
  git.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  await ended;
  outgoing.end(Buffer.concat(chunks));
}

/** git packs large requests. What is no such pack ends the stream with an error, and the request with 400. */
function bodyOf(incoming: IncomingMessage): Readable {
  if (!/^(x-)?gzip$/.test(incoming.headers['content-encoding'] ?? '')) return incoming;
  const unpacked = createGunzip();
  // The rest is read all the same, so that the answer goes out. Of a request that is refused before it is read nobody else hears the error, and an
  // error that nobody hears ends the process.
  unpacked.on('error', () => {
    incoming.unpipe(unpacked);
    incoming.resume();
  });
  incoming.once('error', (error) => unpacked.destroy(error));
  return incoming.pipe(unpacked);
}

/** `Git-Protocol` names the version that the client wants ("gitprotocol-v2"). */
function protocolOf({ headers }: IncomingMessage): Record<string, string> {
  const wanted = headers['git-protocol'];
  return typeof wanted === 'string' && /^[\w:=.-]{1,200}$/.test(wanted) ? { GIT_PROTOCOL: wanted } : {};
}

function answerText(outgoing: ServerResponse, status: number, text: string): void {
  outgoing.statusCode = status;
  outgoing.setHeader('Content-Type', 'text/plain; charset=utf-8');
  outgoing.end(`${text}\n`);
}
