import { useState } from 'react';
import { useLoaded } from '../data/api.ts';
import { type Usage, usage as usageShape } from '../data/shapes.ts';
import { bytes, dayAndTime, number, shortName } from '../data/wording.ts';
import { Card, Grid, Head, Load } from '../design/parts.tsx';
import { BillCard } from './bill-card.tsx';

/** What was asked of this cloud since it started, in the units that AWS bills. */
export function UsagePage() {
  const usage = useLoaded('/_local/usage', usageShape, {}, 5000);
  return (
    <>
      <Head title="Usage and bill">
        {usage.data !== undefined && <span className="quiet">since {dayAndTime(usage.data.since)} UTC</span>}
      </Head>
      <Load from={usage}>
        {(data) => (
          <>
            <BillCard />
            <Units usage={data.usage} />
            <Stored stored={data.stored} />
          </>
        )}
      </Load>
    </>
  );
}

const UNIT_WORDS: Readonly<Record<string, string>> = {
  wru: 'WRU',
  rru: 'RRU',
  gb_s: 'GB-s',
  put_requests: 'PUT',
  get_requests: 'GET',
  realtime_updates: 'updates',
  connection_minutes: 'connection min',
  active_users: 'users',
};

function unitText(unit: string, value: number): string {
  if (unit.includes('bytes')) return `${bytes(value)} ${unit.replace('_bytes', '').replace('bytes_', '')}`;
  return `${number(value)} ${UNIT_WORDS[unit] ?? unit}`;
}

function Units({ usage }: { usage: Usage['usage'] }) {
  const [isAll, setAll] = useState(false);
  const shown = usage
    .filter(({ units }) => isAll || Object.values(units).some((value) => value > 0))
    .toSorted((a, b) => a.service.localeCompare(b.service) || b.calls - a.calls);
  return (
    <Card
      title="Units"
      flush
      more={
        <label className="check">
          <input type="checkbox" checked={isAll} onChange={(event) => setAll(event.target.checked)} />
          Also what costs nothing
        </label>
      }
    >
      <Grid label="Usage" head={['Service', 'Operation', 'Of', '#Times', 'Units']} sticky>
        {shown.map((line) => (
          <tr key={`${line.account} ${line.region} ${line.service} ${line.operation} ${line.resource}`}>
            <td>
              <i className={`dot dot--${line.service}`} aria-hidden="true" />
              {line.service}
            </td>
            <td>{line.operation}</td>
            <td title={line.resource}>{shortName(line.resource ?? '')}</td>
            <td className="num">{number(line.calls)}</td>
            <td>
              {Object.entries(line.units)
                .map(([unit, value]) => unitText(unit, value))
                .join(', ')}
            </td>
          </tr>
        ))}
      </Grid>
    </Card>
  );
}

function Stored({ stored }: { stored: Usage['stored'] }) {
  return (
    <Card title="Kept" flush>
      <Grid label="Stored" head={['Service', 'What', '#Size', '#Items']} sticky>
        {stored
          .toSorted((a, b) => b.bytes - a.bytes)
          .slice(0, 200)
          .map((one) => (
            <tr key={`${one.account} ${one.region} ${one.service} ${one.resource}`}>
              <td>
                <i className={`dot dot--${one.service}`} aria-hidden="true" />
                {one.service}
              </td>
              <td title={one.resource}>{shortName(one.resource)}</td>
              <td className="num">{bytes(one.bytes)}</td>
              <td className="num">{one.items === undefined ? '' : number(one.items)}</td>
            </tr>
          ))}
      </Grid>
    </Card>
  );
}
