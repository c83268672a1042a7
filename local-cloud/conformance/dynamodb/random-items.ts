import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import type { Item } from './suite.ts';

/*
 * Random items of a few attributes, and conditions and updates about them: few names, numbers and letters, so that most of what is asked
 * is there, equal or in order now and then.
 */

const NAMES = ['a', 'b2', 'c3', 'd4'] as const;
const text = fc.constantFrom('', 'a', 'ab', 'b', 'B', 'ü', '😀');
const number = fc.constantFrom('0', '-1', '1', '1.5', '-1.5', '10', '2', '1000000', '0.001', '12345678901234567890123456789012345678');
const bytes = fc.uint8Array({ maxLength: 2, max: 3 });

const scalar: fc.Arbitrary<AttributeValue> = fc.oneof(
  text.map((S) => ({ S })),
  number.map((N) => ({ N })),
  bytes.map((B) => ({ B })),
  fc.boolean().map((BOOL) => ({ BOOL })),
  fc.constant({ NULL: true as const }),
);
const set: fc.Arbitrary<AttributeValue> = fc.oneof(
  fc.uniqueArray(text, { minLength: 1, maxLength: 3 }).map((SS) => ({ SS })),
  fc.uniqueArray(number, { minLength: 1, maxLength: 3 }).map((NS) => ({ NS })),
  fc.uniqueArray(bytes, { minLength: 1, maxLength: 2, selector: String }).map((BS) => ({ BS })),
);
/** Values of every type, two levels deep at most. */
export const value: fc.Arbitrary<AttributeValue> = fc.oneof(
  { weight: 4, arbitrary: scalar },
  { weight: 2, arbitrary: set },
  { weight: 2, arbitrary: fc.array(fc.oneof(scalar, set), { maxLength: 3 }).map((L) => ({ L })) },
  { weight: 2, arbitrary: fc.dictionary(fc.constantFrom('k', 'l'), fc.oneof(scalar, set)).map((M) => ({ M })) },
);

/** Attributes of an item beside its key. */
export const attributes: fc.Arbitrary<Item> = fc.dictionary(fc.constantFrom(...NAMES), value);

const path = fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom('', '', '', '.k', '[0]', '[1]')).map((parts) => parts.join(''));

/** An expression whose values stand in it as `:0`, `:1` and so on. */
export interface Expression {
  readonly text: string;
  readonly values: Item;
}

type Build = (values: AttributeValue[]) => string;

const named = (literal: AttributeValue, values: AttributeValue[]) => `:v${values.push(literal) - 1}`;
const aPath: fc.Arbitrary<Build> = path.map((text) => () => text);
const aValue: fc.Arbitrary<Build> = value.map((literal) => (values) => named(literal, values));
const operand = fc.oneof(
  aPath,
  aPath,
  aValue,
  path.map(
    (text): Build =>
      () =>
        `size(${text})`,
  ),
);

function joined(builds: readonly Build[], write: (...parts: string[]) => string): Build {
  return (values) => write(...builds.map((build) => build(values)));
}

const comparison: fc.Arbitrary<Build> = fc.oneof(
  fc
    .tuple(operand, fc.constantFrom('=', '<>', '<', '<=', '>', '>='), operand)
    .map(([left, operator, right]) => joined([left, right], (a, b) => `${a} ${operator} ${b}`)),
  fc.tuple(operand, operand, operand).map((three) => joined(three, (a, b, c) => `${a} BETWEEN ${b} AND ${c}`)),
  fc
    .tuple(operand, fc.array(operand, { minLength: 1, maxLength: 3 }))
    .map(([left, rest]) => joined([left, ...rest], (a, ...more) => `${a} IN (${more.join(', ')})`)),
  fc.tuple(fc.constantFrom('attribute_exists', 'attribute_not_exists'), aPath).map(([name, of]) => joined([of], (a) => `${name}(${a})`)),
  fc
    .tuple(fc.constantFrom('contains', 'begins_with'), aPath, operand)
    .map(([name, of, what]) => joined([of, what], (a, b) => `${name}(${a}, ${b})`)),
  fc.tuple(aPath, fc.constantFrom('S', 'N', 'B', 'SS', 'NS', 'BS', 'L', 'M', 'BOOL', 'NULL')).map(
    ([of, type]): Build =>
      (values) =>
        `attribute_type(${of(values)}, ${named({ S: type }, values)})`,
  ),
);

