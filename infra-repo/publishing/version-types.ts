type Simple = string | number | boolean | bigint | symbol | null | undefined;

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** A type with its methods as if they were properties: only then does the compiler mind a parameter that takes less than before ("strictFunctionTypes", TSConfig Reference). */
export type Strict<T> = T extends (...args: never) => unknown
  ? T
  : { [K in keyof T]: T[K] extends (...args: infer A) => infer R ? (...args: A) => R : T[K] };

type KeysOf<T> = T extends unknown ? Extract<keyof T, string> : never;
type At<T, K> = T extends unknown ? (K extends keyof T ? T[K] : never) : never;
type Places<T extends readonly unknown[]> = Exclude<Extract<keyof T, string>, keyof unknown[]>;

/**
 * The paths of properties that A has and B lacks, optional ones too, which the compiler doesn't miss by itself. It looks four levels deep, and not into what is the same in both.
 */
export type Lacks<A, B, Path extends string, Depth extends 0[] = []> = Depth['length'] extends 4
  ? never
  : Same<A, B> extends true
    ? never
    : LacksOf<NonNullable<A>, NonNullable<B>, Path, [...Depth, 0]>;

type LacksOf<A, B, Path extends string, Depth extends 0[]> = [A] extends [Simple]
  ? never
  : [A, B] extends [(...args: infer AA) => infer AR, (...args: infer BA) => infer BR]
    ? Lacks<AA, BA, Path, Depth> | Lacks<AR, BR, `${Path}()`, Depth>
    : A extends readonly unknown[]
      ? B extends readonly unknown[]
        ? LacksItems<A, B, Path, Depth>
        : never
      : { [K in KeysOf<A>]: K extends KeysOf<B> ? Lacks<At<A, K>, At<B, K>, `${Path}.${K}`, Depth> : `${Path}.${K}` }[KeysOf<A>];

type LacksItems<
  A extends readonly unknown[],
  B extends readonly unknown[],
  Path extends string,
  Depth extends 0[],
> = number extends A['length']
  ? Lacks<A[number], B[number], `${Path}[]`, Depth>
  : { [K in Places<A>]: K extends keyof B ? Lacks<At<A, K>, At<B, K>, `${Path}(${K})`, Depth> : never }[Places<A>];
