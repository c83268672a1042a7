import type { FieldNode } from 'graphql';

/** One entry of an answer's `errors`, as AppSync writes it. */
export interface AnsweredError {
  readonly path?: readonly (string | number)[] | null;
  readonly data?: unknown;
  readonly errorType?: string | null;
  readonly errorInfo?: unknown;
  readonly locations?: readonly ErrorLocation[] | null;
  readonly message: string;
}

export interface ErrorLocation {
  readonly line: number;
  readonly column: number;
  readonly sourceName: null;
}

/** A resolver's failure: the field is null, and this stands in the answer's errors. */
export class ResolverError extends Error {
  readonly errorType: string | null;
  readonly data: unknown;
  readonly errorInfo: unknown;

  constructor(errorType: string | null, message: string, data: unknown = null, errorInfo: unknown = null) {
    super(message);
    this.errorType = errorType;
    this.data = data;
    this.errorInfo = errorInfo;
  }
}

/** Where a field is in the answer: the keys and indices above it, the last first. */
export interface Path {
  readonly above: Path | undefined;
  readonly key: string | number;
}

export function pathKeys(path: Path | undefined): (string | number)[] {
  const keys: (string | number)[] = [];
  for (let at = path; at !== undefined; at = at.above) keys.push(at.key);
  return keys.reverse();
}

/** `/devices/edges[3]/node`, as AppSync's messages name a place. */
export function pathText(path: Path | undefined): string {
  return pathKeys(path).reduce<string>((text, key) => text + (typeof key === 'number' ? `[${key}]` : `/${key}`), '');
}

export function locationsOf(nodes: readonly FieldNode[]): ErrorLocation[] {
  return nodes
    .slice(0, 1)
    .flatMap(({ loc }) => (loc === undefined ? [] : [{ line: loc.startToken.line, column: loc.startToken.column, sourceName: null }]));
}

export function notAuthorized(fieldName: string, typeName: string): ResolverError {
  return new ResolverError('Unauthorized', `Not Authorized to access ${fieldName} on type ${typeName}`);
}
