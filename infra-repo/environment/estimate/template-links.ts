import type { Template } from '@enstratus/platform/delivery';
import { z } from 'zod';
import { type CreationTime, creationTimes, unknownType } from './creation-times.ts';
import type { Link } from './critical-path.ts';

/** A resource of a template, with the time that its creation usually takes. */
export interface ResourceLink extends Link {
  readonly type: string;
  readonly time: CreationTime;
}

const dependsOnSchema = z.union([z.string().transform((one) => [one]), z.array(z.string())]).default([]);

/** A template's resources, each after those that it names: as CloudFormation orders them ("DependsOn attribute", Ref, Fn::GetAtt, Fn::Sub). */
export function templateLinks({ Resources }: Pick<Template, 'Resources'>): ResourceLink[] {
  return Object.entries(Resources).map(([name, { Type, DependsOn, Properties }]) => {
    const after = [...new Set([...dependsOnSchema.parse(DependsOn), ...named(Properties)])].filter((other) => other !== name);
    const time = creationTimes[Type] ?? unknownType;
    return { name, type: Type, time, duration_s: time.duration_s, after };
  });
}

/** What a value names by an intrinsic function, however deep. */
function named(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(named);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === 'Ref' && typeof inner === 'string') return [inner];
    if (key === 'Fn::GetAtt')
      return typeof inner === 'string' ? [inner.split('.')[0] ?? ''] : Array.isArray(inner) ? [String(inner[0])] : [];
    const text = key === 'Fn::Sub' ? (Array.isArray(inner) ? inner[0] : inner) : undefined;
    const inText = typeof text === 'string' ? [...text.matchAll(/\$\{([A-Za-z0-9]+)/g)].map(([, name = '']) => name) : [];
    return [...inText, ...named(inner)];
  });
}
