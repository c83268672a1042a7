import type { Cloud } from '../../kernel/cloud.ts';
import type { Scope } from '../../kernel/service.ts';
import type { Span } from '../../kernel/span.ts';
import { onGraphqlRequest } from '../../services/appsync/timings.ts';
import type { LambdaService } from '../../services/lambda/lambda-service.ts';
import { type Rate, Rates } from './rates.ts';

/** What happened between the parts of a system in the last minute. */
export class Traffic {
  readonly #rates: Rates;
  /** Which function's segment a span is, and calls at Particle below spans that aren't known yet: a segment is told when it ends. */
  readonly #functionOf = new Map<string, string>();
  readonly #orphans = new Map<string, { calls: number; failed: boolean }>();

  /** Listens from now on. Functions' invocations are heard of when the cloud starts: `start`. */
  constructor(cloud: Cloud) {
    this.#rates = new Rates(cloud.clock);
    cloud.onCall(({ account, region, service, operation, principalArn, resource, errorCode }) => {
      // A condition that doesn't hold is an answer: a pack that comes twice is no fault.
      const failed = errorCode !== undefined && errorCode !== 'ConditionalCheckFailedException';
      const scope = { account, region };
      // A function's session has its name (execution-role.ts).
      const session = /^arn:aws:sts::\d{12}:assumed-role\/[^/]+\/(.+)$/.exec(principalArn)?.[1];
      if (session !== undefined) this.#note(scope, failed, 'call', session, service, plainResource(resource), verbOf(service, operation));
      else if (principalArn === 'sns.amazonaws.com' && service === 'sqs') this.#note(scope, failed, 'sns', plainResource(resource));
    });
    cloud.onSpan((span) => this.#hearSpan(span));
    onGraphqlRequest(cloud, ({ account, region, apiId, firstError }) =>
      this.#note({ account, region }, firstError !== undefined, 'graphql', apiId),
    );
    cloud.onUsage(({ account, service, operation, resource, units }) => {
      if (service === 'cloudfront' && operation === 'viewer-request')
        this.#rates.note(keyOf({ account, region: '*' }, 'site', resource ?? ''), false);
      if (service === 'appsync' && operation === 'realtime-update')
        this.#rates.note(keyOf({ account, region: '*' }, 'updates', resource ?? ''), false, units.realtime_updates ?? 1);
    });
  }

  /** What a function asked of the Particle cloud, as far as its calls were traced. */
  particleCalls(scope: Scope, functionName: string): Rate {
    return this.#exactly(keyOf(scope, 'particle', functionName));
  }

  #hearSpan({ account, region, service, operation, resource, span_id, parent_id, errorCode }: Span): void {
    if (service === 'particle' && operation === 'publish') this.#rates.note('publish', errorCode !== undefined);
    else if (service === 'function' && operation === 'invocation' && resource !== undefined) {
      bounded(this.#functionOf).set(span_id, `${account}|${region}|${resource}`);
      const orphans = this.#orphans.get(span_id);
      this.#orphans.delete(span_id);
      if (orphans !== undefined) this.#rates.note(keyOf({ account, region }, 'particle', resource), orphans.failed, orphans.calls);
    } else if (service === 'particle' && parent_id !== undefined) {
      const [functionAccount, functionRegion, name] = this.#functionOf.get(parent_id)?.split('|') ?? [];
      if (functionAccount !== undefined && functionRegion !== undefined && name !== undefined)
        this.#note({ account: functionAccount, region: functionRegion }, errorCode !== undefined, 'particle', name);
      else
        bounded(this.#orphans).set(parent_id, { calls: (this.#orphans.get(parent_id)?.calls ?? 0) + 1, failed: errorCode !== undefined });
    }
  }

  /** What devices published, as far as Particle told its spans. */
  published(): Rate {
    return this.#exactly('publish');
  }

  start(cloud: Cloud): void {
    (cloud.service('lambda') as LambdaService | undefined)?.onInvocation(({ account, region, functionName, source, errorType }) =>
      this.#note({ account, region }, errorType !== undefined, 'invocation', functionName, source),
    );
  }

  /** What a function asked of these resources of a service. */
  calls(scope: Scope, functionName: string, service: string, resources: ReadonlySet<string>, verbs: ReadonlySet<string>): Rate {
    const start = `${keyOf(scope, 'call', functionName, service)}|`;
    return this.#rates.of((key) => {
      if (!key.startsWith(start)) return false;
      const [resource = '', verb = ''] = key.slice(start.length).split('|');
      return resources.has(resource) && verbs.has(verb);
    });
  }

  invocations(scope: Scope, functionName: string, sources: readonly string[]): Rate {
    return this.#rates.of((key) => sources.some((source) => key === keyOf(scope, 'invocation', functionName, source)));
  }

  /** Messages that SNS put into a queue. */
  delivered(scope: Scope, queue: string): Rate {
    return this.#exactly(keyOf(scope, 'sns', queue));
  }

  graphql(scope: Scope, apiId: string): Rate {
    return this.#exactly(keyOf(scope, 'graphql', apiId));
  }

  updates({ account }: Scope, apiId: string): Rate {
    return this.#exactly(keyOf({ account, region: '*' }, 'updates', apiId));
  }

  site({ account }: Scope, distribution: string): Rate {
    return this.#exactly(keyOf({ account, region: '*' }, 'site', distribution));
  }

  #exactly(wanted: string): Rate {
    return this.#rates.of((key) => key === wanted);
  }

  #note(scope: Scope, failed: boolean, ...parts: readonly string[]): void {
    this.#rates.note(keyOf(scope, ...parts), failed);
  }
}

/** The oldest go. */
function bounded<K, V>(map: Map<K, V>): Map<K, V> {
  for (const key of map.keys()) {
    if (map.size < 5000) break;
    map.delete(key);
  }
  return map;
}

const keyOf = ({ account, region }: Scope, ...parts: readonly string[]): string => [account, region, ...parts].join('|');

/** Without the index of a table, the path of an ARN, the host of a URL, the key of an object. */
function plainResource(resource: string | undefined): string {
  if (resource === undefined) return '';
  const name =
    resource.startsWith('arn:') || resource.startsWith('http')
      ? resource.slice(Math.max(resource.lastIndexOf(':'), resource.lastIndexOf('/')) + 1)
      : resource;
  return name.replace(/\/index\/.*$/, '');
}

const READS = /^(Get|BatchGet|Query|Scan|List|Describe|Head|Receive|Filter|StartQuery|TransactGet)/;

/** `read` or `write`. */
export function verbOf(service: string, operation: string): 'read' | 'write' {
  return READS.test(operation) && !(service === 'logs' && operation.startsWith('Put')) ? 'read' : 'write';
}
