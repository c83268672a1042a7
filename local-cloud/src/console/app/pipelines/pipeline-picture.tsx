import { type CSSProperties, Fragment } from 'react';
import type { Pipeline, PipelineAction, PipelineExecution, PipelineStage } from '../../shapes/pipelines.ts';
import { Ago, Badge } from '../design/parts.tsx';
import { buildHref, pipelineHref } from './addresses.ts';
import { type Band, bandsOf, syllables, widthOf } from './bands.ts';
import { ExecutionName } from './execution-name.tsx';
import { Lamp } from './lamp.tsx';
import { isOpen, newestOf, STATE_WORDS, shortCommit } from './wording.ts';

/** A pipeline from left to right, from top to bottom on a phone: what is in which stage, and how each action went. */
export function PipelinePicture({ pipeline }: { pipeline: Pipeline }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard (WCAG 2.1.1)
    <section className="pipe" aria-label={`Stages of ${pipeline.name}`} tabIndex={0} data-pipeline={pipeline.name}>
      <ol className="pipe__bands">
        {bandsOf(pipeline.stages).map((band) => (
          <BandView key={band.stages[0]?.name} band={band} pipeline={pipeline} />
        ))}
      </ol>
    </section>
  );
}

function BandView({ band, pipeline }: { band: Band; pipeline: Pipeline }) {
  const execution = pipeline.executions.find(({ id }) => id === band.execution);
  const widths = band.stages.map(widthOf);
  const style = {
    '--stages': band.stages.length,
    '--width': widths.reduce((sum, width) => sum + width, 0),
    '--columns': widths.map((width) => `minmax(0, ${width}fr)`).join(' '),
  } as CSSProperties;
  return (
    <li
      className={`band${execution === undefined ? ' band--empty' : ''}${execution !== undefined && execution.id === newestOf(pipeline)?.id ? ' band--newest' : ''}`}
      style={style}
      data-commit={execution?.commit?.id ?? ''}
    >
      <div className="band__run">
        {execution === undefined ? (
          <span className="quiet">{band.execution === undefined ? 'Nothing has come so far' : 'An older execution'}</span>
        ) : (
          <>
            <ExecutionName of={pipeline} execution={execution} />
            <RunState execution={execution} />
          </>
        )}
      </div>
      <ol className="band__stages">
        {band.stages.map((stage) => (
          <StageView key={stage.name} stage={stage} pipeline={pipeline} />
        ))}
      </ol>
    </li>
  );
}

/** What an execution's stages don't say of it. */
function RunState({ execution: { state, type } }: { execution: PipelineExecution }) {
  return (
    <>
      {type === 'ROLLBACK' && <Badge tone="warn">rollback</Badge>}
      {(state === 'stopped' || state === 'cancelled' || state === 'stopping') && <Badge>{STATE_WORDS[state]}</Badge>}
    </>
  );
}

function StageView({ stage, pipeline }: { stage: PipelineStage; pipeline: Pipeline }) {
  const since = stage.actions.reduce<string | undefined>(
    (latest, { at }) => (at !== undefined && (latest === undefined || at > latest) ? at : latest),
    undefined,
  );
  return (
    <li className={`stage stage--${stage.state}`} data-stage={stage.name} data-state={stage.state}>
      {stage.closed !== undefined && (
        <p className="stage__closed" title={`${stage.closed.by}, ${stage.closed.at}`}>
          <b>Closed</b> {stage.closed.reason}
        </p>
      )}
      <WentBack stage={stage} pipeline={pipeline} />
      {stage.waiting.map((id) => (
        <Waiting key={id} id={id} pipeline={pipeline} />
      ))}
      <div className="stage__head">
        <h3>
          <Breakable name={stage.name} />
        </h3>
        <p>
          {STATE_WORDS[stage.state]}
          {since !== undefined && !isOpen(stage.state) && (
            <>
              {' '}
              <Ago at={since} />
            </>
          )}
        </p>
        {stage.account !== undefined && <p className="quiet">account {stage.account}</p>}
      </div>
      <ul className="stage__actions">
        {stage.actions.map((action) => (
          <ActionView key={action.name} action={action} stage={stage} pipeline={pipeline} />
        ))}
      </ul>
    </li>
  );
}

/** Which execution failed here, so that what was there before came back by itself. */
function WentBack({ stage, pipeline }: { stage: PipelineStage; pipeline: Pipeline }) {
  const failed = pipeline.executions.find(({ id }) => id === stage.execution)?.failed_execution;
  if (failed === undefined) return null;
  const commit = pipeline.executions.find(({ id }) => id === failed)?.commit;
  return (
    <p className="stage__closed">
      <a href={pipelineHref(pipeline, 'executions', failed)}>{commit === undefined ? 'What came' : shortCommit(commit.id)} failed</a> and
      went back
    </p>
  );
}

/** An execution at a stage's entrance. */
function Waiting({ id, pipeline }: { id: string; pipeline: Pipeline }) {
  const execution = pipeline.executions.find((one) => one.id === id);
  return (
    <p className="stage__waiting">
      <a href={pipelineHref(pipeline, 'executions', id)}>
        {execution?.commit === undefined ? 'An execution' : shortCommit(execution.commit.id)} waits
      </a>
    </p>
  );
}

function ActionView({ action, stage, pipeline }: { action: PipelineAction; stage: PipelineStage; pipeline: Pipeline }) {
  const href = hrefOfAction(action, stage, pipeline);
  const name = <Breakable name={action.name} />;
  return (
    <li className={`act act--${action.state}`} data-action={action.name} data-state={action.state}>
      <Lamp state={action.state} />
      <span className="act__name">{href === undefined ? name : <a href={href}>{name}</a>}</span>
      {action.error !== undefined && <p className="act__error">{action.error.message}</p>}
      {action.state === 'needs_approval' && (
        <a className="button button--primary act__review" href={href}>
          Review<span className="visually-hidden">{` ${action.name} of ${pipeline.name}`}</span>
        </a>
      )}
    </li>
  );
}

/** With the places where it may be broken. */
function Breakable({ name }: { name: string }) {
  return syllables(name).map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a name doesn't change
    <Fragment key={index}>
      {index > 0 && <wbr />}
      {part}
    </Fragment>
  ));
}

function hrefOfAction({ name, kind, state, build_id }: PipelineAction, stage: PipelineStage, pipeline: Pipeline): string | undefined {
  if (kind === 'approval' && state !== 'idle' && state !== 'waiting') return pipelineHref(pipeline, 'gates', stage.name, name);
  if (build_id !== undefined) return buildHref(pipeline, build_id, stage.name, name);
  return undefined;
}
