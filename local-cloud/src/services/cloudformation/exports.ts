import type { StackRecord, StackStore } from './stack-store.ts';

export interface Export {
  readonly stackId: string;
  readonly stackName: string;
  readonly value: string;
}

/** Every export of the account and region by its name. */
export function exportsOf(store: StackStore): Map<string, Export> {
  const exports = new Map<string, Export>();
  for (const { id, name, outputs } of store.livingStacks()) {
    for (const { exportName, value } of outputs) {
      if (exportName !== undefined) exports.set(exportName, { stackId: id, stackName: name, value });
    }
  }
  return exports;
}

/** The stacks whose templates import this export. */
export function importersOf(store: StackStore, exportName: string): StackRecord[] {
  return store.livingStacks().filter(({ imports }) => imports.includes(exportName));
}
