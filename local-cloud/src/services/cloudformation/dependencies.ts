import { getAttArgument, intrinsicCall, subParts } from './intrinsics.ts';

/** Node to the nodes that it depends on. */
export type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/** What an expression names. */
export interface Mentions {
  readonly refs: Set<string>;
  /** `[logical id, attribute]`; the attribute is undefined when it is an expression itself. */
  readonly attributes: [string, string | undefined][];
  readonly conditions: Set<string>;
}

/**
 * Collects what a value as written in a template names. With `condition`, only the taken branch of each Fn::If counts,
 * because what stands in the other may not exist.
 */
export function mentionsOf(value: unknown, condition?: (name: string) => boolean): Mentions {
  const mentions: Mentions = { refs: new Set(), attributes: [], conditions: new Set() };
  collect(value, mentions, condition);
  return mentions;
}

function collect(value: unknown, into: Mentions, condition: ((name: string) => boolean) | undefined): void {
  if (Array.isArray(value)) {
    for (const item of value) collect(item, into, condition);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const call = intrinsicCall(value as Record<string, unknown>);
  if (call === undefined) {
    for (const member of Object.values(value)) collect(member, into, condition);
    return;
  }
  const { name, argument } = call;
  if (name === 'Ref') {
    into.refs.add(String(argument));
    return;
  }
  if (name === 'Fn::GetAtt') {
    let attribute: string | undefined;
    const found = getAttArgument(argument, (part) => {
      if (typeof part === 'string') return part;
      collect(part, into, condition);
      return '';
    });
    if (!Array.isArray(argument) || argument.every((part) => typeof part === 'string')) attribute = found.attribute;
    into.attributes.push([found.logicalId, attribute]);
    return;
  }
  if (name === 'Fn::Sub') {
    collectSub(argument, into, condition);
    return;
  }
  if (name === 'Fn::If' && Array.isArray(argument)) {
    const [conditionName, whenTrue, whenFalse] = argument as unknown[];
    into.conditions.add(String(conditionName));
    if (condition === undefined) collect([whenTrue, whenFalse], into, condition);
    else collect(condition(String(conditionName)) ? whenTrue : whenFalse, into, condition);
    return;
  }
  collect(argument, into, condition);
}

function collectSub(argument: unknown, into: Mentions, condition: ((name: string) => boolean) | undefined): void {
  const [template, variables] = (Array.isArray(argument) ? argument : [argument, {}]) as [unknown, Record<string, unknown> | undefined];
  collect(Object.values(variables ?? {}), into, condition);
  for (const part of subParts(String(template))) {
    if (part.kind === 'literal' || Object.hasOwn(variables ?? {}, part.name)) continue;
    const dot = part.name.indexOf('.');
    if (dot < 0) into.refs.add(part.name);
    else into.attributes.push([part.name.slice(0, dot), part.name.slice(dot + 1)]);
  }
}

/** The nodes of one circle of dependencies, or undefined when there is none. */
export function findCircle(graph: Graph): string[] | undefined {
  const done = new Set<string>();
  for (const start of graph.keys()) {
    const circle = walk(graph, start, [], done);
    if (circle !== undefined) return circle;
  }
  return undefined;
}

function walk(graph: Graph, node: string, path: string[], done: Set<string>): string[] | undefined {
  const at = path.indexOf(node);
  if (at >= 0) return path.slice(at);
  if (done.has(node)) return undefined;
  path.push(node);
  for (const next of graph.get(node) ?? []) {
    const circle = walk(graph, next, path, done);
    if (circle !== undefined) return circle;
  }
  path.pop();
  done.add(node);
  return undefined;
}

/** The same nodes with every arrow turned round: the order in which to delete. */
export function reversed(graph: Graph): Graph {
  const result = new Map<string, Set<string>>([...graph.keys()].map((node) => [node, new Set()]));
  for (const [node, dependencies] of graph) {
    for (const dependency of dependencies) result.get(dependency)?.add(node);
  }
  return result;
}

/**
 * Does the work of every node, each as soon as the nodes that it depends on are done, at most `concurrency` at once.
 * Dependencies outside of the graph count as done. After a failure nothing more is started, unless `carryOn`: then all
 * is done that doesn't depend on the failed. What was started is awaited. Resolves with the errors by node; a circle
 * leaves its nodes undone and is the caller's to refuse.
 */
export async function inOrder(
  graph: Graph,
  work: (node: string) => Promise<void>,
  { concurrency = 10, carryOn = false, onFailure }: { concurrency?: number; carryOn?: boolean; onFailure?: () => void } = {},
): Promise<Map<string, unknown>> {
  const errors = new Map<string, unknown>();
  const done = new Set<string>();
  const waiting = new Set(graph.keys());
  const running = new Map<string, Promise<void>>();
  const isReady = (node: string) => [...(graph.get(node) ?? [])].every((dependency) => done.has(dependency) || !graph.has(dependency));
  for (;;) {
    if (errors.size === 0 || carryOn) {
      for (const node of waiting) {
        if (running.size >= concurrency) break;
        if (!isReady(node)) continue;
        waiting.delete(node);
        running.set(
          node,
          work(node)
            .then(
              () => void done.add(node),
              (error: unknown) => {
                errors.set(node, error);
                onFailure?.();
              },
            )
            .finally(() => running.delete(node)),
        );
      }
    }
    if (running.size === 0) return errors;
    await Promise.race(running.values());
  }
}
