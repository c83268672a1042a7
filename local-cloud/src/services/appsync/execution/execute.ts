import { GraphQLError } from 'graphql';
import { CannotSerialize } from '../schema/scalars.ts';
import type { RequestContext } from './field-resolver.ts';
import { type AnsweredError, notAuthorized, type Path, pathKeys, pathText, ResolverError } from './graphql-errors.ts';
import type { FieldPlan, OperationPlan, OutputPlan } from './plan.ts';

/** AppSync endpoints and quotas: "Request execution time for mutations, queries, and subscriptions", "Resolvers executed in a single request". */
const TIME_LIMIT_MS = 30_000;
const RESOLVER_LIMIT = 10_000;

/** Where a null is not allowed: the nearest field above that may be null becomes it. */
const NULL_ABOVE = Symbol('null above');
type Completed = unknown;
type Eventually = Completed | Promise<Completed>;

export interface ExecutionOptions {
  readonly plan: OperationPlan;
  /** Coerced by the operation's definitions. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly request: RequestContext;
  /** The API's own limit; 0: AppSync's. */
  readonly resolverLimit: number;
  /** Answers `__schema` and `__type`. */
  introspect(field: FieldPlan): unknown;
  /** Called with each field of a mutation that has a value, as soon as it has it. */
  onMutated?(field: FieldPlan, value: unknown): void;
}

export interface ExecutionResult {
  readonly data: Record<string, unknown> | null;
  readonly errors: readonly AnsweredError[];
  /** How long at least one resolver was waited for. */
  readonly resolvers_ms: number;
}

/** Carries a query or a mutation out; a mutation's fields one after another (GraphQL Specification, "Execution"). */
export async function execute(options: ExecutionOptions): Promise<ExecutionResult> {
  const run = new Execution(options);
  try {
    const data = await (options.plan.kind === 'mutation'
      ? run.oneByOne(options.plan.fields)
      : run.object(options.plan.fields, null, undefined));
    return { data: data === NULL_ABOVE ? null : (data as Record<string, unknown>), errors: run.errors, resolvers_ms: run.resolvers_ms };
  } finally {
    run.end();
  }
}

/** Asks what is attached to one field, as when a subscription begins. Rejects with ResolverError. */
export async function resolveAlone(
  field: FieldPlan,
  options: Omit<ExecutionOptions, 'plan'>,
  setFilter: (filter: unknown) => void,
): Promise<unknown> {
  const refused = refusalOf(field, options.request);
  if (refused !== undefined) throw refused;
  const appended: ResolverError[] = [];
  const value = await field.resolver?.resolve({
    field,
    arguments: field.arguments(options.variables),
    source: null,
    request: options.request,
    append: ({ errorType = null, message }) => void appended.push(new ResolverError(errorType, message)),
    setFilter,
  });
  if (appended[0] !== undefined) throw appended[0];
  return value ?? null;
}

/** Selects from what is there already, without asking any data source, as subscribers are told what a mutation gave. */
export function project(
  fields: readonly FieldPlan[],
  source: object,
  request: RequestContext,
): { data: Record<string, unknown> | null; errors: readonly AnsweredError[] } {
  const run = new Execution({ request, variables: {}, resolverLimit: 0, introspect: () => null }, { readOnly: true });
  const data = run.object(fields, source, undefined);
  return { data: data === NULL_ABOVE ? null : (data as Record<string, unknown>), errors: run.errors };
}

function refusalOf(field: FieldPlan, { caller }: RequestContext): ResolverError | undefined {
  const outside = field.groups !== undefined && !field.groups.some((group) => caller.groups.includes(group));
  if (field.refusal === 'unauthorized' || outside) return notAuthorized(field.name, field.parent);
  // The wordings of both limits could not be checked against AWS.
  return field.refusal === 'too-deep' ? new ResolverError('QueryDepthLimitReached', 'Query depth limit reached.') : undefined;
}

