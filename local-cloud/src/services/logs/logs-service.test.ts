import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  DeleteLogStreamCommand,
  DeleteRetentionPolicyCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  ListTagsForResourceCommand,
  PutLogEventsCommand,
  PutLogGroupDeletionProtectionCommand,
  PutRetentionPolicyCommand,
  paginateFilterLogEvents,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT, REGION, startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { logStores } from './log-store.ts';
import { createLogs } from './logs-service.ts';

const DAY = 24 * 3_600_000;
let now = Date.UTC(2026, 10, 20, 12);
let test: TestCloud;
let logs: CloudWatchLogsClient;
let groups = 0;

beforeAll(async () => {
  test = await startTestCloud([createLogs], { clock: () => now });
  logs = new CloudWatchLogsClient(test.client);
});
afterAll(() => test.stop());

/** A log group of this test's own, with streams. */
async function newGroup(...streams: string[]): Promise<string> {
  const logGroupName = `/enstratus/devices/d${++groups}`;
  await logs.send(new CreateLogGroupCommand({ logGroupName }));
  for (const logStreamName of streams) await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
  return logGroupName;
}

/** Writes messages, one millisecond apart from `timestamp` on. */
async function put(logGroupName: string, messages: readonly string[], timestamp = now, logStreamName = 'status') {
  const logEvents = messages.map((message, index) => ({ timestamp: timestamp + index, message }));
  return logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
}

async function messagesOf(logGroupName: string): Promise<(string | undefined)[]> {
  const { events } = await logs.send(new FilterLogEventsCommand({ logGroupName }));
  return (events ?? []).map(({ message }) => message);
}

