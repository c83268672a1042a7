import { type AnyNode, type ImportDeclaration, type Node, type Program, parse } from 'acorn';
import { NotCarriedOut } from '../../../kernel/aws-error.ts';
import { declaredNames, isReference } from './names.ts';
import { ALLOWED_GLOBALS, KNOWN_MEMBERS, UTILITIES } from './supported.ts';
import { walk } from './syntax-tree.ts';

/** One thing that APPSYNC_JS does not take, as CreateResolver tells it. */
export interface CodeError {
  readonly errorType: 'PARSER_ERROR' | 'LINT_ERROR';
  readonly value: string;
  readonly location: { readonly line: number; readonly column: number; readonly span: number };
}

const FORBIDDEN_STATEMENTS: Readonly<Record<string, string>> = {
  TryStatement: 'try-catch-finally statements are not supported',
  ThrowStatement: 'throw statements are not supported, use util.error()',
  WhileStatement: 'while loops are not supported',
  DoWhileStatement: 'do-while loops are not supported',
  ForStatement: 'for loops are not supported, except for-in and for-of',
  ContinueStatement: 'continue statements are not supported',
  LabeledStatement: 'labels are not supported',
  ClassDeclaration: 'classes are not supported',
  ClassExpression: 'classes are not supported',
  NewExpression: 'the operator new is not supported',
  ThisExpression: 'the keyword this is not supported',
  AwaitExpression: 'async processes are not supported',
  YieldExpression: 'generators are not supported',
  ImportExpression: 'dynamic imports are not supported',
  MetaProperty: 'import.meta and new.target are not supported',
  WithStatement: 'with statements are not supported',
  DebuggerStatement: 'debugger statements are not supported',
};
const FORBIDDEN_OPERATORS = new Set(['++', '--', '~', 'in', 'instanceof']);
const HANDLERS = ['request', 'response'];
/** The one module; its typed helpers for data sources are for sources that are not carried out. */
const MODULE = '@aws-appsync/utils';

/**
 * What of a resolver's code APPSYNC_JS 1.0.0 refuses, as far as it is seen without types (AWS AppSync Developer Guide, "Supported
 * runtime features", and the rules of @aws-appsync/eslint-plugin). Throws NotCarriedOut for a member of the utilities that AppSync
 * has and the local cloud hasn't.
 */
export function checkResolverCode(code: string): CodeError[] {
  let program: Program;
  try {
    program = parse(code, { ecmaVersion: 2022, sourceType: 'module', locations: true });
  } catch (error) {
    if (!(error instanceof SyntaxError && 'loc' in error)) throw error;
    const { line, column } = error.loc as { line: number; column: number };
    return [{ errorType: 'PARSER_ERROR', value: `Parsing error: ${error.message}`, location: { line, column, span: 0 } }];
  }
  const errors: CodeError[] = [];
  const refuse = (node: Node, value: string) => {
    const { line = 0, column = 0 } = node.loc?.start ?? {};
    errors.push({ errorType: 'LINT_ERROR', value, location: { line, column, span: node.end - node.start } });
  };
  const declared = declaredNames(program);
  walk(program, undefined, (node, parent) => {
    const problem = problemOf(node);
    if (problem !== undefined) refuse(node, problem);
    if (node.type === 'Identifier' && isReference(node, parent) && !declared.has(node.name) && !ALLOWED_GLOBALS.has(node.name))
      refuse(node, `Cannot find name '${node.name}'.`);
    if (node.type === 'MemberExpression') checkMember(node, declared, refuse);
  });
  for (const handler of HANDLERS) if (!exportedNames(program).has(handler)) refuse(program, `The function ${handler} must be exported.`);
  return errors;
}

function problemOf(node: AnyNode): string | undefined {
  const forbidden = FORBIDDEN_STATEMENTS[node.type];
  if (forbidden !== undefined) return forbidden;
  switch (node.type) {
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      if (node.async) return 'async processes are not supported';
      return node.generator === true ? 'generators are not supported' : undefined;
    case 'ForOfStatement':
      return node.await ? 'async processes are not supported' : undefined;
    case 'UpdateExpression':
    case 'UnaryExpression':
    case 'BinaryExpression':
      return FORBIDDEN_OPERATORS.has(node.operator) ? `The operator ${node.operator} is not supported` : undefined;
    case 'Literal':
      if (node.regex != null) return 'Regex literals are not supported';
      return node.bigint == null ? undefined : 'BigInt literals are not supported';
    case 'ImportDeclaration':
      return importProblem(node);
    case 'ExportDefaultDeclaration':
    case 'ExportAllDeclaration':
      return 'Export request and response by their names';
    case 'ExportNamedDeclaration':
      return node.source == null ? undefined : 'Exports of another module are not supported';
    default:
      return undefined;
  }
}

function importProblem({ source, specifiers }: ImportDeclaration): string | undefined {
  if (source.value !== MODULE) return `The module '${String(source.value)}' can not be imported`;
  const named = specifiers.map((specifier) =>
    specifier.type === 'ImportSpecifier' && specifier.imported.type === 'Identifier' ? specifier.imported.name : '',
  );
  return named.every((name) => UTILITIES.has(name)) ? undefined : `Import ${[...UTILITIES].join(', ')} of '${MODULE}' by their names`;
}

/** `util.error`, `Object.keys` and the like: whether there is such a member. */
function checkMember(
  node: AnyNode & { type: 'MemberExpression' },
  declared: ReadonlySet<string>,
  refuse: (node: Node, value: string) => void,
): void {
  const path = pathOf(node);
  if (path === undefined) return;
  const [root = '', ...members] = path;
  const isUtility = UTILITIES.has(root);
  // A name of the code's own hides the language's, not what it imported.
  if (!isUtility && declared.has(root)) return;
  const known = KNOWN_MEMBERS.get(root);
  const wanted = members.join('.');
  if (
    known === undefined ||
    [...known].some((member) => member === wanted || member.startsWith(`${wanted}.`) || wanted.startsWith(`${member}.`))
  )
    return;
  if (isUtility) throw new NotCarriedOut(`${root}.${wanted} of APPSYNC_JS`);
  refuse(node, `${root}.${wanted} is not supported`);
}

function pathOf(node: AnyNode): string[] | undefined {
  if (node.type === 'Identifier') return [node.name];
  if (node.type !== 'MemberExpression' || node.computed || node.property.type !== 'Identifier') return undefined;
  const before = pathOf(node.object as AnyNode);
  return before === undefined ? undefined : [...before, node.property.name];
}

function exportedNames(program: Program): Set<string> {
  const names = new Set<string>();
  for (const node of program.body) {
    if (node.type !== 'ExportNamedDeclaration') continue;
    for (const { exported } of node.specifiers) names.add(exported.type === 'Identifier' ? exported.name : String(exported.value));
    const { declaration } = node;
    if (declaration?.type === 'FunctionDeclaration') names.add(declaration.id.name);
    if (declaration?.type === 'VariableDeclaration')
      for (const { id } of declaration.declarations) if (id.type === 'Identifier') names.add(id.name);
  }
  return names;
}
