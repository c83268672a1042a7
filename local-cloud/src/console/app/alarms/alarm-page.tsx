import { type AlarmDetail, alarmDetail } from '../../shapes/alarms.ts';
import { useLoaded } from '../data/api.ts';
import { duration, shortName } from '../data/wording.ts';
import { Ago, Badge, Card, Facts, Grid, Head, Load } from '../design/parts.tsx';
import { ValueBars } from './value-bars.tsx';
import { alarmName, condition, missingWords, STATE_TONES, STATE_WORDS } from './wording.ts';

/** One alarm: what it says, the values that it watches, and what became of it. */
export function AlarmPage({ name }: { name: string }) {
  const alarm = useLoaded(`/alarms/${encodeURIComponent(name)}`, alarmDetail, {}, 2000);
  return (
    <>
      <Head title={alarmName(name)} back={{ href: '#/alarms', name: 'Alarms' }}>
        <code>{name}</code>
      </Head>
      <Load from={alarm}>
        {(data) => (
          <>
            <p className="lead">{data.hurts}</p>
            <Facts
              of={[
                [
                  'State',
                  <Badge key="state" tone={STATE_TONES[data.state]}>
                    {STATE_WORDS[data.state]}
                  </Badge>,
                ],
                ['Since', <Ago key="since" at={data.since} />],
                ['Goes off at', condition(data)],
                ['No value means', missingWords(data.missing)],
                ['Tells', data.tells.length === 0 ? 'nobody' : data.tells.map(shortName).join(', ')],
                ...(data.runbook === undefined ? [] : ([['What to do', `RUNBOOK.md, “${data.runbook}”`]] as const)),
              ]}
            />
            <Card title={data.watches} more={<span className="quiet">by {duration(data.period_s * 1000).replace('.00', '')}</span>}>
              <ValueBars alarm={data} />
              <p className="quiet">{data.reason}</p>
            </Card>
            <Metrics of={data} />
            <History of={data} />
          </>
        )}
      </Load>
    </>
  );
}

function Metrics({ of }: { of: AlarmDetail }) {
  return (
    <Card title="What it watches" flush>
      <Grid label="Metrics" head={['Metric', 'Of']}>
        {of.metrics.map(({ id, text, dimensions }) => (
          <tr key={id}>
            <td className="wrap">
              {text} {id !== '' && <code>{id}</code>}
            </td>
            <td className="wrap">
              {Object.entries(dimensions).map(([dimension, value]) => (
                <span key={dimension} title={value}>
                  {dimension} {shortName(value)}{' '}
                </span>
              ))}
            </td>
          </tr>
        ))}
      </Grid>
    </Card>
  );
}

function History({ of }: { of: AlarmDetail }) {
  return (
    <Card title="History" flush>
      <Grid label="History" head={['When', 'What']} sticky>
        {of.history.map(({ at, summary, reason, type }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: several things happen at one moment
          <tr key={`${at} ${index}`}>
            <td>
              <Ago at={at} />
            </td>
            <td className="wrap">
              {type === 'Action' ? summary.replace(/arn:\S+:/, '') : summary}
              {reason !== undefined && <div className="quiet small">{reason}</div>}
            </td>
          </tr>
        ))}
      </Grid>
    </Card>
  );
}
