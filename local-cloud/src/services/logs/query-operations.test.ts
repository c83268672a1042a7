import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DescribeQueriesCommand,
  GetLogRecordCommand,
  GetQueryResultsCommand,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
  StartQueryCommand,
  type StartQueryCommandInput,
  StopQueryCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ACCOUNT, REGION, startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { logStores } from './log-store.ts';
import { createLogs } from './logs-service.ts';

const NOW = Date.UTC(2026, 10, 20, 12);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const GROUPS = ['/enstratus/devices/d1', '/enstratus/devices/d2'] as const;
let clock = NOW - 49 * HOUR;
let test: TestCloud;
let logs: CloudWatchLogsClient;

/** What a controller says every minute for 48 hours. */
function statusDocuments(group: number) {
  return Array.from({ length: 48 * 60 }, (_, seq) => ({
    timestamp: NOW - 48 * HOUR + seq * MINUTE,
    message: JSON.stringify({
      boot_id: 7,
      seq,
      run_state: seq % 3 === 0 ? 'grid' : 'solar',
      dc_bus_v: 540,
      solar_w: (seq % 60) * 50 + group,
      motor_hz: 48.5,
    }),
  }));
}

beforeAll(async () => {
  test = await startTestCloud([createLogs], { clock: () => clock });
  logs = new CloudWatchLogsClient(test.client);
  for (const logGroupName of GROUPS) {
    await logs.send(new CreateLogGroupCommand({ logGroupName }));
    await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName: 'status' }));
  }
  clock = NOW;
  for (const [index, logGroupName] of GROUPS.entries()) {
    const events = statusDocuments(index);
    for (let day = 0; day < 2; day++)
      await logs.send(
        new PutLogEventsCommand({ logGroupName, logStreamName: 'status', logEvents: events.slice(day * 1440, (day + 1) * 1440) }),
      );
  }
});
afterAll(() => test.stop());

type Wanted = Partial<StartQueryCommandInput> & { queryString: string };

async function start(wanted: Wanted, client = logs): Promise<string> {
  const from = wanted.logGroupNames ?? wanted.logGroupIdentifiers ?? wanted.logGroupName;
  const { queryId } = await client.send(
    new StartQueryCommand({
      startTime: (NOW - 48 * HOUR) / 1000,
      endTime: NOW / 1000,
      ...(from === undefined ? { logGroupName: GROUPS[0] } : {}),
      ...wanted,
    }),
  );
  return queryId ?? '';
}

async function finished(queryId: string, client = logs) {
  return vi.waitFor(
    async () => {
      const answer = await client.send(new GetQueryResultsCommand({ queryId }));
      expect(answer.status).toBe('Complete');
      return answer;
    },
    { timeout: 10_000, interval: 5 },
  );
}

async function rowsOf(wanted: Wanted) {
  const { results } = await finished(await start(wanted));
  return (results ?? []).map((row) => Object.fromEntries(row.map(({ field, value }) => [field, value])));
}

