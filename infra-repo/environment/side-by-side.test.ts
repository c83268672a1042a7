import { expect, it } from 'vitest';
import { sideBySide } from './side-by-side.ts';

const waits: Readonly<Record<string, readonly string[]>> = { infra: [], appsync: ['infra'], ingest: ['infra', 'appsync'], docs: [] };
const all = Object.keys(waits);
const waitsFor = (one: string) => waits[one] ?? [];

it('begins each as soon as all are done that it waits for', async () => {
  const told: string[] = [];
  await sideBySide(all.toReversed(), waitsFor, async (one) => {
    told.push(`${one} begins`);
    await Promise.resolve();
    told.push(`${one} ends`);
  });
  const at = (line: string) => told.indexOf(line);
  expect(told).toHaveLength(8);
  expect(at('docs begins')).toBeLessThan(at('infra ends'));
  expect(at('appsync begins')).toBeGreaterThan(at('infra ends'));
  expect(at('ingest begins')).toBeGreaterThan(at('appsync ends'));
});

it('does not begin what waits for one that failed, and lets the others end before it throws', async () => {
  const ended: string[] = [];
  const work = async (one: string) => {
    if (one === 'appsync') throw new Error('no schema');
    await new Promise((resolve) => setImmediate(resolve));
    ended.push(one);
  };
  await expect(sideBySide(all, waitsFor, work)).rejects.toThrow('no schema');
  expect(ended.sort()).toEqual(['docs', 'infra']);
});