const condition = fc.letrec<{ condition: Build; inner: Build }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    comparison,
    fc
      .tuple(tie('inner'), fc.constantFrom('AND', 'OR'), tie('inner'))
      .map(([left, operator, right]) => joined([left, right], (a, b) => `${a} ${operator} ${b}`)),
    tie('inner').map((of) => joined([of], (a) => `NOT ${a}`)),
  ),
  inner: fc.oneof(
    { depthSize: 'small' },
    comparison,
    tie('condition').map((of) => joined([of], (a) => `(${a})`)),
  ),
})).condition;

const written = (build: Build): Expression => {
  const values: AttributeValue[] = [];
  const text = build(values);
  return { text, values: Object.fromEntries(values.map((literal, index) => [`:v${index}`, literal])) };
};

/** A condition or filter. It may be one that is refused, such as a comparison of a path with itself. */
export const conditions: fc.Arbitrary<Expression> = condition.map(written);

const summand = fc.oneof(
  aPath,
  number.map(
    (N): Build =>
      (values) =>
        named({ N }, values),
  ),
);
const assigned: fc.Arbitrary<Build> = fc.oneof(
  aPath,
  aValue,
  fc
    .tuple(summand, fc.constantFrom('+', '-'), summand)
    .map(([left, operator, right]) => joined([left, right], (a, b) => `${a} ${operator} ${b}`)),
  fc.tuple(aPath, aValue).map((two) => joined(two, (a, b) => `if_not_exists(${a}, ${b})`)),
  fc.tuple(aPath, fc.array(scalar, { maxLength: 2 })).map(
    ([of, L]): Build =>
      (values) =>
        `list_append(${of(values)}, ${named({ L }, values)})`,
  ),
);

interface Action {
  readonly section: 'SET' | 'REMOVE' | 'ADD' | 'DELETE';
  readonly write: Build;
}

function actionOn(name: string): fc.Arbitrary<Action> {
  const target = fc.constantFrom('', '', '.k', '[0]', '[2]').map((rest) => `${name}${rest}`);
  return fc.oneof(
    fc.tuple(target, assigned).map(([to, from]): Action => ({ section: 'SET', write: (values) => `${to} = ${from(values)}` })),
    target.map((what): Action => ({ section: 'REMOVE', write: () => what })),
    fc
      .tuple(
        target,
        fc.oneof(
          set,
          number.map((N) => ({ N })),
        ),
      )
      .map(([to, what]): Action => ({ section: 'ADD', write: (values) => `${to} ${named(what, values)}` })),
    fc.tuple(target, set).map(([from, what]): Action => ({ section: 'DELETE', write: (values) => `${from} ${named(what, values)}` })),
  );
}

/** An update of one to three attributes. It may be one that the item does not allow. */
export const updates: fc.Arbitrary<Expression> = fc
  .shuffledSubarray([...NAMES], { minLength: 1, maxLength: 3 })
  .chain((names) => fc.tuple(...names.map(actionOn)))
  .map((actions) =>
    written((values) =>
      (['SET', 'REMOVE', 'ADD', 'DELETE'] as const)
        .map((section) => ({ section, writes: actions.filter((action) => action.section === section) }))
        .filter(({ writes }) => writes.length > 0)
        .map(({ section, writes }) => `${section} ${writes.map(({ write }) => write(values)).join(', ')}`)
        .join(' '),
    ),
  );
