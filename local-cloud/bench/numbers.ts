import { parseArgs } from 'node:util';

/**
 * Reads a benchmark's options, all of them numbers above 0: their names with the values that hold where nothing is said.
 * Throws on an option that isn't among them, or that isn't such a number (`whole`: without a fraction).
 */
export function readNumbers<Names extends string>(usual: Readonly<Record<Names, number>>, { whole }: { readonly whole: boolean }) {
  const names = Object.keys(usual) as Names[];
  const { values } = parseArgs({ options: Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])) });
  const numbers = { ...usual } as Record<Names, number>;
  for (const name of names) {
    if (values[name] === undefined) continue;
    const value = Number(values[name]);
    if (!(value > 0 && (whole ? Number.isInteger(value) : Number.isFinite(value))))
      throw new Error(`--${name} is a ${whole ? 'whole ' : ''}number above 0`);
    numbers[name] = value;
  }
  return numbers;
}
