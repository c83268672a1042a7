import { type FieldNode, type GraphQLNamedType, getNamedType, isCompositeType, Kind, print } from 'graphql';
import type { FieldCollector } from './collect-fields.ts';

/** What a resolver is told of its field's selection. */
export interface SelectionText {
  /** Paths of keys, such as `edges/node/device_id`. */
  readonly selectionSetList: readonly string[];
  readonly selectionSetGraphQL: string;
}

/** `info.selectionSetList` and `info.selectionSetGraphQL` (AWS AppSync Developer Guide, "JavaScript resolver context object reference"). */
export function selectionText(collector: FieldCollector, type: GraphQLNamedType, nodes: readonly FieldNode[]): SelectionText {
  const selections = nodes.flatMap(({ selectionSet }) => selectionSet?.selections ?? []);
  return {
    selectionSetList: pathsOf(collector, type, nodes),
    selectionSetGraphQL: selections.length === 0 ? '' : print({ kind: Kind.SELECTION_SET, selections }),
  };
}

function pathsOf(collector: FieldCollector, type: GraphQLNamedType, nodes: readonly FieldNode[]): string[] {
  if (!isCompositeType(type)) return [];
  const selectionSets = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
  return collector.collect(type, selectionSets).flatMap(({ key, nodes: below }) => {
    const field = collector.definition(type, below[0].name.value);
    return [key, ...pathsOf(collector, getNamedType(field.type), below).map((path) => `${key}/${path}`)];
  });
}
