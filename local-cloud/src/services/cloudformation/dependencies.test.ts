// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Fn::Sub's own placeholders
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findCircle, inOrder, mentionsOf, reversed } from './dependencies.ts';

/** Graphs without circles: each node depends only on nodes of a smaller number, in shuffled insertion. */
const acyclic = fc
  .array(fc.array(fc.nat(), { maxLength: 4 }), { minLength: 1, maxLength: 25 })
  .chain((rows) => fc.shuffledSubarray([...rows.keys()], { minLength: rows.length }).map((order) => ({ rows, order })))
  .map(({ rows, order }) => {
    return new Map(order.map((node) => [`n${node}`, new Set(node === 0 ? [] : (rows[node] ?? []).map((other) => `n${other % node}`))]));
  });

describe('the order of work', () => {
  test('puts every node after those it depends on, and does each once', async () => {
    await fc.assert(
      fc.asyncProperty(acyclic, fc.integer({ min: 1, max: 5 }), async (graph, concurrency) => {
        const done: string[] = [];
        let running = 0;
        const errors = await inOrder(
          graph,
          async (node) => {
            running += 1;
            expect(running).toBeLessThanOrEqual(concurrency);
            for (const dependency of graph.get(node) ?? []) expect(done).toContain(dependency);
            await Promise.resolve();
            done.push(node);
            running -= 1;
          },
          { concurrency },
        );
        expect([...errors]).toEqual([]);
        expect(done.toSorted()).toEqual([...graph.keys()].toSorted());
        expect(findCircle(graph)).toBeUndefined();
      }),
    );
  });

  test('reversed, puts every node before those it depends on', async () => {
    await fc.assert(
      fc.asyncProperty(acyclic, async (graph) => {
        const done: string[] = [];
        await inOrder(reversed(graph), async (node) => void done.push(node));
        for (const [node, dependencies] of graph) {
          for (const dependency of dependencies) expect(done.indexOf(node)).toBeLessThan(done.indexOf(dependency));
        }
      }),
    );
  });

  test('after a failure starts nothing more, or only what does not depend on it', async () => {
    const graph = new Map([
      ['a', new Set<string>()],
      ['b', new Set(['a'])],
      ['c', new Set<string>()],
      ['d', new Set(['c'])],
      ['e', new Set(['d'])],
    ]);
    const run = async (carryOn: boolean) => {
      const done: string[] = [];
      const work = async (node: string) => {
        if (node === 'a') throw new Error('no');
        done.push(node);
      };
      const errors = await inOrder(graph, work, { concurrency: 1, carryOn });
      expect([...errors.keys()]).toEqual(['a']);
      return done;
    };
    expect(await run(false)).toEqual([]);
    expect(await run(true)).toEqual(['c', 'd', 'e']);
  });
});

test('finds a circle', () => {
  const graph = new Map([
    ['a', new Set(['b'])],
    ['b', new Set(['c'])],
    ['c', new Set(['b'])],
  ]);
  expect(findCircle(graph)).toEqual(['b', 'c']);
});

test('collects what a value mentions, in the taken branch only where conditions are known', () => {
  const value = {
    A: { Ref: 'One' },
    B: { 'Fn::Sub': ['${Two.Arn}${V}${!No}', { V: { 'Fn::GetAtt': ['Three', 'X'] } }] },
    C: { 'Fn::If': ['Yes', { Ref: 'Four' }, { Ref: 'Five' }] },
  };
  const all = mentionsOf(value);
  expect([...all.refs]).toEqual(['One', 'Four', 'Five']);
  expect(all.attributes.toSorted()).toEqual([
    ['Three', 'X'],
    ['Two', 'Arn'],
  ]);
  expect([...all.conditions]).toEqual(['Yes']);
  expect([...mentionsOf(value, () => true).refs]).toEqual(['One', 'Four']);
});
