import { describe, expect, it } from 'vitest';
import { MalformedQuery } from './malformed-query.ts';
import { QueryRun } from './query-run.ts';

const START = Date.UTC(2026, 10, 20, 10);
const MINUTE = 60_000;

/** Runs a query over messages that came a minute apart, the first one first; rows as `name: value`, without @ptr. */
function run(query: string, messages: readonly unknown[], options: { log?: string; limit?: number } = {}): Record<string, string>[] {
  const started = new QueryRun(query, { now_ms: START + 3_600_500, limit: options.limit });
  for (const [index, message] of [...messages.entries()].toReversed()) {
    started.add({
      timestamp_ms: START + index * MINUTE,
      ingested_ms: START + index * MINUTE + 250,
      message: typeof message === 'string' ? message : JSON.stringify(message),
      logStream: 'status',
      log: options.log ?? '111122223333:/enstratus/devices/d1',
      pointer: `p${index}`,
    });
  }
  return started
    .results()
    .map((row) => Object.fromEntries(row.filter(({ field }) => field !== '@ptr').map(({ field, value }) => [field, value])));
}

const DEVICE = [
  { boot_id: 7, seq: 1, run_state: 'solar', solar_w: 3200, motor_hz: 48.5, cell: { rsrp: -91, bands: [2, 12] } },
  { boot_id: 7, seq: 2, run_state: 'solar', solar_w: 3100, motor_hz: 48 },
  { boot_id: 7, seq: 2, run_state: 'solar', solar_w: 3100, motor_hz: 48 },
  { boot_id: 7, seq: 3, run_state: 'grid', solar_w: 0, motor_hz: 50, fault: 'E7' },
  { boot_id: 8, seq: 1, run_state: 'off', solar_w: 101, motor_hz: 0, on: false },
  'not JSON',
];

