import { QueryClient } from '@tanstack/react-query';
import { expect, it, vi } from 'vitest';
import type { GraphQLClient } from '../graphql/client.ts';
import { FakeApi } from '../testing/fake-api.ts';
import { serverClock } from '../time/server-clock.ts';
import { type Fleet, fleetKey, fleetQuery } from './fleet-query.ts';

const person = { name: 'Ana', email: 'a@b', persona: 'admin', organization: { path: '/enfusion', name: 'ENFusion' } } as const;

function fleetOf(api: FakeApi) {
  const asked = vi.fn();
  const request = async (document: string, variables: Record<string, unknown>): Promise<unknown> => {
    asked(variables);
    const { data } = (await api.execute(person, document, variables)) as { data: unknown };
    return structuredClone(data);
  };
  const clock = serverClock();
  const queries = new QueryClient();
  const query = fleetQuery({ request } as unknown as GraphQLClient, clock);
  return { asked, clock, queries, load: () => queries.fetchQuery({ ...query, staleTime: 0 }) };
}

it('shows devices page by page, until all are there', async () => {
  const { queries, load, asked, clock } = fleetOf(new FakeApi(1203));
  const seen: [number, boolean][] = [];
  queries.getQueryCache().subscribe(() => {
    const fleet = queries.getQueryData<Fleet>(fleetKey);
    if (fleet !== undefined && fleet.rows.length !== seen.at(-1)?.[0]) seen.push([fleet.rows.length, fleet.complete]);
  });
  const fleet = await load();
  expect(fleet).toMatchObject({ complete: true });
  expect(new Set(fleet.rows.map(({ device_id }) => device_id)).size).toBe(1203);
  expect(seen).toEqual([
    [500, false],
    [1000, false],
    [1203, true],
  ]);
  expect(asked.mock.calls.map(([variables]) => variables)).toEqual([
    { first: 500, after: null },
    { first: 500, after: '500' },
    { first: 500, after: '1000' },
  ]);
  expect(Math.abs((clock.now() ?? 0) - Date.now())).toBeLessThan(5_000);
});

it('refreshes in one go, and keeps the rows that did not change', async () => {
  const api = new FakeApi(700);
  const { queries, load } = fleetOf(api);
  const before = await load();
  const changed = api.find('solar');
  if (changed.latest !== null) api.receive(changed.device_id, [{ ...changed.latest, solar_w: 1 }]);
  const sizes = new Set<number | undefined>();
  queries.getQueryCache().subscribe(() => sizes.add(queries.getQueryData<Fleet>(fleetKey)?.rows.length));
  const after = await load();
  expect([...sizes]).toEqual([700]);
  expect(after.rows.filter((row, index) => row !== before.rows[index]).map(({ device_id }) => device_id)).toEqual([changed.device_id]);
});
