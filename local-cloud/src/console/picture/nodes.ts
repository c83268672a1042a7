import type { PictureNode } from '../shapes/picture.ts';

/** Names that hold no wildcard, from one that may: `/enstratus/devices/pump-0001` and its like become `/enstratus/devices/*`. */
export function logFamilies(groups: readonly string[]): Map<string, string[]> {
  const families = new Map<string, string[]>();
  for (const group of groups) {
    const parent = group.slice(0, group.lastIndexOf('/') + 1);
    families.set(parent, [...(families.get(parent) ?? []), group]);
  }
  const shown = new Map<string, string[]>();
  for (const [parent, members] of families) {
    if (members.length > 1 && parent !== '/') shown.set(`${parent}*`, members);
    else for (const member of members) shown.set(member, [member]);
  }
  return shown;
}

/**
 * Whether an ARN of a policy, in which `*` and `?` stand for anything, may mean what has this ARN, or what lies below it: an index of a table, the objects of a
 * bucket, the fields of an API, the streams of a log group.
 */
export function mayMean(pattern: string, arn: string): boolean {
  for (let end = pattern.length; end > 0; end = Math.max(pattern.lastIndexOf('/', end - 1), pattern.lastIndexOf(':', end - 1)))
    if (asRegex(pattern.slice(0, end)).test(arn)) return true;
  return false;
}

function asRegex(pattern: string): RegExp {
  return new RegExp(
    `^${pattern
      .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  );
}

/** What an AWS service is called in the picture's nodes. */
export const KIND_OF_SERVICE: Readonly<Record<string, PictureNode['kind']>> = {
  dynamodb: 'table',
  sqs: 'queue',
  sns: 'topic',
  s3: 'bucket',
  logs: 'logs',
  appsync: 'api',
  lambda: 'function',
};
