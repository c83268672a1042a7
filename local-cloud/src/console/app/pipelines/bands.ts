import type { PipelineStage } from '../../shapes/pipelines.ts';

/** Stages side by side that hold the same execution. */
export interface Band {
  /** Undefined for stages that nothing has reached. */
  readonly execution: string | undefined;
  readonly stages: readonly PipelineStage[];
}

/** The stages in their order, cut where another execution begins: an older one stands beside a newer one. */
export function bandsOf(stages: readonly PipelineStage[]): Band[] {
  const bands: { execution: string | undefined; stages: PipelineStage[] }[] = [];
  for (const stage of stages) {
    const last = bands.at(-1);
    if (last !== undefined && last.execution === stage.execution) last.stages.push(stage);
    else bands.push({ execution: stage.execution, stages: [stage] });
  }
  return bands;
}

/** Longer names of actions want a wider column. */
const LONG = 17;

/** How wide a stage is drawn, in parts of the picture. */
export function widthOf({ actions }: PipelineStage): number {
  return actions.some(({ name }) => name.length >= LONG) ? 1.35 : 1;
}

/** Where a name may be broken: before a capital letter, behind a point. */
export function syllables(name: string): string[] {
  return name.split(/(?<=[a-z0-9])(?=[A-Z])|(?<=[.\-_])/);
}
