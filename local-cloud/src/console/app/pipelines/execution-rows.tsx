import type { Pipeline, PipelineExecution } from '../../shapes/pipelines.ts';
import { Ago, Badge, Grid, useNow } from '../design/parts.tsx';
import { pipelineHref } from './addresses.ts';
import { ExecutionName } from './execution-name.tsx';
import { StateBadge } from './lamp.tsx';
import { length, lengthOf, reasonOf, shortCommit, startedBy } from './wording.ts';

/** Executions of a pipeline, newest first. */
export function ExecutionRows({ pipeline }: { pipeline: Pipeline }) {
  const now = useNow();
  return (
    <Grid label={`Executions of ${pipeline.name}`} head={['Execution', 'Status', 'Started by', 'Started', '#Took']} sticky>
      {pipeline.executions.map((execution) => (
        <tr key={execution.id} data-execution={execution.id}>
          <td className="elastic">
            <ExecutionName of={pipeline} execution={execution} />
            <Why execution={execution} pipeline={pipeline} />
          </td>
          <td>
            <StateBadge state={execution.state} />
          </td>
          <td title={execution.started_by.detail}>{startedBy(execution.started_by)}</td>
          <td>
            <Ago at={execution.started_at} />
          </td>
          <td className="num">{length(lengthOf(execution, now))}</td>
        </tr>
      ))}
    </Grid>
  );
}

/** Why it didn't go on, and of a rollback where it went back to. */
function Why({ execution, pipeline }: { execution: PipelineExecution; pipeline: Pipeline }) {
  const reason = reasonOf(execution);
  const target = pipeline.executions.find(({ id }) => id === execution.rollback_target);
  if (reason === undefined && execution.type === 'STANDARD') return null;
  return (
    <div className="quiet small">
      {execution.type === 'ROLLBACK' && (
        <>
          <Badge tone="warn">rollback</Badge>{' '}
          {target !== undefined && (
            <>
              to <a href={pipelineHref(pipeline, 'executions', target.id)}>{shortCommit(target.commit?.id ?? target.id)}</a>{' '}
            </>
          )}
        </>
      )}
      {reason}
    </div>
  );
}
