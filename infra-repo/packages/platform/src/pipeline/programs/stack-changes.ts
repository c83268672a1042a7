import { Writable } from 'node:stream';
import { formatDifferences, formatSecurityChanges, fullDiff, type TemplateDiff } from '@aws-cdk/cloudformation-diff';
import { z } from 'zod';
import { changedUnits } from './monthly-units.ts';

type Template = Readonly<Record<string, unknown>>;

/** What deploying a stack would change. */
export interface StackChanges {
  readonly stackName: string;
  readonly counts: { readonly added: number; readonly changed: number; readonly replaced: number; readonly removed: number };
  readonly isSecurityTouched: boolean;
  /** Of rights and openings to the network; empty when there are none. */
  readonly security: string;
  readonly differences: string;
  readonly units: readonly string[];
}

/** Compares what is deployed (undefined: nothing yet) with what would be, as `cdk diff` does: CDK's own library. */
export function stackChanges(stackName: string, before: Template | undefined, after: Template): StackChanges {
  const difference = fullDiff(versionsByFunction(deployedPart(before ?? {})), versionsByFunction(deployedPart(after)));
  const resources = Object.values(difference.resources.changes).filter((change) => change.isDifferent);
  const replaced = resources.filter((change) => change.isUpdate && /REPLACE/.test(change.changeImpact)).length;
  const added = resources.filter((change) => change.isAddition).length;
  const removed = resources.filter((change) => change.isRemoval).length;
  return {
    stackName,
    counts: { added, removed, replaced, changed: resources.length - added - removed - replaced },
    isSecurityTouched: difference.permissionsAnyChanges,
    security: difference.permissionsAnyChanges ? written((stream) => formatSecurityChanges(stream, difference)) : '',
    differences: difference.isEmpty ? '' : written((stream) => formatDifferences(stream, difference as TemplateDiff)),
    units: changedUnits(before ?? {}, after),
  };
}

/** A template without what says nothing of the deployment: CDK notes there where it found an asset. */
function deployedPart(template: Template): Record<string, unknown> {
  const { Metadata: _, ...rest } = template;
  const Resources = resources.parse(template['Resources'] ?? {});
  return {
    ...rest,
    Resources: Object.fromEntries(Object.entries(Resources).map(([id, { Metadata: __, ...resource }]) => [id, resource])),
  };
}

const version = z.object({
  Type: z.literal('AWS::Lambda::Version'),
  Properties: z.object({ FunctionName: z.object({ Ref: z.string() }) }),
});

/**
 * A template in which a function's version goes by the function's name. CDK gives each version a logical id of its own, so that a function which has changed would read as a version that
 * is removed, another that is added and an alias that has changed: three lines more of what follows by itself, in which a real removal would not be seen.
 */
function versionsByFunction(template: Record<string, unknown>): Record<string, unknown> {
  const names = new Map<string, string>();
  for (const [id, resource] of Object.entries(resources.parse(template['Resources'] ?? {}))) {
    const parsed = version.safeParse(resource);
    const name = parsed.success ? `${parsed.data.Properties.FunctionName.Ref}Version` : undefined;
    if (name !== undefined && ![...names.values()].includes(name)) names.set(id, name);
  }
  let text = JSON.stringify(template);
  for (const [id, name] of names) text = text.replaceAll(`"${id}"`, `"${name}"`);
  return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
}

const resources = z.record(z.string(), z.looseObject({ Metadata: z.unknown().optional() }));

// Colours of a terminal, which the library writes when it thinks that there is one.
const colours = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

function written(write: (stream: NodeJS.WritableStream) => void): string {
  const parts: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      parts.push(chunk.toString());
      done();
    },
  });
  write(stream);
  return parts.join('').replaceAll(colours, '').trim();
}
