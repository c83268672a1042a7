import { useEffect, useRef, useState } from 'react';
import { type QueryResults, queryResults, startedQuery } from '../../shapes/logs.ts';
import { change, read } from '../data/api.ts';
import { bytes, number } from '../data/wording.ts';
import { Card, Grid, Trouble } from '../design/parts.tsx';

const FIRST = 'fields @timestamp, @message\n| sort @timestamp desc\n| limit 50';
const SPANS: readonly (readonly [string, number])[] = [
  ['5 minutes', 300],
  ['1 hour', 3600],
  ['24 hours', 86_400],
  ['7 days', 604_800],
];
const POLL_MS = 250;

/** Logs Insights over the chosen log groups; Ctrl+Enter runs the query. */
export function QueryBox({ groups }: { groups: readonly string[] }) {
  const [query, setQuery] = useState(FIRST);
  const [span_s, setSpan] = useState(3600);
  const [state, setState] = useState<{ isRunning: boolean; results?: QueryResults; error?: string }>({ isRunning: false });
  const run = useRef(0);
  useEffect(
    () => () => {
      run.current += 1;
    },
    [],
  );
  const start = async () => {
    run.current += 1;
    const own = run.current;
    setState((before) => ({ ...before, isRunning: true }));
    try {
      const to_s = Math.ceil(Date.now() / 1000);
      const { query_id } = await change('/log-queries', startedQuery, { log_groups: groups, query, from_s: to_s - span_s, to_s });
      for (;;) {
        const results = await read(`/log-queries/${query_id}`, queryResults);
        if (own !== run.current) return;
        const isRunning = results.status === 'Scheduled' || results.status === 'Running';
        setState({ isRunning, results });
        if (!isRunning) return;
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
    } catch (error) {
      if (own === run.current) setState({ isRunning: false, error: error instanceof Error ? error.message : String(error) });
    }
  };
  const { results } = state;
  return (
    <Card title={groups.length === 1 ? (groups[0] ?? '') : `${groups.length} log groups`} flush>
      <form
        className="insights"
        onSubmit={(event) => {
          event.preventDefault();
          void start();
        }}
      >
        <textarea
          aria-label="Query"
          spellCheck={false}
          rows={Math.max(4, query.split('\n').length + 1)}
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void start();
          }}
        />
        <div className="insights__foot">
          <label>
            The last{' '}
            <select value={span_s} onChange={(event) => setSpan(Number(event.target.value))}>
              {SPANS.map(([name, seconds]) => (
                <option key={name} value={seconds}>
                  {name}
                </option>
              ))}
            </select>
          </label>
          <button type="submit" className="button button--primary" aria-disabled={state.isRunning}>
            {state.isRunning ? 'Running…' : 'Run query'}
          </button>
          <span className="quiet small" role="status">
            {results !== undefined &&
              `${results.status}: ${number(results.rows.length)} rows, ${number(results.statistics.records_matched)} of ${number(results.statistics.records_scanned)} events, ${bytes(results.statistics.bytes_scanned)} scanned`}
          </span>
        </div>
      </form>
      {state.error !== undefined && <Trouble>{state.error}</Trouble>}
      {results !== undefined && results.rows.length > 0 && (
        <Grid label="Results" head={results.columns} sticky>
          {results.rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: results don't move
            <tr key={index}>
              {results.columns.map((column) => (
                <td key={column} className={column === '@message' ? 'mono wrap' : 'mono'}>
                  {row[column] ?? ''}
                </td>
              ))}
            </tr>
          ))}
        </Grid>
      )}
    </Card>
  );
}
