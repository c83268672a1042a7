import type { ReactNode } from 'react';
import type { Place } from '../data/router.ts';
import { BuildPage } from './build-page.tsx';
import { ExecutionPage } from './execution-page.tsx';
import { GatePage } from './gate-page.tsx';
import { PipelinePage } from './pipeline-page.tsx';
import { PipelinesPage } from './pipelines-page.tsx';

/** The page of an address below `#/pipelines`: nothing, `<account>/<region>/<name>`, or what lies below that. */
export function pipelinePageAt({ path, query }: Place): ReactNode {
  const [, account, region, name, part, id, action] = path;
  if (account === undefined || region === undefined || name === undefined) return <PipelinesPage />;
  const of = { account, region, name };
  const key = path.join('/');
  if (part === 'executions' && id !== undefined) return <ExecutionPage key={key} of={of} id={id} />;
  if (part === 'builds' && id !== undefined) return <BuildPage key={key} of={of} id={id} action={query.get('action')} />;
  if (part === 'gates' && id !== undefined && action !== undefined) return <GatePage key={key} of={of} stage={id} action={action} />;
  return <PipelinePage key={key} of={of} />;
}
