import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What a declaration file says of an exported name. */
export interface Declared {
  readonly kind: 'class' | 'function' | 'const' | 'type';
  /** How many types it is given: `SqsBatch<Shape>` has 1. */
  readonly parameters: number;
  /** Where it is declared. */
  readonly file: string;
}

/**
 * The names that a package's entry exports, through all its re-exports, from the declaration files as the compiler writes them. Throws an Error that names a form of export which it
 * doesn't know, rather than to leave one out.
 *
 * @param entry A `.d.ts` file.
 */
export function declaredNames(entry: string): Map<string, Declared> {
  const text = readFileSync(entry, 'utf8').replaceAll(/\/\*[\s\S]*?\*\//g, '');
  const own = declarationsIn(text, entry);
  const imported = new Set([...text.matchAll(/^import [^;]*;/gm)].flatMap(([statement]) => statement.match(/[\w$]+/g) ?? []));
  const names = new Map<string, Declared>();
  for (const [statement] of text.matchAll(/^export\b[^;{]*(\{[^}]*\})?[^;\n]*/gm)) {
    const declaration = /^export (?:declare )?(?:abstract )?(?:class|interface|type|function|const|let|enum) ([\w$]+)/.exec(statement);
    const list = /^export (type )?\{([^}]*)\}(?: from '([^']+)')?/.exec(statement);
    const star = /^export \* from '([^']+)'/.exec(statement);
    if (declaration !== null) {
      const name = declaration[1] ?? '';
      const declared = own.get(name);
      if (declared !== undefined) names.set(name, declared);
    } else if (list !== null) {
      const [, typeOnly, members = '', from] = list;
      const there = from === undefined ? own : namesFrom(entry, from);
      for (const member of members.split(',').map((one) => one.trim())) {
        if (member === '') continue;
        const [, type, name = '', alias = name] = /^(type )?([\w$]+)(?: as ([\w$]+))?$/.exec(member) ?? [];
        const isType = typeOnly !== undefined || type !== undefined;
        // Of another package's export it is not read what it is.
        const isForeign = there === undefined || (from === undefined && imported.has(name));
        const declared = isForeign
          ? { kind: isType ? ('type' as const) : ('const' as const), parameters: 0, file: entry }
          : there.get(name);
        if (declared === undefined) throw new Error(`${entry} exports "${member}", which ${from ?? 'it'} does not declare`);
        names.set(alias, isType ? { ...declared, kind: 'type' } : declared);
      }
    } else if (star !== null) {
      const there = namesFrom(entry, star[1] ?? '');
      if (there === undefined) throw new Error(`${entry}: everything of another package is exported: "${statement}"`);
      for (const [name, declared] of there) names.set(name, declared);
    } else throw new Error(`${entry}: this export is not understood: "${statement}"`);
  }
  return names;
}

function namesFrom(entry: string, specifier: string): Map<string, Declared> | undefined {
  return specifier.startsWith('.') ? declaredNames(join(dirname(entry), specifier.replace(/\.[jt]s$/, '.d.ts'))) : undefined;
}

function declarationsIn(text: string, file: string): Map<string, Declared> {
  const found = text.matchAll(/^(?:export )?(?:declare )?(?:abstract )?(class|interface|type|function|const|let|enum) ([\w$]+)(<)?/gm);
  const declared = new Map<string, Declared>();
  for (const match of found) {
    const [whole, keyword = '', name = '', opens] = match;
    const kind = keyword === 'class' || keyword === 'function' ? keyword : keyword === 'interface' || keyword === 'type' ? 'type' : 'const';
    declared.set(name, { kind, parameters: opens === undefined ? 0 : parametersAfter(text, match.index + whole.length), file });
  }
  return declared;
}

/** Counts the commas of the list that opens before the position, leaving out those of lists within. */
function parametersAfter(text: string, position: number): number {
  let depth = 1;
  let count = 1;
  for (let at = position; depth > 0 && at < text.length; at += 1) {
    const letter = text[at] ?? '';
    if ('<({['.includes(letter)) depth += 1;
    // An arrow closes nothing.
    else if ('>)}]'.includes(letter) && !(letter === '>' && text[at - 1] === '=')) depth -= 1;
    else if (letter === ',' && depth === 1) count += 1;
  }
  return count;
}
