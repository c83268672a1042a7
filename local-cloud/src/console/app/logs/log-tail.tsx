import { useState } from 'react';
import { logEventPage } from '../../shapes/logs.ts';
import { useLoaded } from '../data/api.ts';
import { LogLines } from '../design/log-lines.tsx';
import { Card, Load } from '../design/parts.tsx';

/** The newest events of a log group, newest first, by a filter pattern of CloudWatch Logs. */
export function LogTail({ group }: { group: string }) {
  const [typed, setTyped] = useState('');
  const [filter, setFilter] = useState('');
  const [isOn, setOn] = useState(true);
  const events = useLoaded('/log-events', logEventPage, { group, newest: 'true', limit: 200, filter }, isOn ? 2000 : undefined);
  return (
    <Card
      title={group}
      flush
      more={
        <label className="check">
          <input type="checkbox" checked={isOn} onChange={(event) => setOn(event.target.checked)} />
          Follow
        </label>
      }
    >
      <form
        className="query"
        onSubmit={(event) => {
          event.preventDefault();
          setFilter(typed);
        }}
      >
        <input
          aria-label="Filter pattern"
          placeholder={'filter pattern, such as ERROR or { $.level = "WARN" }'}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        <button type="submit" className="button">
          Filter
        </button>
      </form>
      <Load from={events} empty={(data) => (data.events.length === 0 ? 'Nothing that fits.' : undefined)}>
        {(data) => <LogLines lines={data.events.map(({ at, text }) => ({ at, text }))} />}
      </Load>
    </Card>
  );
}