describe('what a query returns', () => {
  it('is @timestamp, @message and @ptr of the newest events first when it names no field', () => {
    const query = new QueryRun('filter boot_id = 8', { now_ms: START });
    query.add({ timestamp_ms: START, ingested_ms: START, message: '{"boot_id":8}', logStream: 's', log: 'l', pointer: 'p1' });
    expect(query.results()).toEqual([
      [
        { field: '@timestamp', value: '2026-11-20 10:00:00.000' },
        { field: '@message', value: '{"boot_id":8}' },
        { field: '@ptr', value: 'p1' },
      ],
    ]);
  });

  const cases: readonly (readonly [name: string, query: string, rows: readonly Record<string, string>[]])[] = [
    [
      'fields, newest first, missing ones left out',
      'fields seq, fault | filter boot_id = 7',
      [{ seq: '3', fault: 'E7' }, { seq: '2' }, { seq: '2' }, { seq: '1' }],
    ],
    ['several fields commands together', 'fields seq | fields run_state as state | limit 1', [{}]],
    ['the last display only', 'fields seq, boot_id | display boot_id | display seq | filter seq = 3', [{ seq: '3' }]],
    [
      'nested fields and elements of lists',
      'filter ispresent(cell.rsrp) | fields cell.rsrp, cell.bands.1, cell.bands[0] as first',
      [{ 'cell.rsrp': '-91', 'cell.bands.1': '12', first: '2' }],
    ],
    ['an object is no field itself', 'fields cell, seq | filter cell.rsrp < 0', [{ seq: '1' }]],
    [
      'system fields',
      'fields @logStream, @log, @ingestionTime | filter seq = 3',
      [{ '@logStream': 'status', '@log': '111122223333:/enstratus/devices/d1', '@ingestionTime': '2026-11-20 10:03:00.250' }],
    ],
    ['backticks', 'fields `run_state` as `the state` | filter `seq` = 3', [{ 'the state': 'grid' }]],
    ['commands and words in any case', 'FIELDS seq AS s | FILTER seq = 3 | SORT s DESC | LIMIT 5', [{ s: '3' }]],
    ['comments and lines', '# the newest\nfields seq # of all\n# | filter seq = 99\n| filter seq = 3\n', [{ seq: '3' }]],

    [
      'dedup: the newest of equals stays',
      'fields @timestamp, seq | filter boot_id = 7 | dedup boot_id, seq',
      [
        { '@timestamp': '2026-11-20 10:03:00.000', seq: '3' },
        { '@timestamp': '2026-11-20 10:02:00.000', seq: '2' },
        { '@timestamp': '2026-11-20 10:00:00.000', seq: '1' },
      ],
    ],
    [
      'dedup: what lacks the field stays',
      'fields seq | dedup fault',
      [{}, { seq: '1' }, { seq: '3' }, { seq: '2' }, { seq: '2' }, { seq: '1' }],
    ],
    [
      'dedup in the order of sort',
      'fields @timestamp | filter seq = 2 | sort @timestamp asc | dedup seq | limit 1',
      [{ '@timestamp': '2026-11-20 10:01:00.000' }],
    ],
    [
      'sort by several keys',
      'fields boot_id as b, seq as s | filter b > 0 | sort b desc, s asc',
      [
        { b: '8', s: '1' },
        { b: '7', s: '1' },
        { b: '7', s: '2' },
        { b: '7', s: '2' },
        { b: '7', s: '3' },
      ],
    ],
    [
      'sort ascends unless told otherwise',
      'fields solar_w | filter ispresent(seq) | sort solar_w | limit 2',
      [{ solar_w: '0' }, { solar_w: '101' }],
    ],

    [
      'a mean in bins of five minutes',
      'stats avg(solar_w) by bin(5m)',
      [{ 'bin(5m)': '2026-11-20 10:05:00.000' }, { 'bin(5m)': '2026-11-20 10:00:00.000', 'avg(solar_w)': '1900.2' }],
    ],
    [
      'every aggregation',
      'stats count(*), count() as n, count(fault), count_distinct(seq), sum(solar_w), min(solar_w), max(solar_w)',
      [
        {
          'count(*)': '6',
          n: '6',
          'count(fault)': '1',
          'count_distinct(seq)': '3',
          'sum(solar_w)': '9501',
          'min(solar_w)': '0',
          'max(solar_w)': '3200',
        },
      ],
    ],
    [
      'deviation, percentiles, median',
      'stats stddev(motor_hz) as d, pct(motor_hz, 25) as q, median(motor_hz) as m, pct(motor_hz, 100) as x',
      [{ d: '19.4638', q: '48', m: '48', x: '50' }],
    ],
    [
      'first and last, by time and by order',
      'stats earliest(run_state) as e, latest(run_state) as l, sortsFirst(run_state) as f, sortsLast(run_state) as z',
      [{ e: 'solar', l: 'off', f: 'grid', z: 'solar' }],
    ],
    ['four decimals at most', 'stats avg(seq) as mean, avg(motor_hz) / 3 as third', [{ mean: '1.8', third: '12.9667' }]],
    [
      'arithmetic on aggregations and with groups',
      'stats max(solar_w) - min(solar_w) as span, boot_id * count(*) as weighed by boot_id | filter boot_id > 0 | sort boot_id asc',
      [
        { boot_id: '7', span: '3200', weighed: '28' },
        { boot_id: '8', span: '0', weighed: '8' },
      ],
    ],
    [
      'groups by expressions, the missing one too',
      'stats count(*) as n by ispresent(seq) as known, boot_id = 7 as seven | sort n desc',
      [
        { known: '1', seven: '1', n: '4' },
        { known: '0', seven: '0', n: '1' },
        { known: '1', seven: '0', n: '1' },
      ],
    ],
    ['a group whose field is missing', 'stats count(*) as n by fault | sort n asc', [{ fault: 'E7', n: '1' }, { n: '5' }]],
    [
      'sorting by a column without an alias',
      'stats count(*) by run_state | sort count(*) desc, run_state asc | limit 2',
      [{ run_state: 'solar', 'count(*)': '3' }, { 'count(*)': '1' }],
    ],
    [
      'sorting by the bin',
      'stats count(*) as n by bin(2m) | sort bin(2m) asc',
      [
        { 'bin(2m)': '2026-11-20 10:00:00.000', n: '2' },
        { 'bin(2m)': '2026-11-20 10:02:00.000', n: '2' },
        { 'bin(2m)': '2026-11-20 10:04:00.000', n: '2' },
      ],
    ],
    ['two stats', 'stats max(solar_w) as top by bin(1m) | stats avg(top) as mean, count(*) as bins', [{ mean: '1900.2', bins: '6' }]],
    [
      'bin in the second stats over a kept @timestamp',
      'stats sum(seq) as s by @timestamp | stats sum(s) as total by bin(3m) | sort total desc',
      [
        { 'bin(3m)': '2026-11-20 10:00:00.000', total: '5' },
        { 'bin(3m)': '2026-11-20 10:03:00.000', total: '4' },
      ],
    ],
    ['filters behind stats', 'stats count(*) as n by run_state | filter n > 2', [{ run_state: 'solar', n: '3' }]],
    ['an aggregation of nothing', 'filter seq = 99 | stats count(*) as n, avg(seq) as a', [{ n: '0' }]],
    ['no group of nothing', 'filter seq = 99 | stats count(*) by seq', []],

    ['like with a text, case sensitive', 'filter run_state like "sol" and not run_state like "SOL" | stats count(*) as n', [{ n: '3' }]],
    ['like with an expression', 'filter run_state like /^(?i)SOLAR$/ | stats count(*) as n', [{ n: '3' }]],
    ['=~ and single quotes', "filter @message =~ /not \\w+/ or run_state =~ 'gri' | stats count(*) as n", [{ n: '2' }]],
    ['flags within an expression', 'filter run_state like /s(?i)OL/ | stats count(*) as n', [{ n: '3' }]],
    ['not like keeps what lacks the field', 'filter run_state not like /o/ | stats count(*) as n', [{ n: '2' }]],
    ['in and not in', 'filter seq in [1, "3"] and run_state not in ["off"] | stats count(*) as n', [{ n: '2' }]],
    ['comparisons', 'filter solar_w >= 101 and solar_w < 3200 and motor_hz != 48 | fields seq', [{ seq: '1' }]],
    ['and before or, not before and', 'filter seq = 3 or seq = 1 and not boot_id = 7 | stats count(*) as n', [{ n: '2' }]],
    ['!= is true of a missing field', 'filter fault != "E7" | stats count(*) as n', [{ n: '5' }]],
    ['a number and its text are equal', 'filter seq = "3" and run_state = "grid" | stats count(*) as n', [{ n: '1' }]],
    ['booleans', 'filter on = 0 and on = false | fields on', [{ on: '0' }]],

    [
      'a glob',
      'filter @message not like "{" | parse @message "* JSON" as what',
      [{ '@timestamp': '2026-11-20 10:05:00.000', '@message': 'not JSON', what: 'not' }],
    ],
    ['what parse finds is a number when it reads as one', 'parse \'"seq":*,\' as s | filter s > 2 | display s', [{ s: '3' }]],
    [
      'named groups',
      'parse @message /"boot_id":(?<boot>\\d+),"seq":(?<s>\\d+)/ | stats max(s) as top by boot | sort boot desc | limit 1',
      [{ boot: '8', top: '1' }],
    ],
    [
      'parse of a field that a parse found',
      'parse @message "run_state\\":\\"*\\"" as state | parse state /(?<start>^..)/ | filter start = "gr" | display start',
      [{ start: 'gr' }],
    ],
  ];
  it.each(cases)('%s', (_name, query, rows) => {
    expect(run(query, DEVICE)).toEqual(rows);
  });

  it('holds ten thousand rows unless the query or the request says otherwise', () => {
    const many = Array.from({ length: 10_001 }, (_, seq) => ({ seq }));
    expect(run('fields seq', many)).toHaveLength(10_000);
    expect(run('fields seq', many, { limit: 7 })).toHaveLength(7);
    expect(run('fields seq | limit 9', many, { limit: 7 })).toHaveLength(9);
  });

  it('sorts naturally: text before numbers, digits by their count', () => {
    const words = ['3', 'a12345hfh', '5A', '@_', '#', '0', '111A', 'A', '2345_', '1', 'A9876fghj', '!', '*%04', '@', '0#', '2'];
    const sorted = ['!', '#', '*%04', '0#', '5A', '111A', '2345_', '@', '@_', 'A', 'A9876fghj', 'a12345hfh', '0', '1', '2', '3'];
    const rows = (direction: string) =>
      run(
        `fields w | sort w ${direction}`,
        words.map((w) => ({ w })),
      ).map(({ w }) => w);
    expect(rows('asc')).toEqual(sorted);
    expect(rows('desc')).toEqual(sorted.toReversed());
  });
});

