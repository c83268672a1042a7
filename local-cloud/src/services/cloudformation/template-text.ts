import { isAlias, isMap, isScalar, isSeq, type Node, parseDocument } from 'yaml';
import { validationError } from './validation-error.ts';

/** The short forms of intrinsic functions in YAML (CloudFormation User Guide, "Intrinsic function reference"). */
const SHORT_FORMS: ReadonlySet<string> = new Set([
  'And',
  'Base64',
  'Cidr',
  'Contains',
  'EachMemberEquals',
  'EachMemberIn',
  'Equals',
  'FindInMap',
  'GetAtt',
  'GetAZs',
  'If',
  'ImportValue',
  'Join',
  'Not',
  'Or',
  'RefAll',
  'Select',
  'Split',
  'Sub',
  'Transform',
  'ValueOf',
  'ValueOfAll',
]);

/**
 * Reads a template's text, JSON or YAML with CloudFormation's short forms, into plain data in which every intrinsic
 * function has its long form. Throws ValidationError when the text is neither, or uses an unknown tag.
 */
export function readTemplateText(text: string): Record<string, unknown> {
  const value = text.trimStart().startsWith('{') ? (readJson(text) ?? readYaml(text)) : readYaml(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw validationError('Template format error: unsupported structure.');
  }
  return value as Record<string, unknown>;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // YAML's flow style begins with a brace as well.
    return undefined;
  }
}

function readYaml(text: string): unknown {
  const document = parseDocument(text, { schema: 'core', merge: false, logLevel: 'silent', uniqueKeys: true });
  const error = document.errors[0];
  if (error !== undefined) {
    const position = error.linePos?.[0];
    const where = position === undefined ? '' : ` (line ${position.line}, column ${position.col})`;
    throw validationError(`Template format error: ${text.trimStart().startsWith('{') ? 'JSON' : 'YAML'} not well-formed.${where}`);
  }
  return document.contents === null ? undefined : dataOf(document.contents as Node);
}

function dataOf(node: Node | null): unknown {
  if (node === null) return null;
  if (isAlias(node)) throw validationError('Template error: YAML aliases are not allowed in CloudFormation templates');
  const plain = plainDataOf(node);
  const tag = (node as { tag?: string }).tag;
  if (tag === undefined || !tag.startsWith('!')) return plain;
  return longForm(tag.slice(1), plain);
}

function plainDataOf(node: Node): unknown {
  if (isMap<Node, Node | null>(node)) return Object.fromEntries(node.items.map((pair) => [keyOf(pair.key), dataOf(pair.value)]));
  if (isSeq<Node>(node)) return node.items.map((item) => dataOf(item));
  return isScalar(node) ? node.value : null;
}

function keyOf(node: Node): string {
  if (isScalar(node)) return String(node.value);
  throw validationError('Template format error: every key of a YAML mapping must be a string');
}

function longForm(name: string, value: unknown): unknown {
  if (name === 'Ref') return { Ref: value };
  if (name === 'Condition') return { Condition: value };
  if (name === 'GetAtt' && typeof value === 'string') {
    const dot = value.indexOf('.');
    return { 'Fn::GetAtt': dot < 0 ? [value] : [value.slice(0, dot), value.slice(dot + 1)] };
  }
  if (SHORT_FORMS.has(name)) return { [`Fn::${name}`]: value };
  throw validationError(`Template format error: YAML not well-formed: unknown tag !${name}`);
}
