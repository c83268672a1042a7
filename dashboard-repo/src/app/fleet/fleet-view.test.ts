import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shownStates } from '../device-states/shown-state.ts';
import type { FleetDeviceFragment } from '../graphql/operations.generated.ts';
import { fleetRow, sortKey } from './fleet-row.ts';
import { defaultSort, readFleetUrl, toggleState, writeFleetUrl } from './fleet-url.ts';
import { columns, filterRows, noFilter, shownRows, sortRows, summarize } from './fleet-view.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const at = (minutes: number): string => new Date(now + minutes * 60_000).toISOString();

function device(device_id: string, changed: Partial<FleetDeviceFragment> = {}): FleetDeviceFragment {
  return {
    device_id,
    name: `Name of ${device_id}`,
    site: { path: '/enfusion/p1/d1/c1/north', name: 'North Field' },
    time_zone: 'America/Phoenix',
    run_state: 'solar',
    fault_code: 0,
    last_contact_at: at(-5),
    silent_at: at(15),
    latest: { time: at(-6), solar_w: 1000, grid_w: 0, signal_pct: 50 },
    ...changed,
  };
}
const rowsOf = (...devices: FleetDeviceFragment[]) =>
  shownRows(
    devices.map((each) => fleetRow(each, undefined)),
    now,
  );
const ids = (rows: ReturnType<typeof rowsOf>) => rows.map(({ row }) => row.device_id);

const silent = device('silent-1', { silent_at: at(-1), latest: { time: at(-60), solar_w: 9000, grid_w: 9000, signal_pct: 99 } });
const never = device('never-1', { last_contact_at: null, silent_at: null, latest: null, run_state: 'unknown' });

describe('a row', () => {
  it('is the same object as long as nothing of it changed', () => {
    const row = fleetRow(device('pump-1'), undefined);
    expect(fleetRow(device('pump-1'), row)).toBe(row);
    expect(fleetRow(device('pump-1', { last_contact_at: at(0) }), row)).not.toBe(row);
    expect(fleetRow(device('pump-1', { name: 'Other' }), row).searched).toContain('other');
  });

  it('sorts names as people do', () => {
    const names = ['Pump 10', 'pump 9', 'Élan', 'Zoo', 'eland'];
    expect([...names].sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1))).toEqual(['Élan', 'eland', 'pump 9', 'Pump 10', 'Zoo']);
  });
});

it('counts by what devices are shown as, and sums only what is current', () => {
  const summary = summarize(
    rowsOf(
      device('a'),
      device('b', { run_state: 'grid', latest: { time: at(-1), solar_w: null, grid_w: 700, signal_pct: null }, silent_at: at(3) }),
      silent,
      never,
    ),
  );
  expect(summary.counts).toMatchObject({ solar: 1, grid: 1, silent: 1, never: 1, fault: 0 });
  expect(summary).toMatchObject({ solar_w: 1000, grid_w: 700, current: 2, nextSilence: now + 180_000 });
});

describe('a filter', () => {
  const rows = rowsOf(
    device('pump-1'),
    device('well-2', { site: { path: '/enfusion/p1/d1/c1/south', name: 'South Field' } }),
    silent,
    never,
  );
  it('finds every word in name, id or site, whatever its capitals', () => {
    expect(ids([...filterRows(rows, { ...noFilter, text: 'SOUTH well' })])).toEqual(['well-2']);
    expect(ids([...filterRows(rows, { ...noFilter, text: 'south pump' })])).toEqual([]);
  });
  it('takes any of the states as shown, and any of the sites', () => {
    expect(ids([...filterRows(rows, { ...noFilter, states: ['silent', 'never'] })])).toEqual(['silent-1', 'never-1']);
    expect(ids([...filterRows(rows, { ...noFilter, sites: ['/enfusion/p1/d1/c1/south'] })])).toEqual(['well-2']);
  });
  it('that asks for nothing leaves the very same rows', () => {
    expect(filterRows(rows, { ...noFilter, text: '  ' })).toBe(rows);
  });
});

describe('an order', () => {
  it('has what is not current last, in either direction', () => {
    const rows = rowsOf(device('low', { latest: { time: at(-1), solar_w: 1, grid_w: 0, signal_pct: 1 } }), silent, device('high'));
    expect(ids(sortRows(rows, { column: 'solar_w', descending: false }))).toEqual(['low', 'high', 'silent-1']);
    expect(ids(sortRows(rows, { column: 'solar_w', descending: true }))).toEqual(['high', 'low', 'silent-1']);
  });
  it('has faults and silent devices first by state', () => {
    const rows = rowsOf(device('c'), never, silent, device('f', { run_state: 'fault' }));
    expect(ids(sortRows(rows, { column: 'state', descending: false }))).toEqual(['f', 'silent-1', 'c', 'never-1']);
  });
  it('keeps every row, by every column', () => {
    const rows = rowsOf(
      ...Array.from({ length: 40 }, (_, index) => device(`pump-${index}`, { last_contact_at: at(-index % 7) })),
      silent,
      never,
    );
    for (const column of columns) {
      for (const descending of [true, false]) expect(new Set(sortRows(rows, { column, descending }))).toEqual(new Set(rows));
    }
  });
});

describe('the address', () => {
  it('says filter and order, and is read back as written', () => {
    const text = fc.string({ unit: 'grapheme' });
    const states = fc.subarray([...shownStates]);
    const sites = fc.array(fc.stringMatching(/^\/enfusion\/[a-z0-9-]+$/), { maxLength: 4 });
    const sort = fc.record({ column: fc.constantFrom(...columns), descending: fc.boolean() });
    fc.assert(
      fc.property(text, states, sites, sort, (text, states, sites, sort) => {
        const filter = { text, states, sites };
        const address = new URL(`https://x/?${writeFleetUrl(filter, sort)}`);
        expect(readFleetUrl(address.searchParams)).toEqual({ filter, sort });
      }),
    );
  });
  it('is empty when everything is as usual, and nonsense in it does no harm', () => {
    expect(writeFleetUrl(noFilter, defaultSort).toString()).toBe('');
    expect(readFleetUrl(new URLSearchParams('state=solar,__proto__,x&sort=-constructor'))).toEqual({
      filter: { ...noFilter, states: ['solar'] },
      sort: defaultSort,
    });
  });
  it('has states one by one', () => {
    expect(toggleState(['solar'], 'fault')).toEqual(['fault', 'solar']);
    expect(toggleState(['fault', 'solar'], 'fault')).toEqual(['solar']);
  });
});