describe('a function', () => {
  it.each([
    ['abs(-3)', '3'],
    ['ceil(1.2)', '2'],
    ['floor(-1.2)', '-2'],
    ['greatest(1, 7, 3)', '7'],
    ['least(4, "2", 3)', '2'],
    ['log(1)', '0'],
    ['sqrt(2)', '1.4142'],
    ['2 ^ 3 ^ 2', '512'],
    ['10 % 3', '1'],
    ['1 + 2 * 3 - 4 / 2', '5'],
    ['(1 + 2) * -3', '-9'],
    ['1 / 0', undefined],
    ['missing + 1', undefined],
    ['isempty(missing)', '1'],
    ['isempty(word)', '0'],
    ['isblank("  ")', '1'],
    ['ispresent(missing)', '0'],
    ['coalesce(missing, word)', 'xyZfooxyZ'],
    ["concat(word, '-', n)", 'xyZfooxyZ-12.5'],
    ['ltrim(word, "xyZ")', 'fooxyZ'],
    ['rtrim(word, "xyZ")', 'xyZfoo'],
    ['trim(word, "xyZ")', 'foo'],
    ['trim("  a ")', 'a'],
    ['strlen("añ😀")', '3'],
    ['toupper(word)', 'XYZFOOXYZ'],
    ['tolower(word)', 'xyzfooxyz'],
    ['substr(word, 3)', 'fooxyZ'],
    ['substr(word, 3, 3)', 'foo'],
    ['replace("foo", "o", "0")', 'f00'],
    ['replace("a.b", ".", "$&")', 'a$&b'],
    ['strcontains(word, "foo")', '1'],
    ['strcontains(word, "bar")', '0'],
    ['datefloor(@timestamp, 1h)', '2026-11-20 10:00:00.000'],
    ['dateceil(@timestamp, 1h)', '2026-11-20 11:00:00.000'],
    ['datefloor(@timestamp, 1mo)', '2026-11-01 00:00:00.000'],
    ['dateceil(@timestamp, 1q)', '2027-01-01 00:00:00.000'],
    ['datefloor(@timestamp, 1y)', '2026-01-01 00:00:00.000'],
    ['bin(30s)', '2026-11-20 10:01:00.000'],
    ['bin(2hrs)', '2026-11-20 10:00:00.000'],
    ['bin(1d)', '2026-11-20 00:00:00.000'],
    ['fromMillis(0)', '1970-01-01 00:00:00.000'],
    ['toMillis(@timestamp)', String(START + MINUTE)],
    ['now()', String(START / 1000 + 3600)],
    ['jsonParse(inner).a', undefined],
    ['jsonStringify(jsonParse(inner))', '{"a":{"b.c":[5,6]}}'],
    ['isValidIp("::1")', '1'],
    ['isValidIpV4("::1")', '0'],
    ['isValidIpV6("fe80::1")', '1'],
    ['isIpInSubnet("192.0.2.9", "192.0.2.0/24")', '1'],
    ['isIpv4InSubnet("192.0.3.9", "192.0.2.0/24")', '0'],
    ['isIpv6InSubnet("2001:db8::7", "2001:db8::/32")', '1'],
    ['isIpInSubnet("::1", "192.0.2.0/24")', '0'],
  ])('%s is %s', (expression, value) => {
    const compute = () => run(`fields ${expression} as v | limit 1`, [{}, { word: 'xyZfooxyZ', n: 12.5, inner: '{"a":{"b.c":[5,6]}}' }]);
    if (expression.includes(').')) expect(compute).toThrow(MalformedQuery);
    else expect(compute()).toEqual([value === undefined ? {} : { v: value }]);
  });

  it('jsonParse makes a structure whose parts have names', () => {
    const message = { inner: '{"a":{"b.c":[5,6]}}' };
    expect(run('fields jsonParse(inner) as j | display j.a.`b.c`[1] as x, j', [message])).toEqual([{ x: '6', j: '{"a":{"b.c":[5,6]}}' }]);
  });
});

