import { AwsError } from './aws-error.ts';
import type { HttpReply, HttpRequest } from './service.ts';
import { escapeXml, membersToXml } from './xml.ts';

/**
 * Reads a request of the AWS Query protocol (Smithy, "AWS Query protocol"): `A.member.1.B=x` becomes `{A: [{B: 'x'}]}`
 * and `A.entry.1.key=k&A.entry.1.value=v` becomes `{A: {k: 'v'}}`. Every leaf is text.
 */
export function readQuery(request: HttpRequest): { operation: string; input: Record<string, unknown> } {
  const parameters = new URLSearchParams(request.body.toString('utf8'));
  for (const [name, value] of request.query) if (!parameters.has(name)) parameters.set(name, value);
  const operation = parameters.get('Action') ?? '';
  const root: Node = new Map();
  for (const [name, value] of parameters) {
    if (name === 'Action' || name === 'Version' || name.startsWith('X-Amz-')) continue;
    insert(root, name.split('.'), value);
  }
  return { operation, input: plain(root) as Record<string, unknown> };
}

type Node = Map<string, Node | string>;

/** No operation nests deeper; a name of thousands of parts would only cost time. */
const MAX_DEPTH = 32;

function insert(root: Node, path: readonly string[], value: string): void {
  if (path.length > MAX_DEPTH) throw new AwsError('MalformedQueryString', `A parameter's name has more than ${MAX_DEPTH} parts.`);
  let node = root;
  for (const part of path.slice(0, -1)) {
    let child = node.get(part);
    if (!(child instanceof Map)) {
      child = new Map();
      node.set(part, child);
    }
    node = child;
  }
  node.set(path.at(-1) ?? '', value);
}

function plain(node: Node | string): unknown {
  if (typeof node === 'string') return node;
  const only = node.size === 1 ? [...node.keys()][0] : undefined;
  const inner = only === undefined ? undefined : node.get(only);
  // An empty list is written as `Name=` by some clients and `Name.member=` by none.
  if (only === 'member' && inner instanceof Map) return list(inner);
  if (only === 'entry' && inner instanceof Map) {
    return Object.fromEntries(
      list(inner).map((entry) => {
        const { key, value, Name, Value } = entry as { key?: string; value?: unknown; Name?: string; Value?: unknown };
        return [key ?? Name ?? '', value ?? Value ?? ''];
      }),
    );
  }
  if (node.size > 0 && [...node.keys()].every((key) => /^\d+$/.test(key))) return list(node);
  return Object.fromEntries([...node].map(([name, child]) => [name, plain(child)]));
}

function list(node: Node): unknown[] {
  return [...node].sort(([a], [b]) => Number(a) - Number(b)).map(([, child]) => plain(child));
}

/** Writes an answer of the AWS Query protocol. */
export function writeQuery(operation: string, namespace: string, output: unknown, requestId: string): HttpReply {
  const result = output === undefined || output === null ? '' : membersToXml(output as object);
  return xml(
    200,
    `<${operation}Response xmlns="${namespace}"><${operation}Result>${result}</${operation}Result><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${operation}Response>`,
  );
}

/** The Query services name these otherwise than the JSON ones ("Common Error Types" of the IAM and STS API References). */
const COMMON_CODES: Readonly<Record<string, string>> = {
  AccessDeniedException: 'AccessDenied',
  ValidationException: 'ValidationError',
  UnrecognizedClientException: 'InvalidClientTokenId',
  ExpiredTokenException: 'ExpiredToken',
};

/** Writes an error of the AWS Query protocol; `codes` are the service's own names for some of the kernel's errors. */
export function failQuery(error: AwsError, namespace: string, requestId: string, codes: Readonly<Record<string, string>> = {}): HttpReply {
  const code = codes[error.code] ?? COMMON_CODES[error.code] ?? error.code;
  return xml(
    error.httpStatus,
    `<ErrorResponse xmlns="${namespace}"><Error><Type>${error.httpStatus < 500 ? 'Sender' : 'Receiver'}</Type><Code>${escapeXml(code)}</Code><Message>${escapeXml(error.message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
  );
}

function xml(status: number, body: string): HttpReply {
  return { status, headers: { 'Content-Type': 'text/xml' }, body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}` };
}
