import type { PipelineExecution } from '../../shapes/pipelines.ts';
import { type PipelineId, pipelineHref } from './addresses.ts';
import { shortCommit, titleOf } from './wording.ts';

/** An execution by its commit: the id in short and the first line of the message. */
export function ExecutionName({ of, execution }: { of: PipelineId; execution: PipelineExecution }) {
  return (
    <a className="commit" href={pipelineHref(of, 'executions', execution.id)} title={execution.commit?.message}>
      {execution.commit !== undefined && <code>{shortCommit(execution.commit.id)}</code>}{' '}
      <span className="commit__title">{titleOf(execution)}</span>
    </a>
  );
}
