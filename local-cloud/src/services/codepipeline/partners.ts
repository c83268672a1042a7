import { startPipelineBuild } from '../codebuild/pipeline-build.ts';
import { exportCommit } from '../codecommit/export-commit.ts';

/** What other services do for pipelines without a public operation of AWS for it. */
export interface Partners {
  readonly exportCommit: typeof exportCommit;
  readonly startPipelineBuild: typeof startPipelineBuild;
}

export const PARTNERS: Partners = { exportCommit, startPipelineBuild };