describe('log groups', () => {
  it('are made once, described and deleted', async () => {
    const logGroupName = await newGroup();
    await expect(logs.send(new CreateLogGroupCommand({ logGroupName }))).rejects.toMatchObject({
      name: 'ResourceAlreadyExistsException',
      message: 'The specified log group already exists',
    });
    const arn = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${logGroupName}`;
    const described = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: logGroupName }));
    expect(described.logGroups).toEqual([
      {
        logGroupName,
        arn: `${arn}:*`,
        logGroupArn: arn,
        creationTime: now,
        storedBytes: 0,
        metricFilterCount: 0,
        logGroupClass: 'STANDARD',
        deletionProtectionEnabled: false,
      },
    ]);
    const byPattern = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePattern: logGroupName.slice(3) }));
    expect(byPattern.logGroups).toEqual([{ logGroupName, arn: `${arn}:*`, creationTime: now }]);
    await logs.send(new DeleteLogGroupCommand({ logGroupName }));
    for (const gone of [new DeleteLogGroupCommand({ logGroupName }), new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 30 })])
      await expect(logs.send(gone as DeleteLogGroupCommand)).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
        message: 'The specified log group does not exist.',
      });
  });

  it('come in pages, also to who deletes page by page', async () => {
    const names = Array.from({ length: 7 }, (_, index) => `/paged/${index}`);
    for (const logGroupName of names) await logs.send(new CreateLogGroupCommand({ logGroupName }));
    const found: (string | undefined)[] = [];
    let nextToken: string | undefined;
    do {
      const page = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/paged/', limit: 3, nextToken }));
      found.push(...(page.logGroups ?? []).map(({ logGroupName }) => logGroupName));
      for (const { logGroupName } of page.logGroups ?? []) await logs.send(new DeleteLogGroupCommand({ logGroupName }));
      ({ nextToken } = page);
    } while (nextToken !== undefined);
    expect(found).toEqual(names);
  });

  it.each(['', 'aws/x', 'with space', 'a'.repeat(513)])('%j is no name', async (logGroupName) => {
    await expect(logs.send(new CreateLogGroupCommand({ logGroupName }))).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  it('keep tags, given at creation and later', async () => {
    const logGroupName = '/tagged';
    await logs.send(new CreateLogGroupCommand({ logGroupName, tags: { a: '1', b: '2' } }));
    const resourceArn = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${logGroupName}`;
    await logs.send(new TagResourceCommand({ resourceArn, tags: { b: '3', c: '4' } }));
    await logs.send(new UntagResourceCommand({ resourceArn, tagKeys: ['a'] }));
    expect((await logs.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toEqual({ b: '3', c: '4' });
  });

  it('with deletion protection stay', async () => {
    const logGroupName = '/protected';
    await logs.send(new CreateLogGroupCommand({ logGroupName, deletionProtectionEnabled: true }));
    await expect(logs.send(new DeleteLogGroupCommand({ logGroupName }))).rejects.toMatchObject({ name: 'ValidationException' });
    await logs.send(new PutLogGroupDeletionProtectionCommand({ logGroupIdentifier: logGroupName, deletionProtectionEnabled: false }));
    await logs.send(new DeleteLogGroupCommand({ logGroupName }));
  });

  it('of another class or with a key are named as not carried out', async () => {
    await expect(logs.send(new CreateLogGroupCommand({ logGroupName: '/k', kmsKeyId: 'arn' }))).rejects.toMatchObject({
      name: 'NotCarriedOut',
      message: expect.stringContaining('"kmsKeyId" of logs:CreateLogGroup'),
    });
  });
});

describe('log streams', () => {
  it('are described by name and by their last event', async () => {
    const logGroupName = await newGroup('b', 'a', 'ab');
    await put(logGroupName, ['x'], now - 5, 'b');
    await put(logGroupName, ['x', 'y'], now - 9, 'a');
    const names = async (options: object) =>
      (await logs.send(new DescribeLogStreamsCommand({ logGroupName, ...options }))).logStreams?.map(({ logStreamName }) => logStreamName);
    expect(await names({})).toEqual(['a', 'ab', 'b']);
    expect(await names({ descending: true, limit: 2 })).toEqual(['b', 'ab']);
    expect(await names({ logStreamNamePrefix: 'a' })).toEqual(['a', 'ab']);
    expect(await names({ orderBy: 'LastEventTime', descending: true })).toEqual(['b', 'a', 'ab']);
    await expect(names({ orderBy: 'LastEventTime', logStreamNamePrefix: 'a' })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    const { logStreams } = await logs.send(new DescribeLogStreamsCommand({ logGroupIdentifier: logGroupName, limit: 1 }));
    expect(logStreams).toEqual([
      {
        logStreamName: 'a',
        arn: `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${logGroupName}:log-stream:a`,
        creationTime: now,
        firstEventTimestamp: now - 9,
        lastEventTimestamp: now - 8,
        lastIngestionTime: now,
        storedBytes: 0,
      },
    ]);
  });

  it('are made once and take their events with them', async () => {
    const logGroupName = await newGroup('status', 'other');
    await expect(logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName: 'status' }))).rejects.toMatchObject({
      name: 'ResourceAlreadyExistsException',
    });
    await put(logGroupName, ['gone', 'too']);
    await put(logGroupName, ['stays'], now, 'other');
    await logs.send(new DeleteLogStreamCommand({ logGroupName, logStreamName: 'status' }));
    expect(await messagesOf(logGroupName)).toEqual(['stays']);
    const { logGroups } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: logGroupName }));
    expect(logGroups?.[0]?.storedBytes).toBe(5 + 26);
    await expect(put(logGroupName, ['x'])).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'The specified log stream does not exist.',
    });
  });
});

