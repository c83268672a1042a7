import { NotCarriedOut } from '../../../kernel/aws-error.ts';
import type { FieldCall, FieldResolver } from '../execution/field-resolver.ts';
import { notAuthorized, ResolverError } from '../execution/graphql-errors.ts';
import type { HandlerOutcome, ResolverCode } from '../js-runtime/resolver-code.ts';
import type { LambdaSource } from './lambda-source.ts';
import { resolverContext } from './resolver-context.ts';

/** Without code: the function is given the whole context, and its answer is the field's value ("Direct Lambda Resolvers"). */
export class DirectLambdaResolver implements FieldResolver {
  readonly #source: LambdaSource;

  constructor(source: LambdaSource) {
    this.#source = source;
  }

  async resolve(call: FieldCall): Promise<unknown> {
    const answer = await this.#source.invoke(resolverContext(call), 'RequestResponse', call.request);
    if ('error' in answer) throw new ResolverError(answer.error.type, answer.error.message);
    return answer.result;
  }
}

/** With code: its request handler says what the data source is asked, its response handler what the field's value is. */
export class CodeResolver implements FieldResolver {
  readonly #code: ResolverCode;
  /** Undefined for a data source of type NONE, which answers what it is asked. */
  readonly #source: LambdaSource | undefined;
  readonly #clock: () => number;

  constructor(code: ResolverCode, source: LambdaSource | undefined, clock: () => number) {
    this.#code = code;
    this.#source = source;
    this.#clock = clock;
  }

  async resolve(call: FieldCall): Promise<unknown> {
    const context = resolverContext(call);
    const asked = this.#run('request', { ...context, result: null }, call);
    if (asked.kind === 'early-return') return asked.value;
    const answer = await this.#ask(asked.value, call);
    const state = 'error' in answer ? { result: null, error: answer.error } : { result: answer.result };
    return this.#run('response', { ...context, ...state, stash: asked.stash }, call).value;
  }

  #run(handler: 'request' | 'response', context: object, call: FieldCall): HandlerOutcome & { kind: 'value' | 'early-return' } {
    const mayFilter = handler === 'response' && call.setFilter !== undefined;
    const outcome = this.#code.run(handler, { context, now_ms: this.#clock(), mayFilter });
    for (const error of outcome.appended) call.append(error);
    if (outcome.kind === 'unauthorized') throw notAuthorized(call.field.name, call.field.parent);
    if (outcome.kind === 'error') {
      const { errorType, message, data, errorInfo } = outcome.error;
      throw new ResolverError(errorType, message, data, errorInfo);
    }
    if (outcome.filter !== undefined) call.setFilter?.(outcome.filter);
    return outcome;
  }

  async #ask(asked: unknown, call: FieldCall): ReturnType<LambdaSource['invoke']> {
    const request = (typeof asked === 'object' && asked !== null ? asked : {}) as Readonly<Record<string, unknown>>;
    if (this.#source === undefined) return { result: request['payload'] ?? null };
    const { operation, invocationType = 'RequestResponse' } = request;
    // "AWS AppSync JavaScript resolver function reference for Lambda"; the wording of what is missing is of "Troubleshooting and common mistakes".
    if (operation === 'BatchInvoke') throw new NotCarriedOut('the operation BatchInvoke of APPSYNC_JS on a Lambda data source');
    if (operation === undefined) throw new ResolverError('MappingTemplate', "Value for field '$[operation]' not found.");
    if (operation !== 'Invoke')
      throw new ResolverError('MappingTemplate', `Value for field '$[operation]' is not valid: ${JSON.stringify(operation)}.`);
    if (invocationType !== 'RequestResponse' && invocationType !== 'Event')
      throw new ResolverError('MappingTemplate', `Value for field '$[invocationType]' is not valid: ${JSON.stringify(invocationType)}.`);
    return this.#source.invoke(request['payload'], invocationType, call.request);
  }
}
