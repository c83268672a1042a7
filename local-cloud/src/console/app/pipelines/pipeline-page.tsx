import { pipelineDetail } from '../../shapes/pipelines.ts';
import { useLoaded } from '../data/api.ts';
import { Card, Facts, Head, Load } from '../design/parts.tsx';
import { apiPath, type PipelineId } from './addresses.ts';
import { ExecutionRows } from './execution-rows.tsx';
import { PipelinePicture } from './pipeline-picture.tsx';
import { StartButton } from './pipelines-page.tsx';

/** One pipeline: its picture, and what became of every push. */
export function PipelinePage({ of }: { of: PipelineId }) {
  const loaded = useLoaded(apiPath(of), pipelineDetail, {}, 1500);
  return (
    <>
      <Head title={of.name} back={{ href: '#/pipelines', name: 'Pipelines' }}>
        {loaded.data !== undefined && <StartButton pipeline={loaded.data} onStarted={loaded.reload} />}
      </Head>
      <Load from={loaded}>
        {(pipeline) => (
          <>
            <Facts
              of={[
                ['Account', `${pipeline.account} ${pipeline.region}`],
                ...(pipeline.source === undefined ? [] : ([['Starts with', `a push to ${pipeline.source.branch}`]] as const)),
                ...(pipeline.source?.clone_url === undefined
                  ? []
                  : ([['Cloned from', <code key="clone">{pipeline.source.clone_url}</code>]] as const)),
                ['Version of its structure', pipeline.version],
              ]}
            />
            <Card title="Stages" flush>
              <PipelinePicture pipeline={pipeline} />
            </Card>
            <Card title="Executions" flush>
              <ExecutionRows pipeline={pipeline} />
            </Card>
          </>
        )}
      </Load>
    </>
  );
}
