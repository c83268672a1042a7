import { DIFFERENCES_OF_DYNAMODB_LOCAL } from './differences-of-dynamodb-local.ts';
import type { TargetName } from './targets.ts';

/** One group of behaviours for each file. */
export type SuiteName =
  | 'batches'
  | 'capacity'
  | 'conditions'
  | 'expressions'
  | 'indexes'
  | 'items'
  | 'pagination'
  | 'queries'
  | 'scans'
  | 'tables'
  | 'time to live'
  | 'transactions'
  | 'types'
  | 'updates'
  | 'validation';

/** Where a target does not do what AWS's pages say. */
export interface Difference {
  /** What AWS's pages side with, and why the target differs. */
  readonly reason: string;
  /** Text that the failed expectation shows, so that nothing else passes for the difference. */
  readonly instead: string;
}

export type Differences = Partial<Record<SuiteName, Readonly<Record<string, Difference>>>>;

/** The local cloud has none: what it does otherwise is mended, or stands in LIMITS.md. What AWS does has not been tried. */
const DIFFERENCES: Readonly<Record<TargetName, Differences>> = {
  'local cloud': {},
  'DynamoDB Local': DIFFERENCES_OF_DYNAMODB_LOCAL,
  AWS: {},
};

/** The differences that are known of a target within a suite, by the behaviours' titles. */
export function differencesOf(suite: SuiteName, target: TargetName): Readonly<Record<string, Difference>> {
  return DIFFERENCES[target][suite] ?? {};
}
