/** How traffic goes over to the new version (CodeDeploy API Reference, "TrafficRoutingConfig"). */
export type TrafficRouting =
  | { readonly type: 'AllAtOnce' }
  | { readonly type: 'TimeBasedCanary' | 'TimeBasedLinear'; readonly percentage: number; readonly interval_minutes: number };

/** A new version's share from some time on. */
export interface TrafficStep {
  /** Since the first step. */
  readonly after_minutes: number;
  /** 0 to 1. */
  readonly share: number;
}

const DEFAULT = 'CodeDeployDefault.Lambda';
const minutes = (count: number) => `${count}Minute${count === 1 ? '' : 's'}`;

/** CodeDeploy User Guide, "Predefined deployment configurations for an AWS Lambda compute platform". */
export const PREDEFINED_CONFIGS: ReadonlyMap<string, TrafficRouting> = new Map<string, TrafficRouting>([
  [`${DEFAULT}AllAtOnce`, { type: 'AllAtOnce' }],
  ...[5, 10, 15, 30].map((interval_minutes): [string, TrafficRouting] => [
    `${DEFAULT}Canary10Percent${minutes(interval_minutes)}`,
    { type: 'TimeBasedCanary', percentage: 10, interval_minutes },
  ]),
  ...[1, 2, 3, 10].map((interval_minutes): [string, TrafficRouting] => [
    `${DEFAULT}Linear10PercentEvery${minutes(interval_minutes)}`,
    { type: 'TimeBasedLinear', percentage: 10, interval_minutes },
  ]),
]);

export const ALL_AT_ONCE = `${DEFAULT}AllAtOnce`;

/** The steps of a deployment; the last one has the whole share. */
export function stepsOf(routing: TrafficRouting): TrafficStep[] {
  if (routing.type === 'AllAtOnce') return [{ after_minutes: 0, share: 1 }];
  const { percentage, interval_minutes } = routing;
  const increments = routing.type === 'TimeBasedCanary' ? [percentage, 100] : linear(percentage);
  return increments.map((percent, index) => ({ after_minutes: index * interval_minutes, share: percent / 100 }));
}

function linear(percentage: number): number[] {
  const count = Math.ceil(100 / percentage);
  return Array.from({ length: count }, (_, index) => Math.min(100, (index + 1) * percentage));
}