describe('fields of a Lambda function’s log', () => {
  const lambda = { log: '111122223333:/aws/lambda/f' };
  const id = '01234567-89ab-cdef-0123-456789abcdef';
  const report = `REPORT RequestId: ${id}\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\tMax Memory Used: 70 MB\tInit Duration: 150.1 ms`;

  it('come from the platform’s report', () => {
    const query =
      'filter @type = "REPORT" | fields @requestId, @duration, @billedDuration, @memorySize / 1000 / 1000 as mb, @maxMemoryUsed, @initDuration';
    const found = {
      '@requestId': id,
      '@duration': '12.34',
      '@billedDuration': '13',
      mb: '128',
      '@maxMemoryUsed': '70000000',
      '@initDuration': '150.1',
    };
    expect(run(query, [`START RequestId: ${id} Version: $LATEST`, report], lambda)).toEqual([found]);
    expect(run(query, [report])).toEqual([]);
  });

  it('come from the first JSON in a line', () => {
    const line = `2026-11-20T10:00:00.000Z\t${id}\tINFO\ttook {this} {"device_id":"d1","text":"}"} {"device_id":"d2"}`;
    expect(run('fields device_id, @requestId', [line], lambda)).toEqual([{ device_id: 'd1', '@requestId': id }]);
    expect(run('fields device_id', [line])).toEqual([{}]);
  });
});

