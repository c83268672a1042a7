import { describe, expect, it } from 'vitest';
import { MemoryTable } from '../testing/memory-table.ts';
import { connectTable } from './connect-table.ts';
import { Table } from './table.ts';

function tableOf(count: number): { memory: MemoryTable; table: Table } {
  const memory = new MemoryTable();
  for (let index = 0; index < count; index += 1)
    memory.put({ pk: 'P', sk: `S#${String(index).padStart(3, '0')}`, name: `n${index}`, more: 'x' });
  return { memory, table: new Table(memory.client, 'table') };
}
const all = { first: 'S#', last: 'S#~' };
const names = (items: readonly { readonly name?: { readonly S?: string | undefined } }[]) => items.map((item) => item.name?.S);

describe('a range', () => {
  it('is read whole, over as many answers as it takes, with what is asked for only', async () => {
    const { memory, table } = tableOf(7);
    memory.pageSize = 3;
    const { items, more } = await table.range({ partition: 'P' }, all, { attributes: ['name'] });
    expect(items).toEqual(Array.from({ length: 7 }, (_, index) => ({ name: { S: `n${index}` } })));
    expect(more).toBe(false);
    expect(memory.commands).toHaveLength(3);
  });

  it('is read up to a limit, and tells whether there is more', async () => {
    const { memory, table } = tableOf(7);
    memory.pageSize = 2;
    const read = (limit: number) => table.range({ partition: 'P' }, all, { attributes: ['name'], limit });
    expect(await read(6)).toMatchObject({ more: true });
    expect(names((await read(6)).items)).toEqual(['n0', 'n1', 'n2', 'n3', 'n4', 'n5']);
    expect(await read(7)).toMatchObject({ more: false });
    expect((await read(8)).items).toHaveLength(7);
  });

  it('is read from its end', async () => {
    const { table } = tableOf(7);
    const { items } = await table.range({ partition: 'P' }, all, { attributes: ['name'], limit: 2, newestFirst: true });
    expect(names(items)).toEqual(['n6', 'n5']);
  });
});

describe('many items', () => {
  const keys = (count: number) => Array.from({ length: count }, (_, index) => ({ pk: 'P', sk: `S#${String(index).padStart(3, '0')}` }));

  it('are read by a hundred a call, those that are there', async () => {
    const { memory, table } = tableOf(230);
    expect(await table.getAll(keys(250), ['name'])).toHaveLength(230);
    expect(memory.commands).toEqual(['BatchGetItem', 'BatchGetItem', 'BatchGetItem']);
  });

  it('are asked for again where DynamoDB left some unread, but not for ever', async () => {
    const { memory, table } = tableOf(10);
    memory.batchSize = 4;
    expect(names(await table.getAll(keys(10), ['name']))).toHaveLength(10);
    memory.batchSize = 0;
    await expect(table.getAll(keys(1), ['name'])).rejects.toThrow('left items of a batch unread 5 times');
  });

  it('that are none take no call', async () => {
    const { memory, table } = tableOf(1);
    expect(await table.getAll([], ['name'])).toEqual([]);
    expect(memory.commands).toEqual([]);
  });
});

it('the client has no step that copies every answer for a log that nobody keeps', () => {
  const steps = connectTable().middlewareStack.identify();
  expect(steps.filter((step) => /logger/i.test(step))).toEqual([]);
  expect(steps.some((step) => step.startsWith('deserializerMiddleware'))).toBe(true);
});
