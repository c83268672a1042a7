import { useState } from 'react';
import { parameterList } from '../../shapes/buckets.ts';
import { useLoaded } from '../data/api.ts';
import { dayAndTime } from '../data/wording.ts';
import { Badge, Card, Grid, Head, Load } from '../design/parts.tsx';

/** Parameters of SSM; what a SecureString holds isn't even asked for. */
export function ParametersPage() {
  const parameters = useLoaded('/parameters', parameterList, {}, 15_000);
  const [part, setPart] = useState('');
  return (
    <>
      <Head title="Parameters">
        <input
          className="search"
          type="search"
          aria-label="Parameters that contain"
          placeholder="name or value contains"
          value={part}
          onChange={(event) => setPart(event.target.value)}
        />
      </Head>
      <Card flush>
        <Load from={parameters} empty={(data) => (data.parameters.length === 0 ? 'There is no parameter.' : undefined)}>
          {(data) => (
            <Grid label="Parameters" head={['Name', 'Value', '#Version', 'Changed (UTC)']}>
              {data.parameters
                .filter(({ name, value = '' }) => name.includes(part) || value.includes(part))
                .map((one) => (
                  <tr key={one.name}>
                    <td className="mono">{one.name}</td>
                    <td className="mono wrap">{one.value ?? <Badge>SecureString, not shown</Badge>}</td>
                    <td className="num">{one.version}</td>
                    <td className="mono">{dayAndTime(one.modified_at)}</td>
                  </tr>
                ))}
            </Grid>
          )}
        </Load>
      </Card>
    </>
  );
}
