import { type AssemblyStack, parametersRead, parametersWritten } from './programs/assembly-stacks.ts';

/** What somebody reads of others and writes for them: names of SSM parameters, the only thing by which stacks of different repos meet. */
export interface ParameterUse {
  readonly name: string;
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

/** What the stacks of a repo, or one stack alone, read and write by their templates. */
export function parameterUse(name: string, stacks: readonly Pick<AssemblyStack, 'template'>[]): ParameterUse {
  return {
    name,
    reads: stacks.flatMap(({ template }) => parametersRead(template)),
    writes: stacks.flatMap(({ template }) => parametersWritten(template)),
  };
}

/** Those of `all` whose parameters `one` reads, without itself. */
export function waitsFor<One extends ParameterUse>(one: One, all: readonly One[]): One[] {
  const reads = new Set(one.reads);
  return all.filter((other) => other !== one && other.writes.some((name) => reads.has(name)));
}

/** Puts each behind everybody whose parameters it reads. Throws an Error that names those who wait for each other. */
export function inDeploymentOrder<One extends ParameterUse>(all: readonly One[]): One[] {
  const ordered: One[] = [];
  let waiting = [...all];
  while (waiting.length > 0) {
    const next = waiting.filter((one) => waitsFor(one, waiting).length === 0);
    if (next.length === 0) throw new Error(`These wait for each other's parameters: ${waiting.map(({ name }) => name).join(', ')}`);
    ordered.push(...next);
    waiting = waiting.filter((one) => !next.includes(one));
  }
  return ordered;
}
