import { describe, expect, it } from 'vitest';
import { checkResolverCode } from './check-code.ts';
import { ResolverCode } from './resolver-code.ts';

const RESPONSE = 'export function response(ctx) { return ctx.result; }';
const run = (code: string, context: object = {}, options: { handler?: 'request' | 'response'; mayFilter?: boolean } = {}) => {
  expect(checkResolverCode(code)).toEqual([]);
  return new ResolverCode(code, 'Query.x').run(options.handler ?? 'request', {
    context: { arguments: {}, stash: {}, ...context },
    now_ms: Date.UTC(2026, 10, 22),
    mayFilter: options.mayFilter ?? false,
  });
};
const body = (text: string) =>
  `import { util, extensions, runtime } from '@aws-appsync/utils';\nexport function request(ctx) { ${text} }\n${RESPONSE}`;

describe('what is taken', () => {
  it('gets the context and gives a value, undefined as null', () => {
    const code = body(
      'const { id = 7, ...rest } = ctx.args; return { operation: `Invoke`, payload: [id, ...Object.keys(rest)], who: ctx.identity?.sub ?? null };',
    );
    expect(run(code, { arguments: { a: 1 }, identity: { sub: 's' } })).toMatchObject({
      kind: 'value',
      value: { operation: 'Invoke', payload: [7, 'a'], who: 's' },
    });
    expect(run(body('return undefined;'))).toMatchObject({ kind: 'value', value: null });
  });

  it('keeps the stash', () => {
    expect(run(body('ctx.stash.more = 2; return null;'), { stash: { one: 1 } })).toMatchObject({ stash: { one: 1, more: 2 } });
  });

  it('takes renamed imports, handlers exported by name and utilities without import', () => {
    const code = `import { util as u } from '@aws-appsync/utils';
      const ask = (ctx) => u.time.nowISO8601();
      const answer = (ctx) => util.time.nowEpochSeconds();
      export { ask as request, answer as response };`;
    expect(run(code)).toMatchObject({ value: '2026-11-22T00:00:00.000Z' });
    expect(run(code, {}, { handler: 'response' })).toMatchObject({ value: Date.UTC(2026, 10, 22) / 1000 });
  });

  it('parses JSON as APPSYNC_JS does', () => {
    expect(run(body(`return [JSON.parse('{"a":1}'), JSON.parse('{')];`))).toMatchObject({ value: [{ a: 1 }, ''] });
  });

  it('ends with what util.error, util.unauthorized and runtime.earlyReturn say', () => {
    const error = { message: 'no', errorType: 'Mine', data: { a: 1 }, errorInfo: 2 };
    expect(run(body("util.appendError('first'); util.error('no', 'Mine', { a: 1 }, 2);"))).toMatchObject({
      kind: 'error',
      error,
      appended: [{ message: 'first', errorType: null }],
    });
    expect(run(body('util.unauthorized();'))).toMatchObject({ kind: 'unauthorized' });
    expect(run(body('runtime.earlyReturn({ a: 1 });'))).toMatchObject({ kind: 'early-return', value: { a: 1 } });
  });

  it('tells its own failures', () => {
    expect(run(body('return ctx.nothing.at.all;'))).toMatchObject({
      kind: 'error',
      error: { errorType: 'Code', message: expect.stringContaining('Cannot read properties of undefined') },
    });
  });

  it('sets a filter in the response of a subscription alone', () => {
    const code = body('extensions.setSubscriptionFilter(util.transform.toSubscriptionFilter({ id: { eq: ctx.args.id } })); return null;');
    const filter = { filterGroup: [{ filters: [{ fieldName: 'id', operator: 'eq', value: 'x' }] }] };
    expect(run(code, { arguments: { id: 'x' } }, { mayFilter: true })).toMatchObject({ kind: 'value', value: null, filter });
    expect(run(code, { arguments: { id: 'x' } })).toMatchObject({ kind: 'error' });
  });
});

