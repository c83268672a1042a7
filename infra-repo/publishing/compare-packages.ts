import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { compareData } from './compare-data.ts';
import { compareSchemas } from './compare-schemas.ts';
import { type ComparedEntry, compareTypes, identifyClasses, withoutPrivateMembers } from './compare-types.ts';
import { type Declared, declaredNames } from './declared-names.ts';
import { addition, breaking, type Finding } from './finding.ts';
import { type Described, dataOf, surfaceOf } from './module-surface.ts';

const manifestSchema = z.object({
  exports: z.record(z.string(), z.union([z.string(), z.object({ types: z.string(), default: z.string() })])),
  peerDependencies: z.record(z.string(), z.string()).default({}),
});
type Manifest = z.infer<typeof manifestSchema>;

type Module = Readonly<Record<string, unknown>>;
/** What of an entry's functions is stored or sent. */
export interface EntryProbes {
  /** By the function's name: what it answers, for fixed inputs. */
  readonly answers: Readonly<Record<string, (module: never) => unknown>>;
  /** Whether the answers are all that counts of these functions: their types, which a library makes, would call an optional addition another type. */
  readonly insteadOfTypes?: boolean;
}
/** By entry: `.`, `./entities`. */
export type ProbesByEntry = Readonly<Record<string, EntryProbes>>;

/**
 * Compares all that others can lean on of two versions of a package: its entries, what they export, the values, the schemas, what is stored or sent, and the types.
 *
 * @param published The unpacked published version, in a place from which what it imports is found. Its declarations are changed.
 * @param now The same of the one that would be published.
 * @param work Where programs for the compiler are written, from where what both import is found too.
 */
export async function comparePackages(published: string, now: string, work: string, probes: ProbesByEntry): Promise<Finding[]> {
  const [before, current] = [manifestIn(published), manifestIn(now)];
  const findings = [...compareNames(before.exports, current.exports, 'the entry '), ...comparePeers(before, current)];
  const entries: ComparedEntry[] = [];
  for (const folder of [published, now]) withoutPrivateMembers(folder);
  for (const [entry, old] of Object.entries(before.exports)) {
    const replacement = current.exports[entry];
    if (replacement === undefined || typeof old === 'string' || typeof replacement === 'string') continue;
    const declarations = [declaredNames(join(published, old.types)), declaredNames(join(now, replacement.types))] as const;
    const modules = [await moduleIn(join(published, old.default)), await moduleIn(join(now, replacement.default))] as const;
    findings.push(...compareNames(Object.fromEntries(declarations[0]), Object.fromEntries(declarations[1]), label(entry)));
    const surfaces = [surfaceOf(modules[0]), surfaceOf(modules[1])] as const;
    const { answers, insteadOfTypes = false } = probes[entry] ?? { answers: {} };
    const names = new Map<string, Declared>();
    for (const [name, declared] of declarations[0]) {
      if (!declarations[1].has(name)) continue;
      const [was, is] = [surfaces[0].get(name), surfaces[1].get(name)];
      const probe = answers[name];
      if (was !== undefined && is !== undefined) findings.push(...compareValues(name, was, is));
      if (probe !== undefined && was !== undefined && is !== undefined)
        findings.push(...compareAnswers(name, probe, modules[0], modules[1]));
      if (isJudgedByTypes(declared, was, is) && !(insteadOfTypes && probe !== undefined)) names.set(name, declared);
    }
    identifyClasses(...declarations);
    entries.push({ published: join(published, old.types), now: join(now, replacement.types), names });
  }
  findings.push(...(await compareTypes(work, entries)));
  return findings;
}

const label = (entry: string): string => (entry === '.' ? '' : `${entry.slice(2)}: `);

function manifestIn(folder: string): Manifest {
  const file = join(folder, 'package.json');
  const parsed = manifestSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!parsed.success) throw new Error(`${file} is not as expected: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

async function moduleIn(file: string): Promise<Module> {
  try {
    return (await import(pathToFileURL(file).href)) as Module;
  } catch (error) {
    throw new Error(`${file} can't be loaded to be compared: is a package gone that it imports? ${(error as Error).message}`);
  }
}

function compareNames(before: Readonly<Record<string, unknown>>, now: Readonly<Record<string, unknown>>, of: string): Finding[] {
  return [
    ...Object.keys(before).flatMap((name) => (name in now ? [] : [breaking(`${of}${name}`, 'is no longer exported')])),
    ...Object.keys(now).flatMap((name) => (name in before ? [] : [addition(`${of}${name}`, 'is new')])),
  ];
}

/** Who installs the package brings its peers: another version of one means a change of theirs. */
function comparePeers({ peerDependencies: before }: Manifest, { peerDependencies: now }: Manifest): Finding[] {
  return [...new Set([...Object.keys(before), ...Object.keys(now)])].flatMap((name) =>
    before[name] === now[name]
      ? []
      : [breaking(`the peer ${name}`, `was ${before[name] ?? 'not needed'}, is ${now[name] ?? 'not needed'}`)],
  );
}

function compareValues(name: string, was: Described, is: Described): Finding[] {
  if (was.kind === 'schema' && is.kind === 'schema') return compareSchemas(name, was.schema, is.schema);
  if (was.kind === 'data' && is.kind === 'data') return compareData(name, was.data, is.data);
  return was.kind === is.kind ? [] : [breaking(name, `was ${was.kind}, is ${is.kind}`)];
}

function compareAnswers(name: string, probe: (module: never) => unknown, before: Module, now: Module): Finding[] {
  const answer = (module: Module) => {
    try {
      return dataOf(probe(module as never)) ?? null;
    } catch (error) {
      return { throws: (error as Error).message };
    }
  };
  return compareData(`${name}()`, answer(before), answer(now));
}

/** Values are compared as such: their types would call it another one when a list of constants gets longer. */
function isJudgedByTypes({ kind }: Declared, was: Described | undefined, is: Described | undefined): boolean {
  return kind === 'type' || (was?.kind === 'code' && is?.kind === 'code');
}
