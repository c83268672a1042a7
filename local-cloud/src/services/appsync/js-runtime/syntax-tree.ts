import type { AnyNode } from 'acorn';

/** Visits every node of a tree with the one above it. */
export function walk(node: AnyNode, parent: AnyNode | undefined, visit: (node: AnyNode, parent: AnyNode | undefined) => void): void {
  visit(node, parent);
  for (const value of Object.values(node) as unknown[]) {
    for (const child of Array.isArray(value) ? (value as unknown[]) : [value]) if (isNode(child)) walk(child, node, visit);
  }
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}
