import { type Aggregation, aggregationOf } from './aggregations.ts';
import { type CompileContext, compile, type Evaluate } from './expressions.ts';
import { MalformedQuery } from './malformed-query.ts';
import { ComputedRow, type Row } from './row.ts';
import type { Command, NamedExpression, Query } from './syntax.ts';
import { isTrue, sortOrder, toText, type Value } from './value.ts';

/** Takes rows one by one, newest event first, and hands over what is left of them at the end. */
export interface Sink {
  add(row: Row): void;
  rows(): readonly Row[];
}

export interface Column {
  readonly name: string;
  /** The query computed it; a field that the event holds is shown as it stands there. */
  readonly computed: boolean;
}

export interface Plan {
  /** True when the row passes the filters in front of the first command that looks at all rows; sets its computed fields. */
  pass(row: Row): boolean;
  /** Everything behind that, for one run. */
  sink(defaultLimit: number): Sink;
  readonly columns: readonly Column[];
  /** A row is an event still, and so has a pointer. */
  readonly ofEvents: boolean;
}

/** "stats": a query can have this many stats commands. */
const MAX_STATS = 2;

type Step = (row: Row) => boolean;
type Stage = (next: Sink) => Sink;

/**
 * Checks a query as a whole and makes it ready to run. Throws MalformedQuery for what the pages of the commands forbid:
 * fields that a stats command hasn't defined, sort or limit in front of a second stats, anything but limit behind dedup.
 */
export function plan(query: Query, now_ms: number): Plan {
  return new Planner(now_ms).plan(query);
}

class Planner {
  readonly #now_ms: number;
  #known: Set<string> | undefined;
  #fields: Column[] = [];
  #parsed: Column[] = [];
  #displayed: Column[] | undefined;

  constructor(now_ms: number) {
    this.#now_ms = now_ms;
  }

  plan({ commands }: Query): Plan {
    checkOrder(commands);
    const streamed = commands.findIndex(({ kind }) => kind === 'stats' || kind === 'sort' || kind === 'limit' || kind === 'dedup');
    const border = streamed < 0 ? commands.length : streamed;
    const steps = commands.slice(0, border).map((command) => this.#step(command));
    const stages = commands.slice(border).map((command) => this.#stage(command));
    const limited = commands.some(({ kind }) => kind === 'limit');
    return {
      pass: (row) => steps.every((step) => step(row)),
      sink: (defaultLimit) => {
        let sink: Sink = limited ? collect() : limitTo(defaultLimit)(collect());
        for (const stage of stages.toReversed()) sink = stage(sink);
        return sink;
      },
      columns: this.#columns(),
      ofEvents: this.#known === undefined,
    };
  }

  /** "filter": without fields, display and stats the result shows @timestamp and @message. */
  #columns(): Column[] {
    if (this.#displayed !== undefined) return this.#displayed;
    const fields =
      this.#fields.length > 0
        ? this.#fields
        : [
            { name: '@timestamp', computed: false },
            { name: '@message', computed: false },
          ];
    return unique([...fields, ...this.#parsed]);
  }

  /** A command that looks at one row. */
  #step(command: Command): Step {
    const context = this.#context(command);
    switch (command.kind) {
      case 'filter': {
        const condition = compile(command.condition, context);
        return (row) => isTrue(condition(row));
      }
      case 'fields': {
        const step = this.#computing(command.items, context);
        this.#fields = unique([...this.#fields, ...command.items.map(column)]);
        return step;
      }
      case 'display': {
        const step = this.#computing(command.items, context);
        this.#displayed = unique(command.items.map(column));
        return step;
      }
      case 'parse': {
        const subject = compile(command.subject, context);
        const { pattern, names } = command;
        for (const name of names) this.#known?.add(name);
        this.#parsed = unique([...this.#parsed, ...names.map((name) => ({ name, computed: false }))]);
        return (row) => {
          const found = pattern.find(toText(subject(row)) ?? '');
          if (found === undefined) return true;
          for (const [index, name] of names.entries()) {
            const value = found.groups[pattern.groupNames.get(name) ?? index + 1];
            if (value !== undefined) row.set(name, value);
          }
          return true;
        };
      }
      default:
        throw new Error(`${command.kind} looks at all rows`);
    }
  }

  #stage(command: Command): Stage {
    switch (command.kind) {
      case 'stats':
        return this.#stats(command);
      case 'sort': {
        const context = this.#context(command);
        const keys = command.keys.map(({ expression, descending }) => ({ value: compile(expression, context), sign: descending ? -1 : 1 }));
        return (next) => ordering(next, keys);
      }
      case 'limit':
        return limitTo(command.count);
      case 'dedup': {
        const context = this.#context(command);
        const keys = command.keys.map((key) => compile(key, context));
        // "dedup": rows that aren't sorted are taken newest first; so events arrive anyway.
        return (next) => deduplicating(next, keys);
      }
      default: {
        const step = this.#step(command);
        return (next) => ({ ...next, add: (row) => (step(row) ? next.add(row) : undefined) });
      }
    }
  }

  #stats(command: Command & { kind: 'stats' }): Stage {
    const context = this.#context(command);
    const by = command.by.map(({ expression, name }) => ({ name, value: compile(expression, context) }));
    const groupNames = new Set(by.map(({ name }) => name));
    const values = command.values.map(({ expression, name }) => {
      const makers: (() => Aggregation)[] = [];
      const value = compile(expression, {
        ...context,
        // What surrounds an aggregation sees the group: the results so far and the fields of by.
        known: groupNames,
        unknown: 'stands neither in an aggregation nor behind by',
        aggregate: (call) => {
          const make = aggregationOf(call, context);
          if (make === undefined) return undefined;
          const place = makers.push(make) - 1;
          return (row) => (row as GroupRow).results[place] ?? null;
        },
      });
      if (makers.length === 0) throw new MalformedQuery(`${expression.text} of stats is not an aggregation`, command.span);
      return { name, value, makers };
    });
    this.#known = new Set([...groupNames, ...values.map(({ name }) => name)]);
    this.#fields = unique([...command.by.map(column), ...values.map(({ name }) => ({ name, computed: true }))]);
    this.#parsed = [];
    this.#displayed = undefined;
    return (next) => grouping(next, by, values);
  }

  /** Sets what a fields or display command computes, so that later commands know it by its name. */
  #computing(items: readonly NamedExpression[], context: CompileContext): Step {
    const computed = items
      .filter(({ expression, aliased }) => aliased || expression.kind !== 'field')
      .map(({ expression, name }) => ({ name, value: compile(expression, context) }));
    for (const { expression, aliased } of items) if (!aliased && expression.kind === 'field') compile(expression, context);
    for (const { name } of computed) this.#known?.add(name);
    return (row) => {
      for (const { name, value } of computed) row.set(name, value(row));
      return true;
    };
  }

