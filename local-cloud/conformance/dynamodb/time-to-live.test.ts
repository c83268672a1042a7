import { expect } from 'vitest';
import { n, refusal, s, suite } from './suite.ts';

const TTL = 'Using time to live (TTL) in DynamoDB';
const now_s = () => Math.floor(Date.now() / 1000);

/*
 * AWS takes up to an hour for a change of the setting and refuses a second one meanwhile, and deletes what expired "within a few
 * days": what needs a second change or a deletion isn't tried there.
 */
suite('time to live', ['single', 'things', 'numbers'], (behaviour) => {
  behaviour('it is off until it is enabled', 'DescribeTimeToLive', async ({ db, tables }) => {
    const { TimeToLiveDescription } = await db.describeTimeToLive({ TableName: tables.numbers });
    expect(TimeToLiveDescription).toEqual({ TimeToLiveStatus: 'DISABLED' });
  });
  behaviour('it is enabled for one attribute', 'UpdateTimeToLive', async ({ db, tables, target }) => {
    const TableName = tables.single;
    const on = { AttributeName: 'expires_at', Enabled: true };
    expect((await db.updateTimeToLive({ TableName, TimeToLiveSpecification: on })).TimeToLiveSpecification).toEqual(on);
    const { TimeToLiveDescription } = await db.describeTimeToLive({ TableName });
    expect(TimeToLiveDescription?.AttributeName).toBe('expires_at');
    expect(['ENABLING', 'ENABLED']).toContain(TimeToLiveDescription?.TimeToLiveStatus);
    if (target === 'AWS') return;
    expect(await refusal(db.updateTimeToLive({ TableName, TimeToLiveSpecification: on }))).toEqual({
      name: 'ValidationException',
      message: 'TimeToLive is already enabled',
    });
    const other = { AttributeName: 'other', Enabled: true };
    expect((await refusal(db.updateTimeToLive({ TableName, TimeToLiveSpecification: other }))).name).toBe('ValidationException');
    const off = { AttributeName: 'expires_at', Enabled: false };
    expect((await db.updateTimeToLive({ TableName, TimeToLiveSpecification: off })).TimeToLiveSpecification).toEqual(off);
    await expect
      .poll(async () => (await db.describeTimeToLive({ TableName })).TimeToLiveDescription?.TimeToLiveStatus, { timeout: 10_000 })
      .toBe('DISABLED');
  });
  behaviour('it cannot be disabled twice', 'UpdateTimeToLive', async ({ db, tables }) => {
    const off = { AttributeName: 'expires_at', Enabled: false };
    expect(await refusal(db.updateTimeToLive({ TableName: tables.numbers, TimeToLiveSpecification: off }))).toEqual({
      name: 'ValidationException',
      message: 'TimeToLive is already disabled',
    });
  });
  behaviour('a table must be there', 'UpdateTimeToLive', async ({ db }) => {
    const on = { AttributeName: 'expires_at', Enabled: true };
    expect((await refusal(db.updateTimeToLive({ TableName: 'not-there', TimeToLiveSpecification: on }))).name).toBe(
      'ResourceNotFoundException',
    );
    expect((await refusal(db.describeTimeToLive({ TableName: 'not-there' }))).name).toBe('ResourceNotFoundException');
  });
  behaviour('what has not expired, or has no time in seconds, stays', TTL, async ({ db, table, target }) => {
    const put = (pk: string, value: object) => db.putItem({ TableName: table, Item: { pk: s(pk), sk: s('x'), ...value } });
    await put('later', { expires_at: n(now_s() + 3600) });
    await put('none', {});
    await put('text', { expires_at: s(String(now_s() - 60)) });
    await put('ancient', { expires_at: n(now_s() - 6 * 365 * 86_400) });
    await put('expired', { expires_at: n(now_s() - 60), allpk: s('expired'), allsk: s('x') });
    // Before it is enabled, and on AWS for up to some days after it, an expired item is read as any other.
    const before = await db.getItem({ TableName: table, Key: { pk: s('expired'), sk: s('x') }, ConsistentRead: true });
    expect(before.Item).toBeDefined();
    await db.updateTimeToLive({ TableName: table, TimeToLiveSpecification: { AttributeName: 'expires_at', Enabled: true } });
    if (target === 'AWS') return;
    const left = async () => {
      const { Items } = await db.scan({ TableName: table, ConsistentRead: true });
      return (Items ?? []).map((item) => item['pk']?.S).sort();
    };
    await expect.poll(left, { timeout: 8_000, interval: 100 }).toEqual(['ancient', 'later', 'none', 'text']);
    const index = {
      TableName: table,
      IndexName: 'all',
      KeyConditionExpression: 'allpk = :k',
      ExpressionAttributeValues: { ':k': s('expired') },
    };
    expect((await db.query(index)).Count).toBe(0);
  });
  behaviour(
    'expired items can be filtered out of what is read',
    'Working with expired items and time to live (TTL)',
    async ({ db, tables }) => {
      const TableName = tables.numbers;
      for (const [sk, at] of [
        [1, now_s() - 60],
        [2, now_s() + 3600],
      ] as const) {
        await db.putItem({ TableName, Item: { pk: s('filtered'), sk: n(sk), expires_at: n(at) } });
      }
      const { Items } = await db.query({
        TableName,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :p',
        FilterExpression: 'expires_at > :now',
        ExpressionAttributeValues: { ':p': s('filtered'), ':now': n(now_s()) },
      });
      expect(Items?.map((item) => item['sk']?.N)).toEqual(['2']);
    },
  );
});
