import type { BillingUnits } from '../../kernel/usage.ts';
import type { MeterCall } from '../../metering/metered-operations.ts';

/**
 * Two classes have a price, DELETE and CANCEL have none (Amazon S3 Pricing, "Requests & data retrievals"): PUT, COPY, POST and LIST, and GET, SELECT
 * and all others. DeleteObjects is a POST; whether AWS bills it as such is not said there: counted, so that no bill comes out too low.
 */
const DEAR = /^(Put|Copy|Create|Upload|Complete|List|DeleteObjects$)/;
const FREE = /^(Delete|Abort)/;

export function requestUnits(operation: string): BillingUnits {
  if (DEAR.test(operation)) return { put_requests: 1 };
  return FREE.test(operation) ? {} : { get_requests: 1 };
}

export const meterBucketRequest: MeterCall = (operation, input, _output, context) => {
  context.meter(requestUnits(operation), (input as { Bucket?: string }).Bucket);
};