  #context(command: Command): CompileContext {
    return { now_ms: this.#now_ms, known: this.#known, span: command.span };
  }
}

class GroupRow extends ComputedRow {
  results: Value[] = [];
}

function checkOrder(commands: readonly Command[]): void {
  const stats = commands.filter(({ kind }) => kind === 'stats');
  const extra = stats[MAX_STATS];
  if (extra !== undefined) throw new MalformedQuery(`A query can have at most ${MAX_STATS} stats commands`, extra.span);
  const secondStats = stats.length < 2 ? -1 : commands.findLastIndex(({ kind }) => kind === 'stats');
  for (const [index, { kind, span }] of commands.entries()) {
    if ((kind === 'sort' || kind === 'limit') && index < secondStats)
      throw new MalformedQuery(`${kind} must stand behind the second stats command`, span);
    if (kind === 'dedup') {
      const follower = commands.slice(index + 1).find((later) => later.kind !== 'limit');
      if (follower !== undefined) throw new MalformedQuery('Only limit can stand behind dedup', follower.span);
    }
  }
}

function column({ expression, name }: NamedExpression): Column {
  return { name, computed: expression.kind !== 'field' };
}

function unique(columns: readonly Column[]): Column[] {
  return [...new Map(columns.map((each) => [each.name, each])).values()];
}

function collect(): Sink {
  const rows: Row[] = [];
  return { add: (row) => void rows.push(row), rows: () => rows };
}

function limitTo(count: number): Stage {
  return (next) => {
    let taken = 0;
    return {
      add: (row) => {
        if (taken++ < count) next.add(row);
      },
      rows: () => next.rows(),
    };
  };
}

function ordering(next: Sink, keys: readonly { value: Evaluate; sign: number }[]): Sink {
  const all: { row: Row; values: Value[] }[] = [];
  return {
    add: (row) => void all.push({ row, values: keys.map(({ value }) => value(row)) }),
    rows: () => {
      all.sort((a, b) => {
        for (const [index, { sign }] of keys.entries()) {
          const order = sortOrder(a.values[index] ?? null, b.values[index] ?? null) * sign;
          if (order !== 0) return order;
        }
        return 0;
      });
      for (const { row } of all) next.add(row);
      return next.rows();
    },
  };
}

/** "dedup": the first of equal rows stays; rows in which a key is missing aren't duplicates of any. */
function deduplicating(next: Sink, keys: readonly Evaluate[]): Sink {
  const seen = new Set<string>();
  return {
    add: (row) => {
      const values = keys.map((key) => toText(key(row)));
      if (!values.includes(null)) {
        const key = JSON.stringify(values);
        if (seen.has(key)) return;
        seen.add(key);
      }
      next.add(row);
    },
    rows: () => next.rows(),
  };
}

function grouping(
  next: Sink,
  by: readonly { name: string; value: Evaluate }[],
  values: readonly { name: string; value: Evaluate; makers: readonly (() => Aggregation)[] }[],
): Sink {
  const groups = new Map<string, { row: GroupRow; aggregations: Aggregation[][] }>();
  const groupOf = (keys: readonly Value[]) => {
    const key = JSON.stringify(keys.map(toText));
    let group = groups.get(key);
    if (group === undefined) {
      group = { row: new GroupRow(), aggregations: values.map(({ makers }) => makers.map((make) => make())) };
      for (const [index, { name }] of by.entries()) group.row.set(name, keys[index] ?? null);
      groups.set(key, group);
    }
    return group;
  };
  return {
    add: (row) => {
      const { aggregations } = groupOf(by.map(({ value }) => value(row)));
      for (const each of aggregations) for (const aggregation of each) aggregation.add(row);
    },
    rows: () => {
      // Without by there is one group even when no event matched: count(*) of nothing is 0.
      if (by.length === 0) groupOf([]);
      for (const { row, aggregations } of groups.values()) {
        for (const [index, { name, value }] of values.entries()) {
          row.results = (aggregations[index] ?? []).map((aggregation) => aggregation.result());
          row.set(name, value(row));
        }
        next.add(row);
      }
      return next.rows();
    },
  };
}
