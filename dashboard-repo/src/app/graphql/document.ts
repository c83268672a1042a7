/** The text of an operation, which knows at compile time what it takes and what it gives. */
export type GraphQLDocument<Result, Variables> = string & { readonly __result?: Result; readonly __variables?: Variables };