class Execution {
  readonly errors: AnsweredError[] = [];
  resolvers_ms = 0;
  readonly #options: Omit<ExecutionOptions, 'plan'>;
  readonly #readOnly: boolean;
  #calls = 0;
  #pending = 0;
  #pendingSince = 0;
  #timer: NodeJS.Timeout | undefined;
  #timeUp: Promise<never> | undefined;

  constructor(options: Omit<ExecutionOptions, 'plan'>, { readOnly = false }: { readOnly?: boolean } = {}) {
    this.#options = options;
    this.#readOnly = readOnly;
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  async oneByOne(fields: readonly FieldPlan[]): Promise<Completed> {
    const data: Record<string, unknown> = {};
    for (const field of fields) {
      const value = await this.#field(field, null, undefined);
      if (value === NULL_ABOVE) return NULL_ABOVE;
      data[field.key] = value;
      if (value !== null) this.#options.onMutated?.(field, value);
    }
    return data;
  }

  object(fields: readonly FieldPlan[], source: object | null, path: Path | undefined): Eventually {
    const data: Record<string, unknown> = {};
    let pending: Promise<void>[] | undefined;
    let isNull = false;
    for (const field of fields) {
      const value = this.#field(field, source, path);
      // Its place among the keys is taken at once, whenever its value comes.
      data[field.key] = value;
      if (value instanceof Promise) {
        pending ??= [];
        pending.push(
          value.then((completed: Completed) => {
            if (completed === NULL_ABOVE) isNull = true;
            data[field.key] = completed;
          }),
        );
      } else if (value === NULL_ABOVE) {
        if (pending === undefined) return NULL_ABOVE;
        isNull = true;
      }
    }
    if (pending === undefined) return data;
    return Promise.all(pending).then(() => (isNull ? NULL_ABOVE : data));
  }

  #field(field: FieldPlan, source: object | null, above: Path | undefined): Eventually {
    if (field.refusal !== undefined || field.groups !== undefined) {
      const refused = refusalOf(field, this.#options.request);
      if (refused !== undefined) return this.#failed(field, refused, above);
    }
    if (field.introspection !== undefined) return this.#options.introspect(field);
    if (field.resolver !== undefined && !this.#readOnly) return this.#resolved(field, source, above);
    // `__typename` has a value whatever there is.
    const value =
      field.name === '__typename'
        ? ''
        : source === null || !Object.hasOwn(source, field.name)
          ? null
          : (source as Record<string, unknown>)[field.name];
    return this.#complete(field.output, value, field, above, field.key);
  }

  #resolved(field: FieldPlan, source: object | null, above: Path | undefined): Eventually {
    this.#calls += 1;
    if (this.#calls > (this.#options.resolverLimit || RESOLVER_LIMIT))
      return this.#failed(field, new ResolverError('ResolverExecutionLimitReached', 'Resolver invocation limit reached.'), above);
    let args: Record<string, unknown>;
    try {
      args = field.arguments(this.#options.variables);
    } catch (error) {
      if (error instanceof GraphQLError) return this.#failed(field, new ResolverError(null, error.message), above);
      throw error;
    }
    if (this.#pending === 0) this.#pendingSince = performance.now();
    this.#pending += 1;
    const append = (error: Omit<AnsweredError, 'path' | 'locations'>) => this.#note(field, error, above);
    const { request } = this.#options;
    const resolve = async (within: RequestContext) => field.resolver?.resolve({ field, arguments: args, source, request: within, append });
    const value = request.traced === undefined ? resolve(request) : request.traced(field, resolve);
    return Promise.race([value, this.#deadline()])
      .finally(() => {
        this.#pending -= 1;
        if (this.#pending === 0) this.resolvers_ms += performance.now() - this.#pendingSince;
      })
      .then(
        (result: unknown) => this.#complete(field.output, result, field, above, field.key),
        (error: unknown) => {
          if (error instanceof ResolverError) return this.#failed(field, error, above);
          throw error;
        },
      );
  }

  #deadline(): Promise<never> {
    this.#timeUp ??= new Promise((_, reject) => {
      this.#timer = setTimeout(() => reject(new ResolverError('ExecutionTimeout', 'Execution timed out.')), TIME_LIMIT_MS);
    });
    return this.#timeUp;
  }

  #complete(output: OutputPlan, value: unknown, field: FieldPlan, above: Path | undefined, key: string | number): Eventually {
    if (value === null || value === undefined) {
      if (!output.nonNull) return null;
      const path = { above, key };
      this.errors.push({
        path: pathKeys(path),
        locations: null,
        message: `Cannot return null for non-nullable type: '${output.type}' within parent '${field.parent}' (${pathText(path)})`,
      });
      return NULL_ABOVE;
    }
    switch (output.kind) {
      case 'leaf':
        try {
          return output.serialize(value);
        } catch (error) {
          if (!(error instanceof CannotSerialize)) throw error;
          return this.#unfit(output, `Can't serialize value (${pathText({ above, key })}) : ${error.message}`, above, key);
        }
      case 'list':
        if (!Array.isArray(value)) return this.#mismatch(output, 'LIST', above, key);
        return this.#list(output, value as unknown[], field, { above, key });
      case 'object':
        if (typeof value !== 'object' || Array.isArray(value)) return this.#mismatch(output, 'OBJECT', above, key);
        return this.#nullable(output, this.object(output.fields(), value, { above, key }));
      case 'abstract': {
        if (typeof value !== 'object' || Array.isArray(value)) return this.#mismatch(output, 'OBJECT', above, key);
        const typeName = (value as { __typename?: unknown }).__typename;
        const fields = typeof typeName === 'string' ? output.fields(typeName) : undefined;
        if (fields === undefined)
          return this.#unfit(
            output,
            `Can't resolve '${pathText({ above, key })}'. Abstract type '${output.type}' must resolve to an Object type at runtime.`,
            above,
            key,
          );
        return this.#nullable(output, this.object(fields, value, { above, key }));
      }
    }
  }

  #list(output: OutputPlan & { kind: 'list' }, values: readonly unknown[], field: FieldPlan, path: Path): Eventually {
    const items = values.map((value, index) => this.#complete(output.of, value, field, path, index));
    if (items.some((item) => item instanceof Promise)) {
      return Promise.all(items).then((all) => (all.includes(NULL_ABOVE) ? nullOf(output) : all));
    }
    return items.includes(NULL_ABOVE) ? nullOf(output) : items;
  }

  #nullable(output: OutputPlan, value: Eventually): Eventually {
    if (value instanceof Promise) return value.then((completed: Completed) => (completed === NULL_ABOVE ? nullOf(output) : completed));
    return value === NULL_ABOVE ? nullOf(output) : value;
  }

  #mismatch(output: OutputPlan, expected: string, above: Path | undefined, key: string | number): Completed {
    return this.#unfit(
      output,
      `Can't resolve value (${pathText({ above, key })}) : type mismatch error, expected type ${expected}`,
      above,
      key,
    );
  }

  #unfit(output: OutputPlan, message: string, above: Path | undefined, key: string | number): Completed {
    this.errors.push({ path: pathKeys({ above, key }), locations: null, message });
    return nullOf(output);
  }

  #failed(field: FieldPlan, error: ResolverError, above: Path | undefined): Completed {
    this.#note(field, { message: error.message, errorType: error.errorType, data: error.data, errorInfo: error.errorInfo }, above);
    return nullOf(field.output);
  }

  #note(
    field: FieldPlan,
    { message, errorType = null, data = null, errorInfo = null }: Omit<AnsweredError, 'path' | 'locations'>,
    above: Path | undefined,
  ): void {
    this.errors.push({
      path: pathKeys({ above, key: field.key }),
      data: selectedOf(field, data, this.#options.request),
      errorType,
      errorInfo,
      locations: field.locations,
      message,
    });
  }
}

function nullOf(output: OutputPlan): Completed {
  return output.nonNull ? NULL_ABOVE : null;
}

/** An error's data are cut to what the operation selects. */
function selectedOf(field: FieldPlan, data: unknown, request: RequestContext): unknown {
  if (field.output.kind !== 'object' || typeof data !== 'object' || data === null || Array.isArray(data)) return data;
  return project(field.output.fields(), data, request).data;
}