describe('a query', () => {
  it('has its rows, its statistics and its metered bytes', async () => {
    const before = logStores(test.cloud)({ account: ACCOUNT, region: REGION }).usage();
    const answer = await finished(
      await start({ queryString: 'filter run_state = "solar" | stats avg(solar_w) by bin(5m) | sort bin(5m) asc' }),
    );
    expect(answer.results).toHaveLength(576);
    expect(answer.results?.[0]).toEqual([
      { field: 'bin(5m)', value: '2026-11-18 12:00:00.000' },
      { field: 'avg(solar_w)', value: '116.6667' },
    ]);
    expect(answer.statistics).toMatchObject({ recordsMatched: 1920, recordsScanned: 2880, logGroupsScanned: 1, resultCount: 576 });
    const bytes = statusDocuments(0).reduce((sum, { message }) => sum + message.length + 26, 0);
    expect(answer.statistics?.bytesScanned).toBe(bytes);
    expect(logStores(test.cloud)({ account: ACCOUNT, region: REGION }).usage().scanned_bytes - before.scanned_bytes).toBe(bytes);
  });

  it('over several groups is one sequence, newest first', async () => {
    const rows = await rowsOf({ queryString: 'fields @log, seq | limit 3', logGroupNames: [...GROUPS] });
    const places = rows.map((row) => `${row['@log']} ${row['seq']}`);
    expect(places.toSorted()).toEqual([`${ACCOUNT}:${GROUPS[0]} 2878`, `${ACCOUNT}:${GROUPS[0]} 2879`, `${ACCOUNT}:${GROUPS[1]} 2879`]);
    expect(rows[2]?.['seq']).toBe('2878');
    const logGroupIdentifiers = GROUPS.map((name) => `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${name}`);
    expect(await rowsOf({ queryString: 'stats count(*) as n, max(solar_w) as m', logGroupIdentifiers })).toEqual([
      { n: '5760', m: '2951' },
    ]);
  });

  it('includes the seconds at both ends of its range', async () => {
    const [startTime, endTime] = [(NOW - 10 * MINUTE) / 1000, (NOW - 5 * MINUTE) / 1000];
    expect(await rowsOf({ queryString: 'stats count(*) as n', startTime, endTime })).toEqual([{ n: '6' }]);
    expect(await rowsOf({ queryString: 'stats count(*) as n', startTime: startTime + 1, endTime: endTime - 1 })).toEqual([{ n: '4' }]);
  });

  it('leads by @ptr to the whole event', async () => {
    const [row] = await rowsOf({ queryString: 'fields seq | filter seq = 100' });
    const { logRecord } = await logs.send(new GetLogRecordCommand({ logRecordPointer: row?.['@ptr'] }));
    expect(logRecord).toMatchObject({
      '@ptr': row?.['@ptr'],
      '@log': `${ACCOUNT}:${GROUPS[0]}`,
      '@logStream': 'status',
      '@timestamp': String(NOW - 48 * HOUR + 100 * MINUTE),
      '@message': statusDocuments(0)[100]?.message,
      seq: '100',
      motor_hz: '48.5',
    });
    await expect(logs.send(new GetLogRecordCommand({ logRecordPointer: 'eA==' }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });

  it('has more rows than one answer takes', async () => {
    const queryId = await start({ queryString: 'fields seq | sort seq asc' });
    await finished(queryId);
    const first = await logs.send(new GetQueryResultsCommand({ queryId, maxItems: 2000 }));
    const second = await logs.send(new GetQueryResultsCommand({ queryId, maxItems: 2000, nextToken: first.nextToken }));
    expect([first.results?.length, second.results?.length, second.nextToken]).toEqual([2000, 880, undefined]);
    expect(second.results?.[0]?.[0]).toEqual({ field: 'seq', value: '2000' });
  });

  it('over 48 hours of minutes takes well under a second of computing', async () => {
    const before = process.cpuUsage();
    await rowsOf({ queryString: 'stats avg(solar_w), max(motor_hz), count(*) by bin(5m), run_state' });
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(1000);
  });
});

describe('StartQuery refuses', () => {
  const range = { startTime: NOW / 1000 - 60, endTime: NOW / 1000 };
  it.each([
    ['a malformed query', { queryString: 'stats' }, 'MalformedQueryException', 'end of query'],
    [
      'an unknown group',
      { queryString: 'fields a', logGroupName: '/nowhere' },
      'ResourceNotFoundException',
      "Log group '/nowhere' does not exist",
    ],
    [
      'two ways to name groups',
      { queryString: 'fields a', logGroupName: GROUPS[0], logGroupNames: [GROUPS[0]] },
      'InvalidParameterException',
      'Exactly one',
    ],
    [
      'a range that ends before it begins',
      { queryString: 'fields a', endTime: range.startTime - 1 },
      'MalformedQueryException',
      'End time',
    ],
    ['a range in milliseconds', { queryString: 'fields a', endTime: NOW }, 'InvalidParameterException', 'seconds'],
    [
      'a range before the group was made',
      { queryString: 'fields a', startTime: 1, endTime: 2 },
      'MalformedQueryException',
      'creation time',
    ],
    ['another language', { queryString: 'select 1', queryLanguage: 'SQL' as const }, 'ValidationException', 'queryLanguage'],
  ])('%s', async (_name, wanted, name, message) => {
    await expect(start({ ...range, ...wanted })).rejects.toMatchObject({ name, message: expect.stringContaining(message) });
  });

  it('and tells where a malformed query goes wrong', async () => {
    await expect(start({ queryString: 'fields a | filtr b' })).rejects.toMatchObject({
      name: 'MalformedQueryException',
      queryCompileError: { location: { startCharOffset: 11, endCharOffset: 16 }, message: expect.stringContaining('filtr') },
    });
  });

  it('a range that retention has expired', async () => {
    await logs.send(new PutRetentionPolicyCommand({ logGroupName: GROUPS[1], retentionInDays: 30 }));
    const wanted = {
      queryString: 'fields a',
      logGroupName: GROUPS[1],
      startTime: NOW / 1000 - 40 * 86_400,
      endTime: NOW / 1000 - 31 * 86_400,
    };
    await expect(start(wanted)).rejects.toMatchObject({ name: 'MalformedQueryException' });
  });
});

describe('a running query', () => {
  it('can be stopped, a finished one can not', async () => {
    const call = (operation: string, input: object) =>
      test.cloud.call<{ queryId: string; success: boolean; status: string }>('logs', operation, input, test.caller());
    const wanted = { queryString: 'fields seq', logGroupName: GROUPS[0], startTime: 1, endTime: NOW / 1000 };
    const { queryId } = await call('StartQuery', wanted);
    expect(await call('GetQueryResults', { queryId })).toMatchObject({ status: expect.stringMatching(/Scheduled|Running/), results: [] });
    expect(await call('StopQuery', { queryId })).toEqual({ success: true });
    expect(await call('GetQueryResults', { queryId })).toMatchObject({ status: 'Cancelled', results: [] });
    await expect(logs.send(new StopQueryCommand({ queryId }))).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(logs.send(new StopQueryCommand({ queryId: 'none' }))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    const { queries } = await logs.send(new DescribeQueriesCommand({ status: 'Cancelled' }));
    expect(queries).toEqual([
      expect.objectContaining({
        queryId,
        queryString: 'fields seq',
        logGroupName: GROUPS[0],
        status: 'Cancelled',
        userIdentity: `arn:aws:iam::${ACCOUNT}:root`,
      }),
    ]);
  });
});

it('queries and their results outlast a restart, and what was running is run again', async () => {
  const first = await startTestCloud([createLogs], { clock: () => NOW });
  const client = new CloudWatchLogsClient(first.client);
  await client.send(new CreateLogGroupCommand({ logGroupName: '/kept' }));
  await client.send(new CreateLogStreamCommand({ logGroupName: '/kept', logStreamName: 's' }));
  await client.send(
    new PutLogEventsCommand({ logGroupName: '/kept', logStreamName: 's', logEvents: [{ timestamp: NOW, message: '{"a":5}' }] }),
  );
  const wanted = { queryString: 'stats sum(a) as s', logGroupName: '/kept', startTime: NOW / 1000, endTime: NOW / 1000 };
  const done = await start(wanted, client);
  await finished(done, client);
  const cut = await first.cloud.call<{ queryId: string }>('logs', 'StartQuery', wanted, first.caller());
  const second = await first.restart();
  try {
    const again = new CloudWatchLogsClient(second.client);
    for (const queryId of [done, cut.queryId]) expect((await finished(queryId, again)).results).toEqual([[{ field: 's', value: '5' }]]);
  } finally {
    await second.stop();
  }
});
