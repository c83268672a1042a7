import { types } from 'node:util';
import { createContext, Script } from 'node:vm';
import { parse } from 'acorn';
import { NotCarriedOut } from '../../kernel/aws-error.ts';
import { invalidArgument } from './cloudfront-error.ts';

/** AWS tells no figure but "compute utilization", of well under a millisecond; a laptop that does much else needs more (LIMITS.md). */
const TIME_LIMIT_ms = 1_000;

/** The function threw, or ran for too long: the viewer gets HTTP 503. */
export class FunctionFailed extends Error {}
/** What the function returned is no request: the viewer gets HTTP 502. */
export class FunctionInvalid extends Error {}

/** V8 gives every context a console that says nothing; on AWS a function's lines are logged. */
const BEFORE = "'use strict'; delete globalThis.console;";

/** All as text, so that no object of this process comes within the function's reach and none of its own comes out. */
const CALL = `(() => {
  try {
    const result = handler(JSON.parse(eventText));
    if (typeof result?.then === 'function') return 'promise';
    return 'result ' + (JSON.stringify(result) ?? '');
  } catch (error) {
    return 'error ' + (error?.message ?? error);
  }
})()`;

const compiled = new Map<string, Script>();
const MAX_COMPILED = 50;

/** Compiles a function's code. Throws InvalidArgument for what is no JavaScript, NotCarriedOut for imports. */
export function compileFunction(code: string): Script {
  const known = compiled.get(code);
  if (known !== undefined) return known;
  let script: Script;
  try {
    script = new Script(`${BEFORE}${code}\n;${CALL}`, { filename: 'cloudfront-function.js' });
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    if (/import/.test(text)) throw new NotCarriedOut('modules in CloudFront functions');
    throw invalidArgument(`The function's code is no JavaScript: ${text}`);
  }
  if (imports(code)) throw new NotCarriedOut('modules in CloudFront functions');
  if (compiled.size >= MAX_COMPILED) compiled.clear();
  compiled.set(code, script);
  return script;
}

/** Whether code that compiles says `import(…)` anywhere: V8 takes it in a script too, and what it rejects with is an object of this process. */
function imports(code: string): boolean {
  let found = false;
  parse(code, { ecmaVersion: 'latest', onToken: ({ type }) => (found ||= type.keyword === 'import') });
  return found;
}

/**
 * Runs a function's `handler` on an event, in a context of its own for each request: the language and nothing else, no code from text, no I/O, no timers
 * (Amazon CloudFront Developer Guide, "JavaScript runtime 2.0 features for CloudFront Functions"). Returns what the handler returned, a copy of it. Throws
 * FunctionFailed, FunctionInvalid, or NotCarriedOut for an asynchronous handler.
 */
export function runFunction(code: string, event: unknown): unknown {
  const script = compileFunction(code);
  const globals = createContext(Object.assign(Object.create(null) as object, { eventText: JSON.stringify(event) }), {
    codeGeneration: { strings: false, wasm: false },
  });
  let said: unknown;
  try {
    said = script.runInContext(globals, { timeout: TIME_LIMIT_ms });
  } catch (error) {
    throw new FunctionFailed(
      types.isNativeError(error) ? String(Object.getOwnPropertyDescriptor(error, 'message')?.value) : 'it threw what is no error',
    );
  }
  const [, kind, rest = ''] = /^(promise|result|error) ?(.*)$/s.exec(String(said)) ?? [];
  if (kind === 'promise') throw new NotCarriedOut('asynchronous handlers of CloudFront functions');
  if (kind !== 'result') throw new FunctionFailed(rest);
  if (rest === '') throw new FunctionInvalid('it returned nothing');
  return JSON.parse(rest) as unknown;
}
