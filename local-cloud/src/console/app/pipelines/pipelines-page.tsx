import { changedExecution, type Pipeline, pipelineList } from '../../shapes/pipelines.ts';
import { change, useLoaded } from '../data/api.ts';
import { Ago, Card, Head, Load } from '../design/parts.tsx';
import { apiPath, pipelineHref } from './addresses.ts';
import { Ask } from './ask.tsx';
import { ExecutionName } from './execution-name.tsx';
import { StateBadge } from './lamp.tsx';
import { PipelinePicture } from './pipeline-picture.tsx';
import { newestOf } from './wording.ts';

/** Every pipeline as a picture, and before them what somebody has to decide. */
export function PipelinesPage() {
  const loaded = useLoaded('/pipelines', pipelineList, {}, 1500);
  return (
    <>
      <Head title="Pipelines">
        <span className="quiet">What is pushed carries itself to production; two gates ask somebody</span>
      </Head>
      <Load from={loaded}>
        {({ pipelines }) =>
          pipelines.length === 0 ? (
            <NoPipelines />
          ) : (
            <>
              <Decisions pipelines={pipelines} />
              {pipelines.map((pipeline) => (
                <PipelineCard
                  key={`${pipeline.account} ${pipeline.region} ${pipeline.name}`}
                  pipeline={pipeline}
                  onStarted={loaded.reload}
                />
              ))}
            </>
          )
        }
      </Load>
    </>
  );
}

function NoPipelines() {
  return (
    <Card title="No pipeline is deployed here">
      <p className="lead">
        <code>npm start -- --pipelines</code> brings up the accounts DEV, TEST and PROD, the repos and their pipelines. With{' '}
        <code>npm start -- --pipeline ingest-repo</code> it is that repo’s pipeline alone, which is quicker. Then clone a repo, change a
        line and push it.
      </p>
    </Card>
  );
}

function Decisions({ pipelines }: { pipelines: readonly Pipeline[] }) {
  const asked = pipelines.flatMap((pipeline) =>
    pipeline.stages.flatMap((stage) =>
      stage.actions.flatMap((action) => (action.state === 'needs_approval' ? [{ pipeline, stage, action }] : [])),
    ),
  );
  if (asked.length === 0) return null;
  return (
    <Card title={asked.length === 1 ? 'One decision waits' : `${asked.length} decisions wait`} flush>
      <ul className="decisions">
        {asked.map(({ pipeline, stage, action }) => {
          const execution = pipeline.executions.find(({ id }) => id === stage.execution);
          return (
            <li key={`${pipeline.account} ${pipeline.name} ${stage.name} ${action.name}`}>
              <b>{pipeline.name}</b>
              <span>{action.name}</span>
              {execution !== undefined && <ExecutionName of={pipeline} execution={execution} />}
              <span className="quiet">
                asked <Ago at={action.at} />
              </span>
              <a className="button button--primary" href={pipelineHref(pipeline, 'gates', stage.name, action.name)}>
                Read what will change<span className="visually-hidden">{` in ${pipeline.name}: ${action.name}`}</span>
              </a>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}

function PipelineCard({ pipeline, onStarted }: { pipeline: Pipeline; onStarted: () => void }) {
  const newest = newestOf(pipeline);
  return (
    <div className="card card--flush" data-card={pipeline.name}>
      <div className="card__head">
        <h2>
          <a className="name" href={pipelineHref(pipeline)}>
            {pipeline.name}
          </a>
        </h2>
        <div className="card__tools">
          {newest !== undefined && <StateBadge state={newest.state} />}
          <StartButton pipeline={pipeline} onStarted={onStarted} />
        </div>
      </div>
      <PipelinePicture pipeline={pipeline} />
    </div>
  );
}

/** The newest commit of the branch once more from the beginning: StartPipelineExecution. */
export function StartButton({ pipeline, onStarted }: { pipeline: Pipeline; onStarted: () => void }) {
  return (
    <Ask
      label="Release again"
      title={`Release ${pipeline.name} again?`}
      yes="Release it"
      onYes={async () => {
        await change(`${apiPath(pipeline)}/starts`, changedExecution, {});
        onStarted();
      }}
    >
      <p>
        The newest commit{pipeline.source === undefined ? '' : ` of ${pipeline.source.branch}`} goes through every stage again, from the
        source on.
      </p>
    </Ask>
  );
}
