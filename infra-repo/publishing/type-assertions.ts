import type { Declared } from './declared-names.ts';

/** One line of the generated program, and what it means when the compiler finds an error in it. */
export interface Assertion {
  readonly line: string;
  readonly name: string;
  /**
   * `usable`: the new one can no longer be used as the published one. `wider`, `narrower`: a type takes in, or gives, something else; only both together break who uses it, since what functions take and give is asserted by
   * itself. `gone`, `added`: the error names properties.
   */
  readonly about: 'usable' | 'wider' | 'narrower' | 'gone' | 'added';
}

/**
 * The program whose errors are the incompatibilities between two versions of an entry's declarations.
 *
 * @param entries Import specifiers of the published and of the new declaration file, and of version-types.ts.
 * @param names What both of them export, with what the published one says of it. Constants are left out: they are compared by their values.
 * @param specifierOf How a declaration file is imported.
 */
export function typeAssertions(
  entries: { readonly published: string; readonly now: string; readonly types: string },
  names: ReadonlyMap<string, Declared>,
  specifierOf: (file: string) => string,
): { readonly text: string; readonly at: ReadonlyMap<number, Assertion> } {
  const lines = [
    `import type * as Old from '${entries.published}';`,
    `import type * as New from '${entries.now}';`,
    `import type { Lacks, Strict } from '${entries.types}';`,
  ];
  const at = new Map<number, Assertion>();
  for (const [name, declared] of names) {
    for (const assertion of assertionsOf(name, declared, specifierOf)) {
      const id = `a${lines.length}`;
      at.set(lines.length + 1, assertion);
      lines.push(assertion.line.replaceAll('$', id));
    }
  }
  return { text: `${lines.join('\n')}\nexport {};\n`, at };
}

/** The name under which a class is kept as it was published. */
export const publishedClass = (name: string): string => `${name}AsPublished`;

/** A variable of one type that is given to one of another: the compiler then says what doesn't fit. */
const given = (from: string, to: string): string => `declare const $from: ${from}; export const $: ${to} = $from;`;
const none = (type: string): string => `declare const $from: ${type}; export const $: never = $from;`;

function assertionsOf(name: string, { kind, parameters, file }: Declared, specifierOf: (file: string) => string): Assertion[] {
  const lacking = (from: string, to: string, path: string): Assertion[] => [
    { name, about: 'gone', line: none(`Lacks<${from}, ${to}, '${path}'>`) },
    { name, about: 'added', line: none(`Lacks<${to}, ${from}, '${path}'>`) },
  ];
  const both = (type: (side: string) => string, path: string) => lacking(type('Old'), type('New'), path);
  const usable = (type: (side: string) => string, label = name): Assertion => ({
    name: label,
    about: 'usable',
    line: given(type('New'), type('Old')),
  });
  if (kind === 'class') {
    const type = (side: string) =>
      side === 'New' ? `typeof New.${name}` : `typeof import(${JSON.stringify(specifierOf(file))}).${publishedClass(name)}`;
    const constructed = (side: string) => `ConstructorParameters<${type(side)}>`;
    const instance = (side: string) => `Strict<InstanceType<${type(side)}>>`;
    const statics = (side: string) => `Strict<Omit<${type(side)}, 'prototype'>>`;
    return [
      { name: `new ${name}`, about: 'usable', line: given(constructed('Old'), constructed('New')) },
      usable(instance),
      usable(statics),
      ...both(constructed, `new ${name}`),
      ...both(instance, name),
    ];
  }
  if (kind === 'type') {
    const type = (side: string) =>
      `${side}.${name}${parameters === 0 ? '' : `<${Array.from({ length: parameters }, () => 'any').join(', ')}>`}`;
    return [
      { name, about: 'wider', line: given(type('New'), type('Old')) },
      { name, about: 'narrower', line: given(type('Old'), type('New')) },
      ...both(type, name),
    ];
  }
  const type = (side: string) => `typeof ${side}.${name}`;
  if (kind === 'const') return [usable((side) => `Strict<${type(side)}>`), ...both(type, name)];
  return [usable(type), ...both(type, name)];
}
