// What a resolver's code finds around it. This file runs inside the resolver's own context, where nothing of Node is: it is read as text,
// stripped of its types and of the word export, and evaluated there, so it imports nothing and declares nothing beside `makeRuntime`.

interface CallState {
  now_ms: number;
  mayFilter: boolean;
  readonly errors: unknown[];
  filter: unknown;
  readonly log: string[];
}

/** Thrown through the resolver's code, which cannot catch. */
interface Interruption {
  readonly kind: 'error' | 'unauthorized' | 'early-return';
  readonly value?: unknown;
}

type Conjunction = { fieldName: string; operator: string; value: unknown }[];

export function makeRuntime(state: CallState) {
  const nativeParse = JSON.parse;
  const nativeDate = Date;
  const interrupt = (interruption: Interruption): never => {
    throw interruption;
  };
  const errorOf = (message: unknown, errorType: unknown, data: unknown, errorInfo: unknown) => ({
    message: String(message),
    errorType: errorType ?? null,
    data: data ?? null,
    errorInfo: errorInfo ?? null,
  });

  /** AWS AppSync Developer Guide, "Transformation helpers in util.transform". */
  const isList = (value: unknown): value is Record<string, unknown>[] => Array.isArray(value);
  const product = (left: Conjunction[], right: Conjunction[]): Conjunction[] =>
    left.flatMap((first) => right.map((second) => [...first, ...second]));
  const ofField = (fieldName: string, conditions: unknown): Conjunction[] =>
    Object.entries(conditions as Record<string, unknown>).map(([operator, value]) => [{ fieldName, operator, value }]);
  const alternatives = (object: Record<string, unknown>, ignored: readonly string[]): Conjunction[] => {
    let all: Conjunction[] = [[]];
    for (const [key, value] of Object.entries(object)) {
      if (key === 'and' && isList(value)) for (const part of value) all = product(all, alternatives(part, ignored));
      else if (key === 'or' && isList(value)) {
        const parts = value.flatMap((part) => alternatives(part, ignored)).filter((part) => part.length > 0);
        if (parts.length > 0) all = product(all, parts);
      } else if (!ignored.includes(key)) all = product(all, ofField(key, value));
    }
    return all;
  };
  const toSubscriptionFilter = (filter: unknown, ignored?: readonly string[], rules?: Record<string, unknown>) => {
    const object = (typeof filter === 'string' ? nativeParse(filter) : filter) as Record<string, unknown>;
    let all = alternatives(object ?? {}, ignored ?? []);
    const strict = Object.entries(rules ?? {}).flatMap(([field, conditions]) => ofField(field, conditions));
    if (strict.length > 0) all = product(all, strict);
    return { filterGroup: all.map((filters) => ({ filters })) };
  };

  const text = (values: unknown[]) => values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(' ');
  return {
    util: {
      error: (message?: unknown, errorType?: unknown, data?: unknown, errorInfo?: unknown) =>
        interrupt({ kind: 'error', value: errorOf(message, errorType, data, errorInfo) }),
      appendError: (message?: unknown, errorType?: unknown, data?: unknown, errorInfo?: unknown) => {
        state.errors.push(errorOf(message, errorType, data, errorInfo));
      },
      unauthorized: () => interrupt({ kind: 'unauthorized' }),
      time: {
        nowISO8601: () => new nativeDate(state.now_ms).toISOString(),
        nowEpochSeconds: () => Math.floor(state.now_ms / 1000),
        nowEpochMilliSeconds: () => state.now_ms,
      },
      transform: { toSubscriptionFilter },
    },
    extensions: {
      setSubscriptionFilter: (filter: unknown) => {
        if (!state.mayFilter)
          interrupt({
            kind: 'error',
            value: errorOf('setSubscriptionFilter is for the response handler of a subscription alone.', 'Code', null, null),
          });
        state.filter = filter;
      },
    },
    runtime: { earlyReturn: (value?: unknown) => interrupt({ kind: 'early-return', value }) },
    console: {
      log: (...values: unknown[]) => void state.log.push(text(values)),
      error: (...values: unknown[]) => void state.log.push(text(values)),
    },
    json: {
      // "Returns a blank string if the parsed string is not valid JSON".
      parse: (value: string): unknown => {
        try {
          return nativeParse(value);
        } catch {
          return '';
        }
      },
      stringify: JSON.stringify,
    },
  };
}
