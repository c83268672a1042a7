import { functionList } from '../../shapes/functions.ts';
import { useLoaded } from '../data/api.ts';
import { hrefOf } from '../data/router.ts';
import { duration, shortName } from '../data/wording.ts';
import { Ago, Badge, Card, Grid, Head, Load, Name } from '../design/parts.tsx';

export function FunctionsPage() {
  const functions = useLoaded('/functions', functionList, {}, 3000);
  return (
    <>
      <Head title="Functions">
        <span className="quiet">Percentiles are of the last 500 invocations that are kept</span>
      </Head>
      <Card flush>
        <Load from={functions} empty={(data) => (data.functions.length === 0 ? 'No function is deployed.' : undefined)}>
          {(data) => (
            <Grid label="Functions" head={['Function', 'Called by', '#Memory', '#Ran', '#Failed', '#Cold', '#p50', '#p95', 'Last']}>
              {data.functions.map(({ name, description, called_by, memory_mb, latest, stack }) => (
                <tr key={name}>
                  <td className="elastic">
                    <Name of={name} kind="function" href={hrefOf(['functions', name])} /> <span className="quiet">{stack}</span>
                    <div className="quiet small">{description}</div>
                  </td>
                  <td>
                    {called_by.length === 0 ? (
                      <span className="quiet">by hand</span>
                    ) : (
                      called_by
                        .map(({ kind, name: by }) => (kind === 'url' ? 'its URL' : `${kind} ${by.split(' ').map(shortName).join(' ')}`))
                        .join(', ')
                    )}
                  </td>
                  <td className="num">{memory_mb} MB</td>
                  <td className="num">{latest.invocations}</td>
                  <td className="num">{latest.errors > 0 ? <Badge tone="fault">{latest.errors}</Badge> : '0'}</td>
                  <td className="num">{latest.cold_starts}</td>
                  <td className="num">{duration(latest.p50_ms)}</td>
                  <td className="num">{duration(latest.p95_ms)}</td>
                  <td>
                    <Ago at={latest.last_at} />
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
