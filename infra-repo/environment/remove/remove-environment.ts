import { setTimeout } from 'node:timers/promises';
import { inDeploymentOrder, waitsFor } from '@enstratus/platform/delivery';
import { signedInTo, stageOf, type Target } from '../aws.ts';
import type { RemoveOptions } from '../options.ts';
import { sideBySide } from '../side-by-side.ts';
import { bootstrapStack } from '../stacks.ts';
import type { Steps } from '../steps.ts';
import { confirm } from './confirm.ts';
import { deleteStack } from './delete-stack.ts';
import { deployedStacks } from './deployed-stacks.ts';
import { bootstrapKinds, type Found, inventory, leftTypes, systemKinds } from './inventory.ts';
import type { LeftoverKind } from './leftover.ts';

/** How many of a kind go at once; the services' own limits are kept by the clients' waiting. */
const atOnce = 4;
const looks = 6;
const pause_ms = 5_000;

export interface Removal {
  readonly account: string;
  readonly region: string;
  /** What was there before. */
  readonly found: readonly Found[];
  /** What is there afterwards: nothing, when it went well; everything, when it was only listed. */
  readonly left: readonly Found[];
}

/**
 * Takes an environment out of its account: stacks in the reverse of their order, what they retain, then the bootstrap, and looks again at the end. Done again after a cut it goes on. With `--dry-run` it only
 * lists. Throws Refusal, and Errors that say what can't be deleted.
 */
export async function removeEnvironment(options: RemoveOptions, steps: Steps): Promise<Removal> {
  const target = await steps.run('Sign in', () => signedInTo(stageOf(options.organization, options.stage)));
  steps.note(`      ${target.caller}`);
  const found = await steps.run('List what is there', () => inventory(target));
  const { account, region } = target;
  for (const { kind, name } of found) steps.note(`      ${kind.padEnd(12)}  ${name}`);
  if (found.length === 0 || options['dry-run']) return { account, region, found, left: found };
  await confirm(options, account);
  await deleteStacks(target, steps);
  for (const kind of systemKinds) await deleteLeftovers(kind, target, steps);
  await steps.run(`Delete ${bootstrapStack}`, () => deleteStack(target.cloudFormation, bootstrapStack, leftTypes));
  for (const kind of bootstrapKinds) await deleteLeftovers(kind, target, steps);
  const left = await steps.run('Look whether anything is left', () => whatIsLeft(target));
  for (const { kind, name } of left) steps.note(`      ${kind.padEnd(12)}  ${name}`);
  return { account, region, found, left };
}

/** What is there for good: a service may still list for some seconds what it has deleted. */
async function whatIsLeft(target: Target): Promise<Found[]> {
  for (let look = 1; ; look += 1) {
    const left = await inventory(target);
    if (left.length === 0 || look === looks) return left;
    await setTimeout(pause_ms);
  }
}

async function deleteStacks(target: Target, steps: Steps): Promise<void> {
  const stacks = inDeploymentOrder(await deployedStacks(target.cloudFormation));
  await sideBySide(
    stacks.toReversed(),
    (stack) => stacks.filter((other) => waitsFor(other, stacks).includes(stack)),
    ({ name }) => steps.run(`Delete ${name}`, () => deleteStack(target.cloudFormation, name, leftTypes)),
  );
}

async function deleteLeftovers(kind: LeftoverKind, target: Target, steps: Steps): Promise<void> {
  const waiting = await kind.list(target);
  if (waiting.length === 0) return;
  await steps.run(`Delete what is left: ${waiting.length} ${kind.kind}${waiting.length === 1 ? '' : 's'}`, async () => {
    const work = async () => {
      for (let leftover = waiting.shift(); leftover !== undefined; leftover = waiting.shift()) await kind.remove(leftover, target);
    };
    await Promise.all(Array.from({ length: atOnce }, work));
  });
}
