import type { FieldCall } from '../execution/field-resolver.ts';

/** A resolver's context, as a direct Lambda resolver's function is given it. */
export interface ResolverContext {
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly identity: object;
  readonly source: unknown;
  readonly request: { readonly headers: Readonly<Record<string, string | readonly string[]>>; readonly domainName: null };
  readonly prev: null;
  readonly info: {
    readonly selectionSetList: readonly string[];
    readonly selectionSetGraphQL: string;
    readonly fieldName: string;
    readonly parentTypeName: string;
    readonly variables: Readonly<Record<string, unknown>>;
  };
  readonly stash: Readonly<Record<string, unknown>>;
}

/** AWS AppSync Developer Guide, "JavaScript resolver context object reference". */
export function resolverContext({ field, arguments: args, source, request }: FieldCall): ResolverContext {
  return {
    arguments: args,
    identity: { ...request.caller.identity, sourceIp: request.sourceIp },
    source,
    request: { headers: request.headers, domainName: null },
    prev: null,
    info: { ...field.selection(), fieldName: field.name, parentTypeName: field.parent, variables: request.variables },
    stash: {},
  };
}
