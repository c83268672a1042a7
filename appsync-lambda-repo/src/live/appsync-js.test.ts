import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundledResolver } from '@enstratus/platform/cdk';
import { type AnyNode, type Node, parse } from 'acorn';
import { describe, expect, it } from 'vitest';

const src = fileURLToPath(new URL('..', import.meta.url));
const resolvers = globSync('**/*.resolver.ts', { cwd: src });

/**
 * Syntax that APPSYNC_JS knows ("JavaScript runtime features for resolvers and functions") and that resolvers here may use. Everything else is an
 * error: no classes, no async, no generators, no exceptions, no regular expressions, no loops but for-of and for-in, no `this`, no `new`, no labels.
 */
const knownSyntax = new Set<AnyNode['type']>([
  'Program',
  'ImportDeclaration',
  'ImportSpecifier',
  'ExportNamedDeclaration',
  'ExportSpecifier',
  'FunctionDeclaration',
  'ArrowFunctionExpression',
  'VariableDeclaration',
  'VariableDeclarator',
  'ExpressionStatement',
  'BlockStatement',
  'ReturnStatement',
  'IfStatement',
  'ForOfStatement',
  'ForInStatement',
  'CallExpression',
  'MemberExpression',
  'ChainExpression',
  'ConditionalExpression',
  'LogicalExpression',
  'BinaryExpression',
  'UnaryExpression',
  'AssignmentExpression',
  'ObjectExpression',
  'ArrayExpression',
  'Property',
  'SpreadElement',
  'ObjectPattern',
  'ArrayPattern',
  'TemplateLiteral',
  'TemplateElement',
  'Identifier',
  'Literal',
]);
const unknownOperators = new Set(['~', 'delete', 'instanceof', 'in']);

/** What in a resolver's code AppSync would refuse. */
function refused(code: string): string[] {
  const found: string[] = [];
  const look = (node: AnyNode): void => {
    const where = code.slice(node.start, node.start + 40).split('\n')[0];
    if (!knownSyntax.has(node.type)) found.push(`${node.type}: ${where}`);
    if ('operator' in node && unknownOperators.has(node.operator)) found.push(`operator ${node.operator}: ${where}`);
    if ((node.type === 'FunctionDeclaration' || node.type === 'ArrowFunctionExpression') && (node.async || node.generator))
      found.push(`async: ${where}`);
    if (node.type === 'ForOfStatement' && node.await) found.push(`await: ${where}`);
    if (node.type === 'Literal' && 'regex' in node) found.push(`regular expression: ${where}`);
    if (node.type === 'ImportDeclaration' && node.source.value !== '@aws-appsync/utils') found.push(`import: ${where}`);
    for (const child of Object.values(node).flat()) if (isNode(child)) look(child);
  };
  look(parse(code, { ecmaVersion: 'latest', sourceType: 'module' }));
  return found;
}

const isNode = (value: unknown): value is AnyNode =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';

describe('a resolver', () => {
  it.each(resolvers)('keeps to what AppSync runs: %s', (file) => {
    const code = bundledResolver(`${src}${file}`);
    expect(refused(code)).toEqual([]);
    expect(code).toMatch(/export \{\s*request,\s*response\s*\};/);
    // "AWS AppSync endpoints and quotas": the code of a resolver.
    expect(code.length).toBeLessThan(32_000);
  });

  it('is there for what is published and for who hears it', () => {
    expect(resolvers.sort()).toEqual(['live/on-device-status.resolver.ts', 'live/publish-device-status.resolver.ts']);
  });
});

describe('the check', () => {
  it.each([
    ['a class', 'class A {}'],
    ['async', 'const f = async () => 1'],
    ['try', 'try { f() } catch {}'],
    ['throw', 'throw 1'],
    ['new', 'new Date()'],
    ['a regular expression', 'const r = /x/'],
    ['a loop', 'for (let i = 0; i < 3; i += 1) f()'],
    ['while', 'while (true) f()'],
    ['++', 'i++'],
    ['this', 'this.x'],
    ['instanceof', 'a instanceof b'],
    ['another module', "import fs from 'node:fs'"],
  ])('finds %s', (_, code) => {
    expect(refused(code)).not.toEqual([]);
  });
});
