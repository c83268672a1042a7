import type { Cloud } from '../../kernel/cloud.ts';

/** Something of a template that is accepted and has no effect in the local cloud. */
export interface Inert {
  readonly type: string;
  /** Absent: the whole resource type. */
  readonly property?: string;
  readonly reason: string;
}

/** Every resource type and property that is accepted without effect, by type and property: for LIMITS.md. */
export function listInert(cloud: Cloud): Inert[] {
  const types = cloud.services.flatMap((service) => service.resourceTypes ?? []);
  return types
    .flatMap(({ type, inert = {}, inertType }): Inert[] => [
      ...(inertType === undefined ? [] : [{ type, reason: inertType }]),
      ...Object.entries(inert).map(([property, reason]) => ({ type, property, reason })),
    ])
    .toSorted((a, b) => (`${a.type} ${a.property ?? ''}` < `${b.type} ${b.property ?? ''}` ? -1 : 1));
}