describe('PutLogEvents', () => {
  it('says which events it refused, and stores the others', async () => {
    const logGroupName = await newGroup('status');
    const logEvents = [-15 * DAY, -DAY / 2, 0, 3 * 3_600_000].map((offset) => ({ timestamp: now + offset, message: String(offset) }));
    const answer = await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName: 'status', logEvents }));
    expect(answer.rejectedLogEventsInfo).toEqual({ tooOldLogEventEndIndex: 1, tooNewLogEventStartIndex: 3 });
    expect(answer.nextSequenceToken).toMatch(/^\d{56}$/);
    expect(await messagesOf(logGroupName)).toEqual([String(-DAY / 2), '0']);
  });

  it('refuses a batch out of order as a whole', async () => {
    const logGroupName = await newGroup('status');
    const logEvents = [now, now - 1].map((timestamp) => ({ timestamp, message: 'm' }));
    await expect(logs.send(new PutLogEventsCommand({ logGroupName, logStreamName: 'status', logEvents }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    expect(await messagesOf(logGroupName)).toEqual([]);
  });

  it('keeps any text as it is', async () => {
    const logGroupName = await newGroup('status');
    const messages = ['{"a":"é😀\\u0000"}', ' spaces ', 'two\nlines', 'nul\0inside'];
    await put(logGroupName, messages);
    expect(await messagesOf(logGroupName)).toEqual(messages);
  });

  it('is counted for the bill', async () => {
    const usage = () => logStores(test.cloud)({ account: ACCOUNT, region: REGION }).usage();
    const logGroupName = await newGroup('status');
    const before = usage();
    await put(logGroupName, ['12345', '67890']);
    expect(usage().ingested_bytes - before.ingested_bytes).toBe(2 * (5 + 26));
    expect(usage().stored_bytes - before.stored_bytes).toBe(2 * (5 + 26));
  });
});

describe('GetLogEvents', () => {
  it('reads forward to the end, where the token stays the same until something new comes', async () => {
    const logGroupName = await newGroup('status');
    await put(logGroupName, ['1', '2', '3', '4', '5']);
    const read = async (nextToken?: string) => {
      const page = await logs.send(
        new GetLogEventsCommand({ logGroupName, logStreamName: 'status', startFromHead: true, limit: 2, nextToken }),
      );
      return { texts: page.events?.map(({ message }) => message), next: page.nextForwardToken, back: page.nextBackwardToken };
    };
    const first = await read();
    const second = await read(first.next);
    const third = await read(second.next);
    expect([first.texts, second.texts, third.texts]).toEqual([['1', '2'], ['3', '4'], ['5']]);
    const end = await read(third.next);
    expect(end).toMatchObject({ texts: [], next: third.next });
    expect((await read(end.back)).texts).toEqual(['4', '5']);
    await put(logGroupName, ['6'], now + 10);
    expect((await read(end.next)).texts).toEqual(['6']);
  });

  it('reads the latest first page by default, and backward from there', async () => {
    const logGroupName = await newGroup('status');
    await put(logGroupName, ['1', '2', '3']);
    const read = async (nextToken?: string) =>
      logs.send(new GetLogEventsCommand({ logGroupIdentifier: logGroupName, logStreamName: 'status', limit: 2, nextToken }));
    const latest = await read();
    expect(latest.events?.map(({ message }) => message)).toEqual(['2', '3']);
    const older = await read(latest.nextBackwardToken);
    expect(older.events?.map(({ message }) => message)).toEqual(['1']);
    const start = await read(older.nextBackwardToken);
    expect(start).toMatchObject({ events: [], nextBackwardToken: older.nextBackwardToken });
    expect((await read(start.nextForwardToken)).events?.map(({ message }) => message)).toEqual(['1', '2']);
  });

  it('has its start inclusive, its end exclusive and its tokens of one form', async () => {
    const logGroupName = await newGroup('status');
    await put(logGroupName, ['1', '2', '3']);
    const page = await logs.send(new GetLogEventsCommand({ logGroupName, logStreamName: 'status', startTime: now + 1, endTime: now + 2 }));
    expect(page.events).toEqual([{ timestamp: now + 1, message: '2', ingestionTime: now }]);
    await expect(logs.send(new GetLogEventsCommand({ logGroupName, logStreamName: 'status', nextToken: 'x' }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });

  it('ends a page at 1 MiB', async () => {
    const logGroupName = await newGroup('status');
    for (const at of [0, 1, 2]) await put(logGroupName, [String(at).repeat(600_000)], now + at);
    const page = await logs.send(new GetLogEventsCommand({ logGroupName, logStreamName: 'status', startFromHead: true }));
    expect(page.events?.map(({ message }) => message?.[0])).toEqual(['0']);
  });
});

describe('FilterLogEvents', () => {
  it('merges streams by time, in pages, with ids that tell events apart', async () => {
    const logGroupName = await newGroup('a', 'b', 'c');
    await put(logGroupName, ['1', '3'].map(String), now, 'a');
    await put(logGroupName, ['2'], now, 'b');
    await put(logGroupName, ['4'], now + 5, 'c');
    const seen: [string | undefined, string | undefined][] = [];
    const ids = new Set<string | undefined>();
    for await (const page of paginateFilterLogEvents({ client: logs, pageSize: 1 }, { logGroupName })) {
      for (const event of page.events ?? []) {
        seen.push([event.logStreamName, event.message]);
        ids.add(event.eventId);
      }
    }
    expect(seen).toEqual([
      ['a', '1'],
      ['b', '2'],
      ['a', '3'],
      ['c', '4'],
    ]);
    expect(ids.size).toBe(4);
    const some = async (options: object) => {
      const { events } = await logs.send(new FilterLogEventsCommand({ logGroupName, ...options }));
      return events?.map(({ message }) => message);
    };
    expect(await some({ logStreamNames: ['b', 'c'] })).toEqual(['2', '4']);
    expect(await some({ logStreamNamePrefix: 'a' })).toEqual(['1', '3']);
    expect(await some({ startTime: now + 1, endTime: now + 5 })).toEqual(['3', '4']);
    expect(await some({ startTime: now, startFromHead: false, limit: 2 })).toEqual(['4', '3']);
    expect(await some({ filterPattern: '-3 -4' })).toEqual(['1', '2']);
    await expect(some({ logStreamNames: ['b'], logStreamNamePrefix: 'a' })).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(some({ logStreamNames: ['nobody'] })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(some({ startFromHead: false })).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  it('finds JSON documents by their fields, also behind many others', async () => {
    const logGroupName = await newGroup('status');
    for (let batch = 0; batch < 6; batch++)
      await put(
        logGroupName,
        Array.from({ length: 10_000 }, (_, seq) => JSON.stringify({ seq: batch * 10_000 + seq })),
        now + batch * 10_000,
      );
    const found: (string | undefined)[] = [];
    let pages = 0;
    for await (const page of paginateFilterLogEvents(
      { client: logs },
      { logGroupName, filterPattern: '{ $.seq >= 59999 || $.seq = 0 }' },
    )) {
      found.push(...(page.events ?? []).map(({ message }) => message));
      pages++;
    }
    expect(found).toEqual(['{"seq":0}', '{"seq":59999}']);
    expect(pages).toBeGreaterThan(1);
  });
});

describe('retention', () => {
  it('hides what is expired at once, and the sweep frees it', async () => {
    const logGroupName = await newGroup('status');
    await put(logGroupName, ['old'], now - 2 * DAY);
    await put(logGroupName, ['new']);
    await logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 1 }));
    expect(await messagesOf(logGroupName)).toEqual(['new']);
    const answer = await put(logGroupName, ['late'], now - DAY - 1);
    expect(answer.rejectedLogEventsInfo).toEqual({ expiredLogEventEndIndex: 1 });
    const store = logStores(test.cloud)({ account: ACCOUNT, region: REGION });
    expect(store.sweep()).toBe(1);
    expect(store.group(logGroupName)).toMatchObject({ retention_days: 1, stored_bytes: 3 + 26 });
    await logs.send(new DeleteRetentionPolicyCommand({ logGroupName }));
    expect(await messagesOf(logGroupName)).toEqual(['new']);
    await expect(logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 2 }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });
});

it('accounts and regions are apart', async () => {
  const logGroupName = await newGroup('status');
  for (const other of [{ region: 'eu-west-1' }, { credentials: { accessKeyId: '999999999999', secretAccessKey: 'any' } }]) {
    const client = new CloudWatchLogsClient({ ...test.client, ...other });
    const { logGroups } = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: logGroupName }));
    expect(logGroups).toEqual([]);
  }
  const foreign = `arn:aws:logs:${REGION}:999999999999:log-group:${logGroupName}`;
  await expect(logs.send(new FilterLogEventsCommand({ logGroupIdentifier: foreign }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});

it('everything is there after a restart, and new events come behind the old', async () => {
  const first = await startTestCloud([createLogs], { clock: () => now });
  try {
    const group = { logGroupName: '/kept', logStreamName: 'status' };
    let client = new CloudWatchLogsClient(first.client);
    await client.send(new CreateLogGroupCommand({ logGroupName: group.logGroupName, tags: { a: 'b' } }));
    await client.send(new CreateLogStreamCommand(group));
    await client.send(new PutLogEventsCommand({ ...group, logEvents: [{ timestamp: now, message: 'before' }] }));
    now += 1000;
    const second = await first.restart();
    try {
      client = new CloudWatchLogsClient(second.client);
      await client.send(new PutLogEventsCommand({ ...group, logEvents: [{ timestamp: now - 1000, message: 'after' }] }));
      const { events } = await client.send(new FilterLogEventsCommand({ logGroupName: group.logGroupName }));
      expect(events?.map(({ message }) => message)).toEqual(['before', 'after']);
      expect(new Set(events?.map(({ eventId }) => eventId)).size).toBe(2);
    } finally {
      await second.stop();
    }
  } finally {
    now -= 1000;
  }
});
