import type { Cloud } from '../kernel/cloud.ts';
import type { Service } from '../kernel/service.ts';
import type { LambdaService } from '../services/lambda/lambda-service.ts';
import { invocationUnits } from './invocation-units.ts';
import { storedBytesOf } from './stored-bytes.ts';
import { UsageLedger } from './usage-ledger.ts';

const PATH = '/_local/usage';

/**
 * No service of AWS: `GET /_local/usage` tells what was asked of this cloud since the process started, in the units that AWS bills, and what it
 * keeps now: `{ since, until, usage: UsageLine[], stored: StoredBytes[] }`, times in RFC 3339. Counters only grow: two answers are subtracted to
 * know what happened between them.
 *
 * API operations carry AWS's names, such as `PutItem`. What is billed without being one begins with a small letter, such as `invocation`.
 */
export function createMetering(cloud: Cloud): Service {
  const ledger = new UsageLedger();
  const since = new Date(cloud.clock()).toISOString();
  cloud.onCall((record) => ledger.addCall(record));
  cloud.onUsage((record) => {
    ledger.addUnits(record);
    if (!isApiOperation(record.operation)) ledger.addCall(record);
  });
  return {
    name: 'metering',
    protocol: { kind: 'json', version: '1.1', target: 'LocalMetering' },
    operations: {},
    start: () => {
      (cloud.service('lambda') as LambdaService | undefined)?.onInvocation((record) => cloud.meter(invocationUnits(record)));
    },
    openPaths: [
      {
        matches: ({ method, path }) => method === 'GET' && path === PATH,
        handle: async () => ({
          status: 200,
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({
            since,
            until: new Date(cloud.clock()).toISOString(),
            usage: ledger.lines(),
            stored: storedBytesOf(cloud.services),
          }),
        }),
      },
    ],
  };
}

/** Those are counted as calls by themselves. */
function isApiOperation(operation: string): boolean {
  const first = operation.charCodeAt(0);
  return first >= 65 && first <= 90;
}
