/** One `#{Namespace.Name}` in a configuration value (CodePipeline User Guide, "Variables reference"). */
export interface Reference {
  readonly text: string;
  readonly namespace: string;
  readonly name: string;
}

const REFERENCE = /#\{([^}]*)\}/g;

/** A variable that no earlier action produced. */
export class UnresolvedVariable extends Error {
  constructor(text: string) {
    super(`The following variables could not be resolved: ${text}. No earlier action of this execution produced it.`);
    this.name = 'UnresolvedVariable';
  }
}

/** Every reference in a text; one without a period has an empty namespace. */
export function referencesIn(text: string): Reference[] {
  return [...text.matchAll(REFERENCE)].map(([whole, inner = '']) => {
    const dot = inner.indexOf('.');
    return { text: whole, namespace: dot < 0 ? '' : inner.slice(0, dot), name: inner.slice(dot + 1) };
  });
}

export type Variables = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The text with its references replaced by values, which aren't looked at again. Throws UnresolvedVariable. */
export function resolveVariables(text: string, variables: Variables): string {
  return text.replace(REFERENCE, (whole: string, inner: string) => {
    const [reference] = referencesIn(`#{${inner}}`);
    const namespace = Object.hasOwn(variables, reference?.namespace ?? '') ? variables[reference?.namespace ?? ''] : undefined;
    const value = namespace !== undefined && Object.hasOwn(namespace, reference?.name ?? '') ? namespace[reference?.name ?? ''] : undefined;
    if (value === undefined) throw new UnresolvedVariable(whole);
    return value;
  });
}
