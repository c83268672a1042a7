/** dynalite's check of one operation's requests: the shape of their members, and what must hold of them together. */
export interface RequestCheck {
  readonly types: object;
  readonly custom?: (data: object, store: object) => string | undefined;
}

/** What is wrong with a request, in the service's words; undefined when nothing is. */
type Rule = (data: never) => string | undefined;

/** Segments of a scan (API Reference, "Scan", TotalSegments). */
const MAX_SEGMENTS = 1_000_000;

/** Members that dynalite doesn't know, or knows without a bound. */
const TYPES: Readonly<Record<string, object>> = {
  scan: { ConsistentRead: 'Boolean', TotalSegments: { type: 'Integer', greaterThanOrEqual: 1, lessThanOrEqual: MAX_SEGMENTS } },
};

const RULES: Readonly<Record<string, Rule>> = {
  scan: ({ Segment, TotalSegments }: { Segment?: number; TotalSegments?: number }) =>
    Segment !== undefined && TotalSegments === undefined
      ? 'The TotalSegments parameter is required but was not present in the request when Segment parameter is present'
      : undefined,
  deleteItem: ({ ReturnValues }: { ReturnValues?: string }) =>
    [undefined, 'NONE', 'ALL_OLD'].includes(ReturnValues) ? undefined : 'ReturnValues can only be ALL_OLD or NONE',
  batchWriteItem: ({ RequestItems }: { RequestItems: Record<string, readonly object[]> }) =>
    Object.values(RequestItems).every((requests) => requests.every((request) => Object.keys(request).length === 1))
      ? undefined
      : 'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
  createTable: ({ GlobalSecondaryIndexes = [] }: { GlobalSecondaryIndexes?: readonly { Projection?: Projection }[] }) =>
    GlobalSecondaryIndexes.some(({ Projection: made }) => made?.ProjectionType === 'INCLUDE' && made.NonKeyAttributes === undefined)
      ? 'One or more parameter values were invalid: ProjectionType is INCLUDE, but NonKeyAttributes is not specified'
      : undefined,
};

interface Projection {
  readonly ProjectionType?: string;
  readonly NonKeyAttributes?: readonly string[];
}

/** dynalite's check with what it lacks. */
export function mended(action: string, { types, custom }: RequestCheck): RequestCheck {
  const rule = RULES[action] as ((data: object) => string | undefined) | undefined;
  return {
    types: { ...types, ...TYPES[action] },
    custom: (data, store) => custom?.(data, store) ?? rule?.(data),
  };
}
