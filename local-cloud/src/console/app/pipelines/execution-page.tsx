import { useState } from 'react';
import { changedExecution, type ExecutionDetail, executionDetail } from '../../shapes/pipelines.ts';
import { change, useLoaded } from '../data/api.ts';
import { dayAndTime } from '../data/wording.ts';
import { Badge, Card, Facts, Head, Load, useNow } from '../design/parts.tsx';
import { apiPath, type PipelineId, pipelineHref } from './addresses.ts';
import { Ask } from './ask.tsx';
import { StateBadge } from './lamp.tsx';
import { Timeline } from './timeline-view.tsx';
import { isOpen, length, lengthOf, reasonOf, shortCommit, startedBy, titleOf } from './wording.ts';

/** One execution: its actions on a time line, and what can be done about it. */
export function ExecutionPage({ of, id }: { of: PipelineId; id: string }) {
  const loaded = useLoaded(`${apiPath(of)}/executions/${encodeURIComponent(id)}`, executionDetail, {}, 1500);
  const execution = loaded.data?.execution;
  return (
    <>
      <Head title={execution === undefined ? 'Execution' : titleOf(execution)} back={{ href: pipelineHref(of), name: of.name }}>
        {execution !== undefined && <StateBadge state={execution.state} />}
      </Head>
      <Load from={loaded}>
        {(detail) => (
          <>
            <ExecutionFacts detail={detail} of={of} />
            <Controls detail={detail} of={of} onDone={loaded.reload} />
            <Card title="What it did" flush>
              <Timeline actions={detail.actions} of={of} />
            </Card>
          </>
        )}
      </Load>
    </>
  );
}

function ExecutionFacts({ detail: { execution }, of }: { detail: ExecutionDetail; of: PipelineId }) {
  const now = useNow();
  const reason = reasonOf(execution);
  const rest = execution.commit?.message.trim().split('\n').slice(1).join('\n').trim() ?? '';
  return (
    <>
      {rest !== '' && <pre className="message">{rest}</pre>}
      <Facts
        of={[
          ['Commit', <code key="commit">{execution.commit?.id ?? 'not known yet'}</code>],
          ['Started', `${dayAndTime(execution.started_at)} UTC`],
          [
            'By',
            <span key="by" title={execution.started_by.detail}>
              {startedBy(execution.started_by)}
            </span>,
          ],
          [isOpen(execution.state) ? 'Takes so far' : 'Took', length(lengthOf(execution, now))],
          ...(execution.type === 'ROLLBACK'
            ? ([
                [
                  'Rollback',
                  execution.rollback_target === undefined ? (
                    <Badge key="rollback" tone="warn">
                      rollback
                    </Badge>
                  ) : (
                    <a key="rollback" href={pipelineHref(of, 'executions', execution.rollback_target)}>
                      to what this execution deployed
                    </a>
                  ),
                ],
              ] as const)
            : []),
          ...(reason === undefined ? [] : ([['Because', reason]] as const)),
          ['Execution', <code key="id">{execution.id}</code>],
        ]}
      />
    </>
  );
}

function Controls({ detail, of, onDone }: { detail: ExecutionDetail; of: PipelineId; onDone: () => void }) {
  const { execution, can_retry, can_roll_back } = detail;
  const [reason, setReason] = useState('');
  const [abandon, setAbandon] = useState(false);
  const name = execution.commit === undefined ? 'this execution' : shortCommit(execution.commit.id);
  const post = async (what: string, body: unknown) => {
    await change(`${apiPath(of)}/${what}`, changedExecution, body);
    onDone();
  };
  const { commit } = execution;
  return (
    <div className="action">
      {can_retry.map((stage) => (
        <Ask
          key={`failed ${stage}`}
          label={`Retry what failed in ${stage}`}
          title={`Retry ${stage}?`}
          yes="Retry it"
          tone="primary"
          onYes={() => post('retries', { stage, execution: execution.id, mode: 'FAILED_ACTIONS' })}
        >
          <p>
            The actions of {stage} that did not succeed run again for {name}, then those behind them.
          </p>
        </Ask>
      ))}
      {can_retry.map((stage) => (
        <Ask
          key={`all ${stage}`}
          label={`Retry all of ${stage}`}
          title={`Retry all of ${stage}?`}
          yes="Retry all"
          onYes={() => post('retries', { stage, execution: execution.id, mode: 'ALL_ACTIONS' })}
        >
          <p>
            Every action of {stage} runs again for {name}.
          </p>
        </Ask>
      ))}
      {can_roll_back.map((stage) => (
        <Ask
          key={`back ${stage}`}
          label={`Put ${stage} back to this`}
          title={`Put ${stage} back to ${name}?`}
          yes={`Put ${stage} back`}
          tone="fault"
          onYes={() => post('rollbacks', { stage, target: execution.id })}
        >
          <p>
            {stage} runs once more with the artifacts of {name}: what was deployed since is replaced. Other stages stay as they are.
          </p>
        </Ask>
      ))}
      {!isOpen(execution.state) && commit !== undefined && (
        <Ask
          label="Release this commit again"
          title={`Release ${name} again?`}
          yes="Release it"
          onYes={() => post('starts', { commit: commit.id })}
        >
          <p>{name} goes through every stage and gate again, from the source on, whatever was pushed since.</p>
        </Ask>
      )}
      {isOpen(execution.state) && (
        <Ask
          label="Stop it"
          title={`Stop ${name}?`}
          yes="Stop it"
          tone="fault"
          onYes={() => post('stops', { execution: execution.id, abandon, reason })}
        >
          <p>It goes no further. What runs now is waited for, unless it is abandoned.</p>
          <label>
            Reason
            <input value={reason} maxLength={200} onChange={(event) => setReason(event.target.value)} />
          </label>
          <label className="check">
            <input type="checkbox" checked={abandon} onChange={(event) => setAbandon(event.target.checked)} />
            Abandon what runs now
          </label>
        </Ask>
      )}
    </div>
  );
}
