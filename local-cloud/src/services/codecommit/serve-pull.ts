import { AwsError } from '../../kernel/aws-error.ts';
import { feed } from './feed.ts';
import type { GitExchange } from './git-door.ts';
import { GitFailed, gitEnded, startGit } from './git-program.ts';

/** How every pack begins (git's documentation, "gitformat-pack"): `PACK` and version 2. */
const PACK = Buffer.from('PACK\0\0\0\x02', 'latin1');

/** Answers what a client fetches ("gitprotocol-http", "Smart Service git-upload-pack"). A pull that carries objects is billed as a request. */
export async function servePull({ cloud, repository, directory, caller, body, outgoing, environment }: GitExchange): Promise<void> {
  const args = ['upload-pack', '--stateless-rpc', '.'];
  const git = startGit(directory, args, environment);
  outgoing.once('close', () => git.kill());
  const ended = gitEnded(git, args);
  let hasPack = false;
  git.stdout.on('data', (chunk: Buffer) => {
    hasPack ||= chunk.includes(PACK);
  });
  const fed = feed(body, git.stdin).then(
    () => git.stdin.end(),
    (error: unknown) => {
      git.kill();
      throw error;
    },
  );
  const sent = feed(git.stdout, outgoing);
  try {
    await Promise.all([fed, sent, ended]);
  } catch (error) {
    // git says itself, in the protocol, what was wrong with a request: the client shows it.
    if (!(error instanceof GitFailed) || !outgoing.headersSent) throw failureOf(error);
  }
  if (hasPack)
    cloud.meter({ ...scopeOf(caller), service: 'codecommit', operation: 'GitPull', resource: repository.name, units: { requests: 1 } });
  outgoing.end();
}

export function scopeOf({ account, region }: { account: string; region: string }) {
  return { account, region };
}

/** What isn't the local cloud's own failure: a body that is no gzip, a request that git doesn't understand. */
export function failureOf(error: unknown): unknown {
  if (error instanceof GitFailed) return new AwsError('InvalidRequest', error.message);
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' && code.startsWith('Z_')
    ? new AwsError('InvalidRequest', 'The request is no gzip, though it says so.')
    : error;
}
