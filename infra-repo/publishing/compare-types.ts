import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Declared } from './declared-names.ts';
import { addition, breaking, type Finding } from './finding.ts';
import { type Assertion, publishedClass, typeAssertions } from './type-assertions.ts';
import { tsc } from './typescript.ts';

/** As strict as the repos that use the packages are. */
const options = [
  '--ignoreConfig',
  '--noEmit',
  '--strict',
  '--exactOptionalPropertyTypes',
  '--noUncheckedIndexedAccess',
  '--skipLibCheck',
  '--noErrorTruncation',
];
const types = fileURLToPath(new URL('./version-types.ts', import.meta.url));
const environment = ['--allowImportingTsExtensions', '--module', 'nodenext', '--target', 'es2024', '--lib', 'es2024', '--types', 'node'];

/** An entry of a package in both versions. */
export interface ComparedEntry {
  readonly published: string;
  readonly now: string;
  /** What both export and is no data, with what the published one says of it. */
  readonly names: ReadonlyMap<string, Declared>;
}

/**
 * Takes private members out of the declaration files below a folder. They say nothing to those who use a class, but with them the compiler takes two versions of a class for two classes
 * of which neither can be used as the other ("Type Compatibility", TypeScript Handbook).
 */
export function withoutPrivateMembers(folder: string): void {
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.d.ts')) continue;
    const path = join(folder, file);
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(/^\s+(#private|private [^;{]*);$/gm, ''));
  }
}

/**
 * Makes the published declarations speak of the new classes wherever they name one: nobody has objects of both versions. What a class itself was stays under a name of its own
 * (`publishedClass`), so that it is compared once, and more methods of it are no other type for all that take it.
 */
export function identifyClasses(published: ReadonlyMap<string, Declared>, now: ReadonlyMap<string, Declared>): void {
  for (const [name, { kind, file }] of published) {
    const counterpart = now.get(name);
    if (kind !== 'class' || counterpart?.kind !== 'class') continue;
    const text = readFileSync(file, 'utf8');
    const renamed = text.replace(
      new RegExp(`^export declare (abstract )?class ${name}\\b`, 'm'),
      `export declare $1class ${publishedClass(name)}`,
    );
    if (renamed === text) continue;
    writeFileSync(file, `${renamed}\nimport { ${name} } from '${specifier(dirname(file), counterpart.file)}';\nexport { ${name} };\n`);
  }
}

/** How one declaration file imports another one. */
function specifier(folder: string, file: string): string {
  const path = relative(folder, file)
    .replaceAll('\\', '/')
    .replace(/\.d\.ts$/, '.js');
  return path.startsWith('.') ? path : `./${path}`;
}

/**
 * Lets the compiler judge which exports of a package can no longer be used as those of the published one: what functions and constructors take must still be taken, what they give must still
 * be what it was, and no property may be gone.
 *
 * @param folder Where the assertions are written: a place from which the packages that the declarations import are found.
 */
export async function compareTypes(folder: string, entries: readonly ComparedEntry[]): Promise<Finding[]> {
  const programs = entries.map(({ published, now, names }, index) => {
    const file = join(folder, `assertions-${index}.mts`);
    const from = (path: string) => specifier(folder, path);
    const program = typeAssertions({ published: from(published), now: from(now), types: from(types) }, names, from);
    writeFileSync(file, program.text);
    return { file, at: program.at };
  });
  const { output } = await tsc([...options, ...environment, ...programs.map(({ file }) => file)], folder);
  const failed = new Map<Assertion, string>();
  for (const { name, line, text } of errorsIn(output)) {
    const assertion = programs.find(({ file }) => file.endsWith(name))?.at.get(line);
    if (assertion === undefined) throw new Error(`The compiler could not compare the packages:\n${text}`);
    failed.set(assertion, `${failed.get(assertion) ?? ''}${text}\n`);
  }
  return findingsOf(failed);
}

function findingsOf(failed: ReadonlyMap<Assertion, string>): Finding[] {
  const said = (about: Assertion['about']) => [...failed].filter(([assertion]) => assertion.about === about);
  const paths = (about: 'gone' | 'added') => onceEach(said(about).flatMap(([, text]) => pathsIn(text)));
  const narrower = new Map(said('narrower').map(([{ name }, text]) => [name, text]));
  const wider = said('wider');
  const isOneWay = (name: string, others: readonly string[]) => !others.includes(name);
  return [
    ...paths('gone').map((path) => breaking(path, 'is gone')),
    ...said('usable').map(([{ name }, text]) => breaking(name, `can't be used as before: ${reasonIn(text)}`)),
    ...wider.flatMap(([{ name }, text]) => {
      const other = narrower.get(name);
      return [
        other === undefined
          ? addition(name, `takes more than before: ${reasonIn(text)}`)
          : breaking(name, `is another type: ${reasonIn(other)}`),
      ];
    }),
    ...[...narrower].flatMap(([name, text]) =>
      isOneWay(
        name,
        wider.map(([assertion]) => assertion.name),
      )
        ? [addition(name, `says more than before: ${reasonIn(text)}`)]
        : [],
    ),
    ...paths('added').map((path) => addition(path, 'is new')),
  ];
}

/** The compiler's errors: `file(line,column): error TS2322: …`, each with the lines that explain it. */
function errorsIn(output: string): { name: string; line: number; text: string }[] {
  return output.split(/\n(?=\S)/).flatMap((text) => {
    const [, path = '', line] = /^(.*)\((\d+),\d+\): error /.exec(text) ?? [];
    if (line === undefined) {
      if (/error TS\d+/.test(text)) throw new Error(`The compiler could not compare the packages:\n${text}`);
      return [];
    }
    return [{ name: path.split(/[\\/]/).at(-1) ?? '', line: Number(line), text: text.trim() }];
  });
}

/** Types of the properties' paths, as the compiler writes the union of them. */
const pathsIn = (text: string): string[] => {
  const paths = [...(text.split('\n')[0] ?? '').matchAll(/"([^"]+)"/g)].map(([, path = '']) => path);
  return paths.length > 0 ? paths : [reasonIn(text)];
};

/** Without those that are the same property again, of what a method answers: `this`, for one. */
function onceEach(paths: readonly string[]): string[] {
  const all = new Set(paths);
  return [...all].filter((path) => {
    const shorter = path.replace(/\.\w+\(\)/, '');
    return shorter === path || !all.has(shorter);
  });
}

/** The last line says the most. What it writes of large types says little. */
function reasonIn(text: string): string {
  const lines = text.trim().split('\n');
  const reason = (lines.at(-1) ?? '').trim().replace(/^.*error TS\d+: /, '');
  return reason.length > 240 ? `${reason.slice(0, 240)}…` : reason;
}
