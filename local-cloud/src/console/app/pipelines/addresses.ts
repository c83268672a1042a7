import { hrefOf } from '../data/router.ts';

/** Which pipeline: its account, region and name. */
export interface PipelineId {
  readonly account: string;
  readonly region: string;
  readonly name: string;
}

/** Where the console's API has it. */
export function apiPath({ account, region, name }: PipelineId): string {
  return `/pipelines/${[account, region, name].map(encodeURIComponent).join('/')}`;
}

/** Where the page shows it, or something of it, such as `executions`, `<id>`. */
export function pipelineHref({ account, region, name }: PipelineId, ...below: readonly string[]): string {
  return hrefOf(['pipelines', account, region, name, ...below]);
}

/** A build, with the action whose build it is. */
export function buildHref({ account, region, name }: PipelineId, id: string, stage: string, action: string): string {
  return hrefOf(['pipelines', account, region, name, 'builds', id], { action: `${action} in ${stage}` });
}
