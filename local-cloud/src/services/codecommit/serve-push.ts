import { AwsError } from '../../kernel/aws-error.ts';
import type { Caller } from '../../kernel/service.ts';
import { spanTime_ms } from '../../kernel/span.ts';
import { formatTraceHeader, newSpanId, newTraceRoot, parseTraceHeader } from '../../kernel/trace-header.ts';
import { feed } from './feed.ts';
import type { GitExchange } from './git-door.ts';
import { GitFailed, gitEnded, startGit } from './git-program.ts';
import { PushReport, refusedReport, withoutPlace } from './push-report.ts';
import { type PushCommand, type PushRequest, readPushRequest } from './push-request.ts';
import { notePush } from './pushes.ts';
import { afterReferenceChanges } from './reference-changes.ts';
import { repositoryArn } from './repositories.ts';
import { failureOf, scopeOf } from './serve-pull.ts';

/**
 * Takes a push ("gitprotocol-http", "Smart Service git-receive-pack"). IAM is asked again with each reference (`codecommit:References`; CodeCommit User
 * Guide, "Limit pushes and merges to branches"): when one is denied nothing of the push is done, and git shows why. A push is billed as a request, and
 * begins a trace that goes on with what its events set off.
 */
export async function servePush(exchange: GitExchange): Promise<void> {
  const { cloud, repository, outgoing } = exchange;
  const request = await readPushRequest(exchange.body).catch((error: unknown) => Promise.reject(failureOf(error)));
  if (request.commands.length === 0) {
    await drop(request.stream);
    outgoing.end();
    return;
  }
  const denied = deniedReferences(exchange, request.commands);
  if (denied.size > 0) return refuse(exchange, request, denied);

  const root = newTraceRoot(cloud.clock());
  const before = parseTraceHeader(exchange.caller.traceHeader);
  const span_id = newSpanId();
  const caller: Caller = {
    ...exchange.caller,
    traceHeader: formatTraceHeader({ root: before?.root ?? root, parent: span_id, sampled: '1' }),
  };
  const start_ms = spanTime_ms();
  let errorCode: string | undefined;
  try {
    await receive({ ...exchange, caller }, request);
  } catch (error) {
    errorCode = error instanceof AwsError ? error.code : 'InternalFailure';
    throw error;
  } finally {
    const place = { trace_id: before?.root ?? root, span_id, parent_id: before?.parent };
    const what = { service: 'codecommit', operation: 'GitPush', resource: repository.name };
    const attributes = {
      references: request.commands
        .map(({ fullName }) => fullName)
        .join(' ')
        .slice(0, 1000),
    };
    cloud.recordSpan({ ...scopeOf(caller), ...place, ...what, start_ms, duration_ms: spanTime_ms() - start_ms, errorCode, attributes });
    cloud.meter({ ...scopeOf(caller), ...what, units: { requests: 1 } });
  }
}

async function receive(exchange: GitExchange, request: PushRequest): Promise<void> {
  const { cloud, store, repository, directory, caller, outgoing, environment } = exchange;
  const forget = notePush(store, repository, request.commands, caller);
  const args = ['receive-pack', '--stateless-rpc', '.'];
  const git = startGit(directory, args, environment);
  const ended = gitEnded(git, args);
  const report = new PushReport(request.capabilities);
  const fed = feed(request.stream, git.stdin).then(
    () => git.stdin.end(),
    (error: unknown) => {
      // Half a push is none: git keeps nothing of it.
      git.kill();
      throw error;
    },
  );
  const told = watched(git.stdout, report);
  const sent = feed(report.isBanded ? withoutPlace(told, directory) : told, outgoing);
  let failure: unknown;
  await Promise.all([fed, sent, ended]).catch((error: unknown) => {
    failure = error;
  });
  await Promise.allSettled([fed, sent, ended]);
  const changed = report.changed();
  const done = request.commands.filter(({ fullName }) => changed.has(fullName));
  await afterReferenceChanges(cloud, store, repository, done, caller);
  forget();
  // git says itself, in its report, why it took nothing.
  if (failure !== undefined && !(failure instanceof GitFailed && outgoing.headersSent)) throw failureOf(failure);
  outgoing.end();
}

async function* watched(source: AsyncIterable<Buffer>, report: PushReport): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    report.add(chunk);
    yield chunk;
  }
}

/** Why IAM denies a reference, by its full name. */
function deniedReferences({ cloud, repository, caller }: GitExchange, commands: readonly PushCommand[]): Map<string, string> {
  const denied = new Map<string, string>();
  for (const { fullName } of commands) {
    const wanted = {
      action: 'codecommit:GitPush',
      resource: repositoryArn(repository.name, caller),
      conditions: { 'codecommit:References': fullName },
    };
    try {
      cloud.authorizer.authorize(caller, wanted);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      denied.set(fullName, error.message);
    }
  }
  return denied;
}

async function refuse({ outgoing }: GitExchange, request: PushRequest, denied: ReadonlyMap<string, string>): Promise<void> {
  await drop(request.stream);
  const [reason = ''] = denied.values();
  if (!request.capabilities.has('report-status') && !request.capabilities.has('report-status-v2'))
    throw new AwsError('AccessDeniedException', reason, 403);
  const reasons = new Map(
    request.commands.map(({ fullName }) => [fullName, denied.get(fullName) ?? 'another reference of this push was denied']),
  );
  outgoing.end(refusedReport(reasons, request.capabilities));
}

/** git reads no answer before it has sent everything. */
async function drop(stream: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of stream);
}
