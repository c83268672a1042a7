import { useState } from 'react';
import { itemPage, type TableSummary, tableList } from '../../shapes/tables.ts';
import { useLoaded } from '../data/api.ts';
import { hrefOf, type Place, replaceQuery } from '../data/router.ts';
import { bytes, number, shortName } from '../data/wording.ts';
import { Badge, Card, Facts, Grid, Head, Load, Name } from '../design/parts.tsx';
import { ItemRows } from './item-rows.tsx';

export function TablesPage() {
  const tables = useLoaded('/tables', tableList, {}, 5000);
  return (
    <>
      <Head title="Tables" />
      <Card flush>
        <Load from={tables} empty={(data) => (data.tables.length === 0 ? 'No table is deployed.' : undefined)}>
          {(data) => (
            <Grid label="Tables" head={['Table', 'Key', 'Indexes', '#Items', '#Size', 'Status']}>
              {data.tables.map((table) => (
                <tr key={table.name}>
                  <td>
                    <Name of={table.name} kind="table" href={hrefOf(['tables', table.name])} />
                  </td>
                  <td className="mono">{[table.key.pk, table.key.sk].filter(Boolean).join(', ')}</td>
                  <td className="mono">{table.indexes.map(({ name }) => name).join(', ')}</td>
                  <td className="num">{number(table.items)}</td>
                  <td className="num">{bytes(table.bytes)}</td>
                  <td>
                    <Badge tone={table.status === 'ACTIVE' ? 'good' : 'warn'}>{table.status}</Badge>
                  </td>
                </tr>
              ))}
            </Grid>
          )}
        </Load>
      </Card>
    </>
  );
}

/** One table: items by key, or all of them. */
export function TablePage({ name, place }: { name: string; place: Place }) {
  const tables = useLoaded('/tables', tableList, {}, 10_000);
  return (
    <>
      <Head title={shortName(name)} back={{ href: '#/tables', name: 'Tables' }}>
        <code>{name}</code>
      </Head>
      <Load from={tables}>
        {(data) => {
          const table = data.tables.find((one) => one.name === name);
          return table === undefined ? <p>There is no such table.</p> : <Items table={table} place={place} />;
        }}
      </Load>
    </>
  );
}

const FIELDS = ['index', 'pk', 'sk', 'match', 'order'] as const;

function Items({ table, place }: { table: TableSummary; place: Place }) {
  const given = Object.fromEntries(FIELDS.map((field) => [field, place.query.get(field) ?? '']));
  const [typed, setTyped] = useState<Record<string, string>>(given);
  /** Where the pages that were seen begin. */
  const [starts, setStarts] = useState<readonly string[]>([]);
  const page = useLoaded(`/tables/${encodeURIComponent(table.name)}/items`, itemPage, { ...given, limit: 50, after: starts.at(-1) });
  const key = table.indexes.find((index) => index.name === typed['index'])?.key ?? table.key;
  const ask = (next: Record<string, string>) => {
    setTyped(next);
    setStarts([]);
    replaceQuery(place, next);
    page.reload();
  };
  return (
    <>
      <Facts
        of={[
          ['Items', number(table.items)],
          ['Size', bytes(table.bytes)],
          ['Expires by', table.ttl ?? 'nothing'],
          ...table.indexes.map((index) => [index.name, `${number(index.items)} items`] as const),
        ]}
      />
      <form
        className="filters"
        onSubmit={(event) => {
          event.preventDefault();
          ask(typed);
        }}
      >
        <label>
          From
          <select value={typed['index']} onChange={(event) => setTyped({ ...typed, index: event.target.value })}>
            <option value="">the table</option>
            {table.indexes.map((index) => (
              <option key={index.name}>{index.name}</option>
            ))}
          </select>
        </label>
        <label className="grow">
          {key.pk} is
          <input
            value={typed['pk']}
            placeholder="everything (a scan)"
            onChange={(event) => setTyped({ ...typed, pk: event.target.value })}
          />
        </label>
        {key.sk !== undefined && (
          <label className="grow">
            <span>
              {key.sk}{' '}
              <select
                aria-label={`How ${key.sk} is compared`}
                className="inline"
                value={typed['match'] === '' ? 'begins_with' : typed['match']}
                onChange={(event) => setTyped({ ...typed, match: event.target.value })}
              >
                <option value="begins_with">begins with</option>
                <option value="equals">is</option>
              </select>
            </span>
            <input
              aria-label={key.sk}
              value={typed['sk']}
              placeholder="anything"
              onChange={(event) => setTyped({ ...typed, sk: event.target.value })}
            />
          </label>
        )}
        <label>
          Order
          <select value={typed['order']} onChange={(event) => setTyped({ ...typed, order: event.target.value })}>
            <option value="">ascending</option>
            <option value="descending">descending</option>
          </select>
        </label>
        <button type="submit" className="button button--primary">
          Look
        </button>
      </form>
      <Card flush>
        <Load from={page} empty={(data) => (data.items.length === 0 && data.next === undefined ? 'No item fits.' : undefined)}>
          {(data) => (
            <>
              <ItemRows items={data.items} table={table} onKey={(pk) => ask({ index: '', pk, sk: '', match: '', order: '' })} />
              <div className="pager">
                <span className="quiet">
                  {data.items.length} items of {data.scanned} looked at, {number(data.capacity_units)} read units
                </span>
                <button type="button" className="button" disabled={starts.length === 0} onClick={() => setStarts(starts.slice(0, -1))}>
                  Back
                </button>
                <button
                  type="button"
                  className="button"
                  disabled={data.next === undefined}
                  onClick={() => data.next !== undefined && setStarts([...starts, data.next])}
                >
                  Next page
                </button>
              </div>
            </>
          )}
        </Load>
      </Card>
    </>
  );
}