describe('an expression that would backtrack', () => {
  const hostile = `${'a'.repeat(60)}!`;

  it.each([
    ['filter @message like /^(a+)+$/', []],
    ['filter @message =~ /(a|aa)+$/', []],
    ['parse @message /^(?<what>(a+)+)$/ | filter ispresent(what)', []],
    [`parse @message "${'*a'.repeat(40)}*b" as ${Array.from({ length: 41 }, (_, index) => `f${index}`)} | filter ispresent(f0)`, []],
    ['filter @message like /^(a+)+!$/ | stats count(*) as n', [{ n: '1' }]],
  ])('answers: %s', (query, rows) => {
    expect(run(query, [hostile])).toEqual(rows);
  });
});

describe('a malformed query', () => {
  it.each([
    ['', 'unexpected symbol found end of query at line 1 and position 1', 0],
    ['fields', 'at line 1 and position 7', 6],
    ['fields a | | limit 1', 'unexpected symbol found | at line 1 and position 12', 11],
    ['fields a\n| filtr b', 'unexpected symbol found filtr at line 2 and position 3', 11],
    ['filter a = ', 'end of query', 11],
    ['filter a like b', 'a text in quotation marks or a regular expression', 14],
    ['filter a like /(/', 'cannot be carried out', 14],
    ['filter a like /(?=b)/', 'does not carry out lookahead', 14],
    ['parse a /(?<b>c)(?!d)/', 'does not carry out lookahead', 8],
    ['filter a like /(b)\\1/', 'does not carry out a backreference', 14],
    ['filter a like /[a-z&&[^b]]/', 'a character class within another', 14],
    ['filter a like /(?U)b/', 'the flag U', 14],
    ['parse a /(?P<b>c)/', '(?P', 8],
    ['filter "open', 'unexpected symbol found "', 7],
    ['limit 0', 'a whole number from 1 to 100000', 6],
    ['limit 100001', 'a whole number', 6],
    ['limit any 5', 'limit any', 6],
    ['stats avg(a) by', 'an expression', 15],
    ['stats a by b', 'field a stands neither in an aggregation nor behind by', 6],
    ['stats 1 by b', 'not an aggregation', 0],
    ['stats pct(a)', 'a field and a percentage', 6],
    ['stats pct(a, 101)', 'from 0 to 100', 6],
    ['stats avg(a, b)', 'one argument', 6],
    ['stats count(*) by bin(5x)', 'at line 1', 23],
    ['stats count(*) by bin(5)', 'a period such as 5m', 18],
    ['filter avg(a) > 3', 'function avg', 7],
    ['filter nonsense(a) > 3', 'function nonsense is unknown', 7],
    ['fields substr(a)', '2 to 3 arguments', 7],
    ['fields 5m', 'A period', 0],
    ['dedup a | sort b', 'Only limit can stand behind dedup', 10],
    ['stats count(*) as n by a | filter @message like /x/', 'field @message is not defined', 34],
    ['stats count(*) as n by a | stats sum(n) by bin(5m)', '@timestamp is not defined', 43],
    ['stats count(*) as n by a | sort n | stats sum(n)', 'behind the second stats', 27],
    ['stats count(*) as n by a | stats sum(n) as m | stats max(m)', 'at most 2 stats', 47],
    ['parse @message "* *" as a', '2 asterisks and 1 names', 15],
    ['parse @message /a(b)/', 'no named group', 15],
    ['parse @message', 'a glob in quotation marks', 14],
    ['SOURCE logGroups(namePrefix: ["a"]) | fields a', 'command source', 0],
    ['pattern @message', 'command pattern', 0],
    ['fields a | unnest b into c', 'command unnest', 11],
    ['fields @message | diff', 'command diff', 18],
  ])('%j says where', (query, text, offset) => {
    let thrown: unknown;
    try {
      run(query, []);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(MalformedQuery);
    const { code, message, members } = thrown as MalformedQuery;
    expect(code).toBe('MalformedQueryException');
    expect(message).toContain(text);
    expect(members['queryCompileError']).toMatchObject({ message, location: { startCharOffset: offset } });
  });
});
