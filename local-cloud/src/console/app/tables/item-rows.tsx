import { Fragment, useState } from 'react';
import type { TableSummary } from '../../shapes/tables.ts';
import { Json } from '../design/json.tsx';
import { Grid } from '../design/parts.tsx';

/** So much of an attribute stands in its row. */
const SHOWN = 90;

/** Items by their keys with the beginnings of what else they hold; opened, as JSON. */
export function ItemRows({
  items,
  table,
  onKey,
}: {
  items: readonly Record<string, unknown>[];
  table: TableSummary;
  onKey: (pk: string) => void;
}) {
  const [open, setOpen] = useState<number>();
  const { pk, sk } = table.key;
  const keys = new Set([pk, sk, ...table.indexes.flatMap(({ key }) => [key.pk, key.sk])]);
  return (
    <Grid label="Items" head={[pk, ...(sk === undefined ? [] : [sk]), 'Attributes']}>
      {items.map((item, index) => (
        <Fragment key={`${String(item[pk])} ${String(sk === undefined ? '' : item[sk])}`}>
          <tr>
            <td className="mono key" title={String(item[pk])}>
              <button type="button" className="link" title="Everything with this key" onClick={() => onKey(String(item[pk]))}>
                {String(item[pk])}
              </button>
            </td>
            {sk !== undefined && (
              <td className="mono key" title={String(item[sk])}>
                {String(item[sk])}
              </td>
            )}
            <td className="elastic">
              <button
                type="button"
                className="peek mono"
                aria-expanded={open === index}
                onClick={() => setOpen(open === index ? undefined : index)}
              >
                {beginnings(item, keys)}
              </button>
            </td>
          </tr>
          {open === index && (
            <tr className="opened">
              <td colSpan={3}>
                <Json value={item} label="The item" />
              </td>
            </tr>
          )}
        </Fragment>
      ))}
    </Grid>
  );
}

function beginnings(item: Record<string, unknown>, keys: ReadonlySet<string | undefined>): string {
  const text = Object.entries(item)
    .filter(([name]) => !keys.has(name))
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('  ');
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text === '' ? '(nothing else)' : text;
}
