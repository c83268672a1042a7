import { useState } from 'react';
import { answeredGate, type GateDetail, gateDetail } from '../../shapes/pipelines.ts';
import { change, useLoaded } from '../data/api.ts';
import { Ago, Card, Facts, Head, Load } from '../design/parts.tsx';
import { apiPath, buildHref, type PipelineId, pipelineHref } from './addresses.ts';
import { Ask } from './ask.tsx';
import { ExecutionName } from './execution-name.tsx';
import { StateBadge } from './lamp.tsx';
import { personOf, shortCommit, titleOf } from './wording.ts';

/** A gate: what will change, and the decision. */
export function GatePage({ of, stage, action }: { of: PipelineId; stage: string; action: string }) {
  const path = `${apiPath(of)}/gates/${encodeURIComponent(stage)}/${encodeURIComponent(action)}`;
  const loaded = useLoaded(path, gateDetail, {}, 2000);
  return (
    <>
      <Head title={`${action} of ${of.name}`} back={{ href: pipelineHref(of), name: of.name }}>
        {loaded.data !== undefined && <StateBadge state={loaded.data.state} />}
      </Head>
      <Load from={loaded}>
        {(gate) => (
          <>
            <GateFacts gate={gate} of={of} />
            <Short summary={gate.summary} />
            {/* Another decision begins with an empty comment. */}
            {gate.token !== undefined && <Decide key={gate.token} gate={gate} token={gate.token} of={of} onDecided={loaded.reload} />}
            <Report gate={gate} of={of} />
          </>
        )}
      </Load>
    </>
  );
}

function GateFacts({ gate: { state, execution, at, by, comment, error }, of }: { gate: GateDetail; of: PipelineId }) {
  return (
    <>
      <Facts
        of={[
          ...(execution === undefined ? [] : ([['Commit', <ExecutionName key="commit" of={of} execution={execution} />]] as const)),
          ...(at === undefined ? [] : ([[state === 'needs_approval' ? 'Asked' : 'Decided', <Ago key="at" at={at} />]] as const)),
          ...(by === undefined ? [] : ([['By', personOf(by)]] as const)),
          ...(comment === undefined || comment === '' ? [] : ([['Comment', comment]] as const)),
        ]}
      />
      {error !== undefined && (
        <p className="trouble">
          <b>{error.code}</b> {error.message}
        </p>
      )}
    </>
  );
}

function Decide({ gate, token, of, onDecided }: { gate: GateDetail; token: string; of: PipelineId; onDecided: () => void }) {
  const [comment, setComment] = useState('');
  const commit = gate.execution?.commit;
  const what = commit === undefined ? 'it' : shortCommit(commit.id);
  const send = async (status: 'Approved' | 'Rejected') => {
    await change(`${apiPath(of)}/approvals`, answeredGate, { stage: gate.stage, action: gate.action, token, status, comment });
    onDecided();
  };
  return (
    <Card title="Decide">
      <label className="comment">
        Comment
        <textarea rows={2} maxLength={512} value={comment} onChange={(event) => setComment(event.target.value)} />
      </label>
      <div className="action">
        <Ask
          label="Approve"
          title={`Approve ${what} for what comes behind ${gate.stage}?`}
          yes="Yes, approve"
          tone="primary"
          onYes={() => send('Approved')}
        >
          {gate.execution !== undefined && <p>{titleOf(gate.execution)}</p>}
          <p>It is deployed at once, as described on this page.</p>
        </Ask>
        <Ask label="Reject" title={`Reject ${what} at ${gate.stage}?`} yes="Yes, reject" tone="fault" onYes={() => send('Rejected')}>
          {gate.execution !== undefined && <p>{titleOf(gate.execution)}</p>}
          <p>This execution ends here. The stages behind it stay as they are.</p>
        </Ask>
        <span className="quiet small">You decide as the administrator of account {of.account}.</span>
      </div>
    </Card>
  );
}

function Short({ summary }: { summary: readonly string[] }) {
  if (summary.length === 0) return null;
  return (
    <Card title="What will change, in short">
      <ul className="parts">
        {summary.map((part, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two parts may be the same
          <li key={index} className={index > 0 && /^RIGHTS CHANGE|REMOVED|REPLACED/.test(part) ? 'parts__alarm' : undefined}>
            {part}
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Report({ gate: { stage, changes, report, state }, of }: { gate: GateDetail; of: PipelineId }) {
  const sections = report.map(({ title, lines }, index) => ({ title, lines, key: `${index} ${title}` }));
  return (
    <>
      {changes !== undefined && (
        <Card
          title="The whole report"
          flush
          more={
            changes.build_id === undefined ? (
              <StateBadge state={changes.state} />
            ) : (
              <a href={buildHref(of, changes.build_id, stage, changes.action)}>Log of {changes.action}</a>
            )
          }
        >
          {sections.length === 0 ? (
            <p className="quiet pad">
              {state === 'idle' || state === 'waiting' ? 'It is told before somebody is asked.' : 'It has printed nothing.'}
            </p>
          ) : (
            sections.map(({ title, lines, key }) => (
              <section key={key} className="report">
                {title !== '' && <h3>{title}</h3>}
                {lines.length > 0 && <ReportLines lines={lines} label={title === '' ? 'Report' : title} />}
              </section>
            ))
          )}
        </Card>
      )}
    </>
  );
}

/** Additions and removals as a difference has them; only ever text. */
function ReportLines({ lines, label }: { lines: readonly string[]; label: string }) {
  const tone = (line: string) => (/\[\+\]/.test(line) ? 'report__more' : /\[-\]/.test(line) ? 'report__less' : undefined);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard (WCAG 2.1.1)
    <section className="report__lines" tabIndex={0} aria-label={label}>
      <pre>
        {lines.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a report doesn't change
          <span key={index} className={tone(line)}>
            {line}
            {'\n'}
          </span>
        ))}
      </pre>
    </section>
  );
}