describe('a filter', () => {
  const transformed = (...args: unknown[]) => {
    const outcome = run(body('return util.transform.toSubscriptionFilter(ctx.args.of, ctx.args.ignored, ctx.args.rules);'), {
      arguments: { of: args[0], ignored: args[1], rules: args[2] },
    });
    return outcome.kind === 'value'
      ? (outcome.value as { filterGroup: { filters: { fieldName: string; operator: string }[] }[] })
      : undefined;
  };
  // The examples of AWS AppSync Developer Guide, "Transformation helpers in util.transform".
  const example = {
    percentageUp: { lte: 50, gte: 20 },
    and: [{ title: { ne: 'Book1' } }, { downvotes: { gt: 2000 } }],
    or: [{ author: { eq: 'Admin' } }, { isPublished: { eq: false } }],
  };
  const short = (of: ReturnType<typeof transformed>) =>
    of?.filterGroup.map(({ filters }) => filters.map(({ fieldName, operator }) => `${fieldName} ${operator}`).join(', '));

  it('is made of and, or and several conditions on a field', () => {
    expect(short(transformed(example))).toEqual([
      'percentageUp lte, title ne, downvotes gt, author eq',
      'percentageUp lte, title ne, downvotes gt, isPublished eq',
      'percentageUp gte, title ne, downvotes gt, author eq',
      'percentageUp gte, title ne, downvotes gt, isPublished eq',
    ]);
  });

  it('leaves out what is ignored and demands one of the rules', () => {
    expect(short(transformed(example, ['percentageUp', 'author']))).toEqual(['title ne, downvotes gt, isPublished eq']);
    expect(short(transformed(example, ['percentageUp', 'author'], { upvotes: { gte: 250 }, author: { eq: 'Person1' } }))).toEqual([
      'title ne, downvotes gt, isPublished eq, upvotes gte',
      'title ne, downvotes gt, isPublished eq, author eq',
    ]);
  });

  it('may be the text of an argument', () => {
    expect(transformed('{"severity":{"le":2}}')).toEqual({
      filterGroup: [{ filters: [{ fieldName: 'severity', operator: 'le', value: 2 }] }],
    });
  });
});

describe('what APPSYNC_JS refuses', () => {
  it.each([
    ['try { ctx.x } catch (e) { return 1 }', 'try-catch'],
    ["throw 'x'", 'throw statements'],
    ['for (let i = 0; i < 3; i += 1) ctx.x', 'for loops'],
    ['while (true) ctx.x', 'while loops'],
    ['do { ctx.x } while (true)', 'do-while'],
    ['for (const x of ctx.args) continue', 'continue'],
    ['a: for (const x of ctx.args) break a', 'labels'],
    ['class A {}', 'classes'],
    ['return new Object()', 'new'],
    ['return this', 'this'],
    ['return /a/', 'Regex'],
    ['return 1n', 'BigInt'],
    ['let i = 0; i++', '++'],
    ["return 'a' in ctx", 'operator in'],
    ['return ctx instanceof Object', 'instanceof'],
    ['return ~1', '~'],
    ['const f = async () => 1', 'async'],
    ['const f = function* () {}', 'generators'],
    ['return import("fs")', 'dynamic imports'],
    ['return process.env', "Cannot find name 'process'"],
    ['return Date.now()', "Cannot find name 'Date'"],
    ['setTimeout(ctx)', "Cannot find name 'setTimeout'"],
    ['return Promise.resolve(1)', "Cannot find name 'Promise'"],
    ['return globalThis', "Cannot find name 'globalThis'"],
    ['return Object.freeze({})', 'Object.freeze'],
    ['return Math.pow(2, 3)', 'Math.pow'],
    ['return }', 'Parsing error'],
  ])('%s', (text, why) => {
    expect(checkResolverCode(body(text)).map(({ value }) => value)).toEqual(expect.arrayContaining([expect.stringContaining(why)]));
  });

  it('is a module of another name, a default export, and a handler that is missing', () => {
    expect(checkResolverCode(`import fs from 'fs';\n${body('')}`)[0]?.value).toContain("'fs' can not be imported");
    expect(checkResolverCode(`import all from '@aws-appsync/utils';\n${body('')}`)[0]?.value).toContain('by their names');
    expect(checkResolverCode('export default () => 1;').map(({ value }) => value)).toEqual(
      expect.arrayContaining(['The function request must be exported.', 'The function response must be exported.']),
    );
  });

  it('is told with its place', () => {
    expect(checkResolverCode(body('throw 1'))[0]).toMatchObject({ errorType: 'LINT_ERROR', location: { line: 2, column: 31, span: 7 } });
  });

  it.each([
    'util.autoId()',
    'util.dynamodb.toMapValues({})',
    'extensions.evictFromApiCache("a", "b", {})',
    'util.time.parseISO8601ToEpochMilliSeconds("")',
  ])('not, but the local cloud: %s', (call) => {
    expect(() => checkResolverCode(body(`return ${call};`))).toThrow(call.slice(0, call.indexOf('(')));
  });
});

describe('a context', () => {
  it('has nothing of Node, and nothing that the check could not see', () => {
    // By computed members the check can't tell: at run time there is nothing either.
    const code = body(`const make = 'constructor'; return ctx[make][make]('return process')();`);
    expect(run(code)).toMatchObject({
      kind: 'error',
      error: { message: expect.stringContaining('Code generation from strings disallowed') },
    });
  });

  it('ends what takes too long', () => {
    const many = body('const a = ctx.args.list; return a.map((x) => a.map((y) => a.map((z) => a.map((w) => w)))).length;');
    expect(run(many, { arguments: { list: Array.from({ length: 300 }, (_, i) => i) } })).toMatchObject({
      kind: 'error',
      error: { message: expect.stringContaining('timed out') },
    });
  });
});
