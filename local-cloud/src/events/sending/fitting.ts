import { ToolError } from '../../tools/running-system.ts';
import { eventKinds, kindsOf } from '../all-kinds.ts';
import type { EventKind } from '../event-kind.ts';

/** What a function is known to take; empty for one that somebody has added. */
export function kindsFor(functionName: string): EventKind[] {
  return eventKinds.filter(({ functions }) => functions.includes(functionName));
}

/** The kind of an event for a function. Throws ToolError when the function takes none of the kinds that it looks like. */
export function kindFitting(event: unknown, functionName: string): EventKind | undefined {
  const taken = kindsFor(functionName);
  const looksLike = kindsOf(event);
  const fitting = looksLike.find((kind) => taken.includes(kind));
  if (fitting !== undefined || taken.length === 0) return fitting;
  const names = (kinds: readonly EventKind[]) => kinds.map(({ name }) => name).join(' or ');
  const is = looksLike.length === 0 ? 'This is no kind of event that is known' : `This is a ${names(looksLike)} event`;
  throw new ToolError(`${is}, and ${functionName} takes ${names(taken)}. --anyway sends it all the same.`);
}
