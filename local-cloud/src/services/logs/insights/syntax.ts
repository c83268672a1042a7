import type { UserPattern } from '../../../kernel/user-pattern.ts';

/** The parts of a Logs Insights query. `text` is what stood in the query: it names a column that has no alias. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number | boolean; readonly text: string }
  | { readonly kind: 'period'; readonly period: Period; readonly text: string }
  | { readonly kind: 'field'; readonly name: string; readonly text: string; readonly span: Span }
  | { readonly kind: 'call'; readonly name: string; readonly arguments: readonly Expression[]; readonly text: string; readonly span: Span }
  /** `count(*)`'s argument. */
  | { readonly kind: 'star'; readonly text: string }
  | { readonly kind: 'unary'; readonly operator: '-' | 'not'; readonly operand: Expression; readonly text: string }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly text: string;
    }
  | { readonly kind: 'match'; readonly subject: Expression; readonly pattern: string | UserPattern; readonly text: string }
  | { readonly kind: 'in'; readonly subject: Expression; readonly values: readonly Expression[]; readonly text: string };

export type BinaryOperator = 'and' | 'or' | '=' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/' | '%' | '^';

/** A length of time: so many milliseconds, or so many calendar months. */
export type Period = { readonly milliseconds: number } | { readonly months: number };

/** Offsets of characters in the query, the end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface NamedExpression {
  readonly expression: Expression;
  /** The alias, or the expression's text. */
  readonly name: string;
  readonly aliased: boolean;
}

export interface SortKey {
  readonly expression: Expression;
  readonly descending: boolean;
}

export type Command =
  | { readonly kind: 'fields'; readonly items: readonly NamedExpression[]; readonly span: Span }
  | { readonly kind: 'display'; readonly items: readonly NamedExpression[]; readonly span: Span }
  | { readonly kind: 'filter'; readonly condition: Expression; readonly span: Span }
  | {
      readonly kind: 'parse';
      readonly subject: Expression;
      readonly pattern: UserPattern;
      readonly names: readonly string[];
      readonly span: Span;
    }
  | { readonly kind: 'stats'; readonly values: readonly NamedExpression[]; readonly by: readonly NamedExpression[]; readonly span: Span }
  | { readonly kind: 'sort'; readonly keys: readonly SortKey[]; readonly span: Span }
  | { readonly kind: 'limit'; readonly count: number; readonly span: Span }
  | { readonly kind: 'dedup'; readonly keys: readonly Expression[]; readonly span: Span };

export interface Query {
  readonly commands: readonly Command[];
}
