import { expect } from 'vitest';
import { type Bench, type Item, invalid, n, refusal, s, suite } from './suite.ts';

const SCANS = 'Scanning tables in DynamoDB';

/** Twenty items that the table `single` holds on the target. */
async function fill(bench: Bench): Promise<Item[]> {
  const items = Array.from({ length: 20 }, (_, index) => ({ pk: s(`item-${index}`), odd: n(index % 2) }));
  for (const Item of items) await bench.db.putItem({ TableName: bench.tables.single, Item });
  return items;
}

const byKey = (items: readonly Item[] | undefined) => (items ?? []).map((item) => item['pk']?.S ?? '').sort();

suite('scans', ['single', 'things'], (behaviour) => {
  behaviour('a scan answers every item once', SCANS, async (bench) => {
    const items = await fill(bench);
    const page = await bench.db.scan({ TableName: bench.tables.single, ConsistentRead: true });
    expect(byKey(page.Items)).toEqual(byKey(items));
    expect(page).toMatchObject({ Count: 20, ScannedCount: 20 });
    expect('LastEvaluatedKey' in page).toBe(false);
  });
  behaviour('pages by Limit hold every item once', SCANS, async (bench) => {
    const items = await fill(bench);
    const found: Item[] = [];
    let start: Item | undefined;
    do {
      const page = await bench.db.scan({
        TableName: bench.tables.single,
        ConsistentRead: true,
        Limit: 7,
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      });
      found.push(...(page.Items ?? []));
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
    expect(byKey(found)).toEqual(byKey(items));
  });
  behaviour('segments together hold every item once', SCANS, async (bench) => {
    const items = await fill(bench);
    const segments = await Promise.all(
      [0, 1, 2].map((Segment) => bench.db.scan({ TableName: bench.tables.single, ConsistentRead: true, Segment, TotalSegments: 3 })),
    );
    expect(byKey(segments.flatMap((page) => page.Items ?? []))).toEqual(byKey(items));
  });
  behaviour('a filter drops items after they were read', SCANS, async (bench) => {
    await fill(bench);
    const ask = { FilterExpression: 'odd = :v', ExpressionAttributeValues: { ':v': n(1) } };
    const page = await bench.db.scan({ TableName: bench.tables.single, ConsistentRead: true, ...ask });
    expect(page).toMatchObject({ Count: 10, ScannedCount: 20 });
  });
  behaviour('a filter of a scan may name key attributes', SCANS, async (bench) => {
    await fill(bench);
    const ask = { FilterExpression: 'pk = :v', ExpressionAttributeValues: { ':v': s('item-3') } };
    expect((await bench.db.scan({ TableName: bench.tables.single, ConsistentRead: true, ...ask })).Count).toBe(1);
  });
  behaviour('Select COUNT answers counts alone', 'Scan', async (bench) => {
    await fill(bench);
    const page = await bench.db.scan({ TableName: bench.tables.single, ConsistentRead: true, Select: 'COUNT' });
    expect(page.Count).toBe(20);
    expect('Items' in page).toBe(false);
  });
  behaviour('a projection of a scan', 'Scan', async (bench) => {
    await fill(bench);
    const page = await bench.db.scan({ TableName: bench.tables.single, ConsistentRead: true, ProjectionExpression: 'odd' });
    expect(page.Items?.every((item) => Object.keys(item).join() === 'odd')).toBe(true);
  });
  const refused = (title: string, ask: object, words: string) =>
    behaviour(title, 'Scan', async ({ db, tables }) => {
      expect(await refusal(db.scan({ TableName: tables.single, ...ask }))).toEqual(invalid(words));
    });
  refused(
    'a segment needs their number',
    { Segment: 0 },
    'The TotalSegments parameter is required but was not present in the request when Segment parameter is present',
  );
  refused(
    'the number of segments needs a segment',
    { TotalSegments: 2 },
    'The Segment parameter is required but was not present in the request when parameter TotalSegments is present',
  );
  refused(
    'a segment is below their number',
    { Segment: 2, TotalSegments: 2 },
    'The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 2 is not less than TotalSegments: 2',
  );
  refused(
    'there are segments up to 1,000,000',
    { Segment: 0, TotalSegments: 1_000_001 },
    "1 validation error detected: Value '1000001' at 'totalSegments' failed to satisfy constraint: Member must have value less than or equal to 1000000",
  );
  refused(
    'a start key is the table’s',
    { ExclusiveStartKey: { other: s('x') } },
    'The provided starting key is invalid: The provided key element does not match the schema',
  );
  refused(
    'Limit is above 0',
    { Limit: 0 },
    "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
  );
});
