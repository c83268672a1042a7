import { type FunctionDetail, functionDetail } from '../../shapes/functions.ts';
import { invocationList } from '../../shapes/invocations.ts';
import { useLoaded } from '../data/api.ts';
import { hrefOf, type Place, replaceQuery } from '../data/router.ts';
import { bytes, dayAndTime, duration, shortName } from '../data/wording.ts';
import { Badge, Card, Facts, Grid, Head, Load } from '../design/parts.tsx';
import { InvocationRows } from './invocation-rows.tsx';

/** One function: how it runs, every invocation, and what it is given and may do. */
export function FunctionPage({ name, place }: { name: string; place: Place }) {
  const onlyErrors = place.query.get('errors') ?? '';
  const detail = useLoaded(`/functions/${encodeURIComponent(name)}`, functionDetail, {}, 5000);
  const invocations = useLoaded('/_local/invocations', invocationList, { function: name, limit: 100, errors: onlyErrors }, 2000);
  return (
    <>
      <Head title={shortName(name)} back={{ href: '#/functions', name: 'Functions' }}>
        <code>{name}</code>
      </Head>
      <Load from={detail}>
        {(one) => (
          <>
            <p className="lead">{one.description}</p>
            <Facts
              of={[
                ['Ran', one.latest.invocations],
                ['Failed', one.latest.errors],
                ['Cold starts', one.latest.cold_starts],
                ['p50', duration(one.latest.p50_ms)],
                ['p95', duration(one.latest.p95_ms)],
                ['Memory', `${one.memory_mb} MB`],
                ['Timeout', `${one.timeout_s} s`],
                ['Code', bytes(one.code_bytes)],
                ['Changed', dayAndTime(one.modified_at)],
                [
                  'Log',
                  <a key="log" href={hrefOf(['logs'], { group: one.log_group })}>
                    {one.log_group}
                  </a>,
                ],
                [
                  'Traces',
                  <a key="traces" href={hrefOf(['traces'], { function: name })}>
                    of this function
                  </a>,
                ],
              ]}
            />
          </>
        )}
      </Load>
      <Card
        title="Invocations"
        flush
        more={
          <label className="check">
            <input
              type="checkbox"
              checked={onlyErrors === 'true'}
              onChange={(event) => replaceQuery(place, { errors: event.target.checked ? 'true' : undefined })}
            />
            Only failures
          </label>
        }
      >
        <Load from={invocations} empty={(data) => (data.invocations.length === 0 ? 'None since the local cloud started.' : undefined)}>
          {(data) => <InvocationRows invocations={data.invocations} />}
        </Load>
      </Card>
      {detail.data !== undefined && detail.data.versions.length > 0 && (
        <Card title="Versions" flush>
          <Grid label="Versions" head={['Version', 'Answers as', 'Published (UTC)', '#Memory', 'Code']}>
            {detail.data.versions.map((one) => (
              <tr key={one.version} data-version={one.version}>
                <td className="mono">{one.version}</td>
                <td>
                  <Shares of={one.version} aliases={detail.data?.aliases ?? []} />
                </td>
                <td>{dayAndTime(one.published_at)}</td>
                <td className="num">{one.memory_mb} MB</td>
                <td className="mono">{one.code_sha256.slice(0, 12)}</td>
              </tr>
            ))}
          </Grid>
        </Card>
      )}
      {detail.data !== undefined && (
        <div className="pair">
          <Card title="Environment" flush>
            <Grid label="Environment variables" head={['Name', 'Value']}>
              {detail.data.environment.map((one) => (
                <tr key={one.name}>
                  <td className="mono">{one.name}</td>
                  <td className="mono wrap">{one.value}</td>
                </tr>
              ))}
            </Grid>
          </Card>
          <Card title="May do" flush>
            <Grid label="Grants of its role" head={['Actions', 'On']}>
              {detail.data.grants.map((grant) => (
                <tr key={`${grant.actions.join()} ${grant.resources.join()}`}>
                  <td className="mono wrap">
                    {grant.effect === 'Deny' && 'not '}
                    {grant.actions.join(', ')}
                  </td>
                  <td className="mono wrap">
                    {grant.resources.map((arn) => arn.replace(/^arn:aws:([a-z0-9-]+):[^:]*:[^:]*:/, '$1 ')).join(', ')}
                  </td>
                </tr>
              ))}
            </Grid>
          </Card>
        </div>
      )}
    </>
  );
}

/** The aliases that a version answers for, with its share while two do. */
function Shares({ of, aliases }: { of: string; aliases: FunctionDetail['aliases'] }) {
  return aliases.flatMap(({ name, shares }) =>
    shares
      .filter(({ version }) => version === of)
      .map(({ share }) => (
        <Badge key={name} tone={share < 1 ? 'info' : 'good'}>
          {name} {share < 1 && `${Math.round(share * 100)} %`}
        </Badge>
      )),
  );
}
