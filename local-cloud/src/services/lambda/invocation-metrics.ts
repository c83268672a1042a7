import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import type { Scope } from '../../kernel/service.ts';
import type { Invocation, InvocationRecord } from './invocation.ts';

/** Which function was asked for, and which version of it ran. */
interface Ran extends Scope {
  readonly functionName: string;
  readonly qualifier?: string | undefined;
  readonly executedVersion?: string | undefined;
}

type DimensionSets = readonly Readonly<Record<string, string>>[];

/** By function, qualifier and version. An account has few of them; an old version's entry is some bytes. */
const known = new Map<string, DimensionSets>();

/**
 * Under which dimensions AWS counts a function's work ("View metrics for Lambda functions"): all functions together, the function, what of it was asked for
 * (`name` or `name:qualifier`), and, when that was an alias, the version that it led to.
 */
function dimensionSets({ functionName: FunctionName, qualifier, executedVersion }: Ran): DimensionSets {
  const key = `${FunctionName}:${qualifier ?? ''}:${executedVersion ?? ''}`;
  let sets = known.get(key);
  if (sets === undefined) {
    const Resource = qualifier === undefined ? FunctionName : `${FunctionName}:${qualifier}`;
    const isAlias = qualifier !== undefined && !/^(\$LATEST|\d+)$/.test(qualifier);
    const ExecutedVersion = isAlias ? executedVersion : undefined;
    sets = [
      {},
      { FunctionName },
      { FunctionName, Resource },
      ...(ExecutedVersion === undefined ? [] : [{ FunctionName, Resource, ExecutedVersion }]),
    ];
    known.set(key, sets);
  }
  return sets;
}

/** Invocations, Errors, Throttles and Duration ("Types of metrics for Lambda functions"). */
export function putInvocationMetrics(cloud: Cloud, record: InvocationRecord): void {
  const { account, region, errorType, duration_ms } = record;
  const metric = { account, region, namespace: 'AWS/Lambda' } as const;
  for (const dimensions of dimensionSets(record)) {
    cloud.putMetric({ ...metric, metricName: 'Invocations', dimensions, value: 1, unit: 'Count' });
    cloud.putMetric({ ...metric, metricName: 'Errors', dimensions, value: errorType === undefined ? 0 : 1, unit: 'Count' });
    cloud.putMetric({ ...metric, metricName: 'Throttles', dimensions, value: 0, unit: 'Count' });
    cloud.putMetric({ ...metric, metricName: 'Duration', dimensions, value: duration_ms, unit: 'Milliseconds' });
  }
}

/** Runs an invocation and counts it as a throttle when it is turned away; which version would have run is not told then. */
export async function countingThrottles<Outcome>(
  cloud: Cloud,
  { scope, record, qualifier }: Pick<Invocation, 'scope' | 'record' | 'qualifier'>,
  run: () => Promise<Outcome>,
): Promise<Outcome> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof AwsError && error.httpStatus === 429) {
      const { account, region } = scope;
      for (const dimensions of dimensionSets({ account, region, functionName: record.name, qualifier }))
        cloud.putMetric({ account, region, namespace: 'AWS/Lambda', metricName: 'Throttles', dimensions, value: 1, unit: 'Count' });
    }
    throw error;
  }
}

/** What a function's URL answered ("Monitoring Lambda function URLs"). */
export function putUrlMetrics(
  cloud: Cloud,
  { account, region, functionName, qualifier, httpStatus }: Omit<Ran, 'executedVersion'> & { readonly httpStatus: number },
): void {
  const metric = { account, region, namespace: 'AWS/Lambda', unit: 'Count' } as const;
  for (const dimensions of dimensionSets({ account, region, functionName, qualifier })) {
    cloud.putMetric({ ...metric, metricName: 'UrlRequestCount', dimensions, value: 1 });
    cloud.putMetric({ ...metric, metricName: 'Url4xxCount', dimensions, value: httpStatus >= 400 && httpStatus < 500 ? 1 : 0 });
    cloud.putMetric({ ...metric, metricName: 'Url5xxCount', dimensions, value: httpStatus >= 500 ? 1 : 0 });
  }
}
