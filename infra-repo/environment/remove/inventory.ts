import type { Target } from '../aws.ts';
import { bootstrapStack, stackStatus, systemStacks } from '../stacks.ts';
import { assetBuckets, buckets } from './buckets.ts';
import type { Leftover, LeftoverKind } from './leftover.ts';
import { logGroups } from './log-groups.ts';
import { parameters } from './parameters.ts';
import { subscriptions } from './subscriptions.ts';
import { tables } from './tables.ts';
import { userPools } from './user-pools.ts';

/** What is deleted when the stacks are gone. */
export const systemKinds: readonly LeftoverKind[] = [subscriptions, tables, userPools, buckets, logGroups, parameters];
/** What is deleted when the bootstrap's stack is gone. */
export const bootstrapKinds: readonly LeftoverKind[] = [assetBuckets];

/** The types of which a stack may leave some that it can't delete. */
export const leftTypes: ReadonlySet<string> = new Set(
  [...systemKinds, ...bootstrapKinds].flatMap(({ type }) => (type === undefined ? [] : [type])),
);

/** Something of the system in an account. */
export interface Found {
  readonly kind: string;
  readonly name: string;
}

/** All of the system and of its bootstrap that is in the account and region. Throws what the services throw. */
export async function inventory(target: Target): Promise<Found[]> {
  const stacks = [...(await systemStacks(target.cloudFormation)), ...((await hasBootstrap(target)) ? [bootstrapStack] : [])];
  const leftovers = await Promise.all([...systemKinds, ...bootstrapKinds].map((kind) => found(kind, target)));
  return [...stacks.map((name) => ({ kind: 'stack', name })), ...leftovers.flat().map(({ kind, name }) => ({ kind, name }))];
}

async function found(kind: LeftoverKind, target: Target): Promise<(Leftover & Found)[]> {
  return (await kind.list(target)).map((leftover) => ({ ...leftover, kind: kind.kind }));
}

const hasBootstrap = async ({ cloudFormation }: Target): Promise<boolean> =>
  (await stackStatus(cloudFormation, bootstrapStack)) !== undefined;
