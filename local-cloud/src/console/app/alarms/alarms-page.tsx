import { type AlarmSummary, alarmList } from '../../shapes/alarms.ts';
import { useLoaded } from '../data/api.ts';
import { hrefOf } from '../data/router.ts';
import { shortName } from '../data/wording.ts';
import { Ago, Badge, Card, Grid, Head, Load } from '../design/parts.tsx';
import { alarmName, condition, STATE_TONES, STATE_WORDS } from './wording.ts';

/** What is wrong, in the words in which the alarms say it: those that have gone off first. */
export function AlarmsPage() {
  const alarms = useLoaded('/alarms', alarmList, {}, 2000);
  return (
    <>
      <Head title="Alarms">{alarms.data !== undefined && <span className="quiet">{inAll(alarms.data.alarms)}</span>}</Head>
      <Card flush>
        <Load from={alarms} empty={(data) => (data.alarms.length === 0 ? 'No alarm is deployed.' : undefined)}>
          {(data) => (
            <Grid label="Alarms" head={['Alarm', 'State', 'Since', 'Goes off at', 'Tells']}>
              {data.alarms.map((alarm) => (
                <tr key={alarm.name}>
                  <td className="elastic">
                    <a className="name" href={hrefOf(['alarms', alarm.name])} title={alarm.name}>
                      {alarmName(alarm.name)}
                    </a>{' '}
                    <span className="quiet">{alarm.stack}</span>
                    <div className="quiet small">{alarm.hurts}</div>
                  </td>
                  <td>
                    <Badge tone={STATE_TONES[alarm.state]}>{STATE_WORDS[alarm.state]}</Badge>
                  </td>
                  <td>
                    <Ago at={alarm.since} />
                  </td>
                  <td>
                    {alarm.watches}
                    <div className="quiet small">{condition(alarm)}</div>
                  </td>
                  <td>{alarm.tells.length === 0 ? <span className="quiet">nobody</span> : alarm.tells.map(shortName).join(', ')}</td>
                </tr>
              ))}
            </Grid>
          )}
        </Load>
      </Card>
    </>
  );
}

function inAll(alarms: readonly AlarmSummary[]): string {
  const count = (state: AlarmSummary['state']) => alarms.filter((alarm) => alarm.state === state).length;
  const gone = count('alarm');
  const unknown = count('insufficient_data');
  const said = gone === 0 ? `None of ${alarms.length} has gone off` : `${gone} of ${alarms.length} ${gone === 1 ? 'has' : 'have'} gone off`;
  return unknown === 0 ? said : `${said}; ${unknown} ${unknown === 1 ? 'has' : 'have'} no data yet`;
}
