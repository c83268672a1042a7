import type { Cloud } from '../../kernel/cloud.ts';
import type { Principal } from '../../kernel/principal.ts';
import type { Scope } from '../../kernel/service.ts';

/** Whose environment a document comes from: on AWS each has a daemon of its own, which uses the function's credentials. */
export interface RunningFunction {
  readonly scope: Scope;
  readonly principal: Principal;
  readonly function_name: string;
}

/** Invocations of which documents may still come: more than ever run at once. */
const REMEMBERED = 5_000;

const running = new WeakMap<Cloud, Map<string, RunningFunction>>();

/** The invocations of this cloud's functions by their request ids, the latest of them. */
export function runningFunctions(cloud: Cloud): {
  note(request_id: string, one: RunningFunction): void;
  find(request_id: string): RunningFunction | undefined;
} {
  const known = running.get(cloud) ?? new Map<string, RunningFunction>();
  running.set(cloud, known);
  return {
    note: (request_id, one) => {
      known.set(request_id, one);
      if (known.size <= REMEMBERED) return;
      const [oldest] = known.keys();
      if (oldest !== undefined) known.delete(oldest);
    },
    find: (request_id) => known.get(request_id),
  };
}
