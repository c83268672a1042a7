import { ToolError } from '../tools/running-system.ts';
import type { EventKind } from './event-kind.ts';
import { customResource } from './kinds/custom-resource.ts';
import { graphqlField } from './kinds/graphql-field.ts';
import { particleWebhook } from './kinds/particle-webhook.ts';
import { preTokenGeneration } from './kinds/pre-token-generation.ts';
import { deviceAskKind, deviceEventKind } from './kinds/queued-events.ts';
import { registerDevice } from './kinds/register-device.ts';

/** Every kind of event that a function of the deployed system takes. */
export const eventKinds: readonly EventKind[] = [
  particleWebhook,
  deviceEventKind,
  deviceAskKind,
  graphqlField,
  registerDevice,
  preTokenGeneration,
  customResource,
];

/** Throws ToolError when there is no such kind. */
export function kindNamed(name: string): EventKind {
  const kind = eventKinds.find((one) => one.name === name);
  if (kind === undefined)
    throw new ToolError(`There is no kind of event "${name}". There are ${eventKinds.map((one) => one.name).join(', ')}.`);
  return kind;
}

/** The kinds that an event may be of. */
export function kindsOf(event: unknown): EventKind[] {
  return eventKinds.filter(({ shape }) => shape.safeParse(event).success);
}
