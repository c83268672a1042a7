import { AwsError } from '../../kernel/aws-error.ts';

/** SQS Developer Guide, "Amazon SQS message quotas". */
const MAX_ENTRIES = 10;

/** Throws what every batch operation throws for its entries as a whole. */
export function checkBatch(entries: readonly { readonly Id: string }[]): void {
  if (entries.length === 0) throw new AwsError('EmptyBatchRequest', 'There should be at least one entry in the request.');
  if (entries.length > MAX_ENTRIES) {
    throw new AwsError(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are ${MAX_ENTRIES}. You have sent ${entries.length}.`,
    );
  }
  const ids = new Set<string>();
  for (const { Id } of entries) {
    if (!/^[\w-]{1,80}$/.test(Id)) {
      throw new AwsError(
        'InvalidBatchEntryId',
        'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
      );
    }
    if (ids.has(Id)) throw new AwsError('BatchEntryIdsNotDistinct', `Id ${Id} repeated.`);
    ids.add(Id);
  }
}

export interface FailedEntry {
  readonly Id: string;
  readonly Code: string;
  readonly Message: string;
  readonly SenderFault: boolean;
}

/** An entry's own failure in the answer of a batch, named as the Query protocol names it. */
export function failedEntry(id: string, error: AwsError, queryCodes: Readonly<Record<string, string>>): FailedEntry {
  return { Id: id, Code: queryCodes[error.code] ?? error.code, Message: error.message, SenderFault: error.httpStatus < 500 };
}
