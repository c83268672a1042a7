import type { AnyNode, Program } from 'acorn';
import { walk } from './syntax-tree.ts';

/** Every name that the program binds anywhere: what is none of these and none of the language's is undefined. */
export function declaredNames(program: Program): Set<string> {
  const names = new Set<string>();
  walk(program, undefined, (node) => {
    switch (node.type) {
      case 'ImportSpecifier':
        names.add(node.local.name);
        break;
      case 'VariableDeclarator':
        addPattern(node.id as AnyNode, names);
        break;
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        if ('id' in node && node.id != null) names.add(node.id.name);
        for (const parameter of node.params) addPattern(parameter as AnyNode, names);
        break;
      default:
    }
  });
  return names;
}

function addPattern(pattern: AnyNode, names: Set<string>): void {
  switch (pattern.type) {
    case 'Identifier':
      names.add(pattern.name);
      break;
    case 'ObjectPattern':
      for (const property of pattern.properties)
        addPattern((property.type === 'Property' ? property.value : property.argument) as AnyNode, names);
      break;
    case 'ArrayPattern':
      for (const element of pattern.elements) if (element !== null) addPattern(element as AnyNode, names);
      break;
    case 'AssignmentPattern':
      addPattern(pattern.left as AnyNode, names);
      break;
    case 'RestElement':
      addPattern(pattern.argument as AnyNode, names);
      break;
    default:
  }
}

/** Whether an identifier stands for a variable, and not for a property's or an export's name. */
export function isReference(node: AnyNode, parent: AnyNode | undefined): boolean {
  switch (parent?.type) {
    case 'MemberExpression':
      return parent.object === node || parent.computed;
    case 'Property':
      return parent.value === node || parent.computed;
    case 'ImportSpecifier':
    case 'ExportSpecifier':
      return false;
    default:
      return true;
  }
}
