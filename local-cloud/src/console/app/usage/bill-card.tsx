import { bill as billShape } from '../../shapes/bill.ts';
import { useLoaded } from '../data/api.ts';
import { duration, number } from '../data/wording.ts';
import { Card, Grid, Load, Tile } from '../design/parts.tsx';

const dollars = (usd: number) =>
  `$${usd.toLocaleString('en', usd < 0.01 ? { maximumSignificantDigits: 2 } : { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;

/** The units times AWS's prices: since the start, and as much for a month. */
export function BillCard() {
  const bill = useLoaded('/bill', billShape, {}, 10_000);
  return (
    <Load from={bill}>
      {(data) => {
        const elapsed_ms = Date.parse(data.until) - Date.parse(data.since);
        return (
          <>
            <dl className="tiles">
              <Tile name="So far" value={dollars(data.usd)} more={`in ${duration(elapsed_ms)}`} />
              <Tile name="A month like this" value={dollars(data.usd_a_month)} more="nothing free taken off" />
              <Tile name="Prices" value={data.prices_as_of} more={data.region} />
            </dl>
            <Card
              title="Bill"
              flush
              more={
                <span className="quiet">
                  A start counts too: what was deployed and loaded makes the first minutes dear. `npm run bill` reckons a fleet’s month.
                </span>
              }
            >
              <Grid label="Bill" head={['What', '#Quantity', 'Unit', '#So far', '#A month like this', '']}>
                {data.lines.map((line) => (
                  <tr key={line.key}>
                    <td>
                      <i className={`dot dot--${line.key.split('.')[0]}`} aria-hidden="true" />
                      {line.key}
                    </td>
                    <td className="num">{number(line.quantity)}</td>
                    <td className="quiet">{line.unit}</td>
                    <td className="num">{dollars(line.usd)}</td>
                    <td className="num">{dollars(line.usd_a_month)}</td>
                    <td className="quiet">{line.note}</td>
                  </tr>
                ))}
              </Grid>
            </Card>
          </>
        );
      }}
    </Load>
  );
}
