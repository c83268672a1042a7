import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { type Context, constants, createContext, Script } from 'node:vm';
import { type Program, parse } from 'acorn';
import { ALLOWED_GLOBALS } from './supported.ts';

/** A handler without loops of its own is done long before. */
const TIME_LIMIT_MS = 1_000;

/** An error that the code told by util.error or util.appendError. */
export interface CodeMessage {
  readonly message: string;
  readonly errorType: string | null;
  readonly data: unknown;
  readonly errorInfo: unknown;
}

/** How a handler ended. */
export type HandlerOutcome = {
  /** What it appended, whatever its end. */
  readonly appended: readonly CodeMessage[];
  /** The argument of extensions.setSubscriptionFilter. */
  readonly filter: unknown;
} & (
  | { readonly kind: 'value' | 'early-return'; readonly value: unknown; readonly stash: Record<string, unknown> }
  | { readonly kind: 'error'; readonly error: CodeMessage }
  | { readonly kind: 'unauthorized' }
);

/** What the context gives back, as JSON. */
interface Answer {
  readonly kind: 'value' | 'early-return' | 'error' | 'unauthorized' | 'failure';
  readonly value?: unknown;
  readonly stash?: Record<string, unknown>;
  readonly errors: readonly CodeMessage[];
  readonly filter?: unknown;
  readonly log: readonly string[];
}

/** The code of a resolver for APPSYNC_JS 1.0.0, compiled once, in a context that has nothing but what AppSync documents. */
export class ResolverCode {
  readonly #context: Context;
  readonly #name: string;

  /** `code` has been checked. `name` is such as `Subscription.onDeviceStatus`. */
  constructor(code: string, name: string) {
    this.#name = name;
    this.#context = createContext(constants.DONT_CONTEXTIFY, { name: `appsync ${name}`, codeGeneration: { strings: false, wasm: false } });
    new Script(program(code), { filename: `${name}.js` }).runInContext(this.#context);
  }

  /** Runs `request` or `response` with a context of JSON values. Takes what it is given and gives what it returns as JSON. */
  run(handler: 'request' | 'response', input: { context: object; now_ms: number; mayFilter: boolean }): HandlerOutcome {
    let answer: Answer;
    try {
      Object.assign(this.#context, { handlerName: handler, handlerInput: JSON.stringify(input) });
      answer = JSON.parse(String(CALL.runInContext(this.#context, { timeout: TIME_LIMIT_MS }))) as Answer;
    } catch (error) {
      return { kind: 'error', error: failure(error instanceof Error ? error.message : String(error)), appended: [], filter: undefined };
    }
    // With logging, which is not carried out, AppSync would write it to the API's log group.
    for (const line of answer.log) console.info(`appsync: ${this.#name}: ${line}`);
    const common = { appended: answer.errors, filter: answer.filter };
    if (answer.kind === 'unauthorized') return { kind: 'unauthorized', ...common };
    if (answer.kind === 'failure') return { kind: 'error', error: failure(String(answer.value)), ...common };
    if (answer.kind === 'error') return { kind: 'error', error: answer.value as CodeMessage, ...common };
    return { kind: answer.kind, value: answer.value ?? null, stash: answer.stash ?? {}, ...common };
  }
}

function failure(message: string): CodeMessage {
  return { message: `Runtime Error: ${message}`, errorType: 'Code', data: null, errorInfo: null };
}

const CALL = new Script('callHandler(handlerName, handlerInput)');
let library: string | undefined;

/** The library, then the code as the body of a function to which the library is given, then what calls the handlers. */
function program(code: string): string {
  library ??= stripped(readFileSync(new URL('./runtime-library.ts', import.meta.url), 'utf8')).replace(/^export /m, '');
  return `"use strict";
globalThis.callHandler = (() => {
${library}
const parseInput = JSON.parse;
const print = JSON.stringify;
const state = { now_ms: 0, mayFilter: false, errors: [], filter: undefined, log: [] };
const library = makeRuntime(state);
const allowed = ${JSON.stringify([...ALLOWED_GLOBALS, 'callHandler', 'handlerName', 'handlerInput'])};
const everything = globalThis;
for (const name of Object.getOwnPropertyNames(everything)) if (!allowed.includes(name)) delete everything[name];
const handlers = ((util, extensions, runtime, console, JSON) => {
${asBody(code)}
})(library.util, library.extensions, library.runtime, library.console, library.json);
return (name, text) => {
  const input = parseInput(text);
  const context = input.context;
  context.args = context.arguments;
  Object.assign(state, { now_ms: input.now_ms, mayFilter: input.mayFilter, errors: [], filter: undefined, log: [] });
  const answer = (kind, value) => print({ kind, value, stash: context.stash, errors: state.errors, filter: state.filter, log: state.log });
  try {
    return answer('value', handlers[name](context));
  } catch (thrown) {
    if (thrown !== null && typeof thrown === 'object' && 'kind' in thrown) return answer(thrown.kind, thrown.value);
    return answer('failure', thrown !== null && typeof thrown === 'object' ? thrown.message : thrown);
  }
};
})();`;
}

/** The module's text without imports and exports, at the same places, and a return of its two handlers. */
function asBody(code: string): string {
  const tree: Program = parse(code, { ecmaVersion: 2022, sourceType: 'module' });
  const handlers = new Map<string, string>();
  let body = code;
  const blank = (start: number, end: number, by = '') => {
    const gap = body.slice(start, end).replace(/[^\n]/g, ' ');
    body = body.slice(0, start) + by + gap.slice(by.length) + body.slice(end);
  };
  for (const node of tree.body) {
    if (node.type === 'ImportDeclaration') {
      const renamed = node.specifiers.flatMap((specifier) => {
        const imported = specifier.type === 'ImportSpecifier' && specifier.imported.type === 'Identifier' ? specifier.imported.name : '';
        return imported === specifier.local.name ? [] : [`${specifier.local.name}=${imported}`];
      });
      blank(node.start, node.end, renamed.length === 0 ? '' : `const ${renamed.join(',')};`);
    }
    if (node.type !== 'ExportNamedDeclaration') continue;
    if (node.declaration == null) blank(node.start, node.end);
    else blank(node.start, node.declaration.start);
    for (const { local, exported } of node.specifiers) {
      if (local.type === 'Identifier' && exported.type === 'Identifier') handlers.set(exported.name, local.name);
    }
  }
  const named = (name: string) => `${name}: ${handlers.get(name) ?? name}`;
  return `${body}\n;return { ${named('request')}, ${named('response')} };`;
}

function stripped(source: string): string {
  const emitWarning = process.emitWarning;
  // Node calls the function experimental on the console; it is the one that runs this very file.
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(source);
  } finally {
    process.emitWarning = emitWarning;
  }
}
