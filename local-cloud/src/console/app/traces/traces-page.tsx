import { functionList } from '../../shapes/functions.ts';
import { particleOverview } from '../../shapes/particle.ts';
import { useLoaded } from '../data/api.ts';
import { type Place, replaceQuery } from '../data/router.ts';
import { traceList } from '../data/shapes.ts';
import { shortName } from '../data/wording.ts';
import { Card, Head, Load } from '../design/parts.tsx';
import { TraceRows } from './trace-rows.tsx';

/** Every trace that is kept, by device, function, beginning and failure. */
export function TracesPage({ place }: { place: Place }) {
  const { query } = place;
  const asked = {
    device: query.get('device') ?? '',
    function: query.get('function') ?? '',
    errors: query.get('errors') ?? '',
    begins: query.get('begins') ?? '',
  };
  const { begins, ...filter } = asked;
  const traces = useLoaded('/_local/traces', traceList, { ...filter, limit: 200 }, 3000);
  const functions = useLoaded('/functions', functionList);
  const particle = useLoaded('/particle', particleOverview);
  const set = (changed: Partial<typeof asked>) => replaceQuery(place, { ...asked, ...changed });
  const devices = particle.data?.state === 'reachable' ? particle.data.devices : [];
  return (
    <>
      <Head title="Traces" />
      <form className="filters" onSubmit={(event) => event.preventDefault()}>
        <label>
          Device
          <input list="devices" value={asked.device} placeholder="any" onChange={(event) => set({ device: event.target.value })} />
          <datalist id="devices">
            {devices.map(({ id, name }) => (
              <option key={id} value={name ?? id} />
            ))}
          </datalist>
        </label>
        <label>
          Function
          <select value={asked.function} onChange={(event) => set({ function: event.target.value })}>
            <option value="">any</option>
            {functions.data?.functions.map(({ name }) => (
              <option key={name} value={name}>
                {shortName(name)}
              </option>
            ))}
          </select>
        </label>
        <label>
          Begins with
          <select value={begins} onChange={(event) => set({ begins: event.target.value })}>
            <option value="">anything</option>
            {['particle', 'appsync', 'lambda', 'sqs', 'sns'].map((service) => (
              <option key={service}>{service}</option>
            ))}
          </select>
        </label>
        <label className="check">
          <input
            type="checkbox"
            checked={asked.errors === 'true'}
            onChange={(event) => set({ errors: event.target.checked ? 'true' : '' })}
          />
          Only with failures
        </label>
      </form>
      <Card flush>
        <Load from={traces}>
          {(data) => {
            const shown = data.traces.filter((one) => begins === '' || one.begins_with.service === begins);
            return shown.length === 0 ? <p className="quiet pad">No trace that is kept fits.</p> : <TraceRows traces={shown} />;
          }}
        </Load>
      </Card>
    </>
  );
}
