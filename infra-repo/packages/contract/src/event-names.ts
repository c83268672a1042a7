/** What begins the name of every event that a device publishes: one webhook with this prefix takes all of them. */
export const statusEventPrefix = 'status';

/** What a device's publish is ("What a device publishes" in PROTOCOL.md). */
export type StatusEventName = 'status' | 'status/live' | 'status/changed' | 'status/report';

const others: ReadonlySet<string> = new Set(['status/live', 'status/changed', 'status/report'] satisfies StatusEventName[]);

/** What an event's name says: any name but these three counts as `status`, so that what an older or newer firmware calls it is still read. */
export function statusEventName(event: string | undefined): StatusEventName {
  return event !== undefined && others.has(event) ? (event as StatusEventName) : 'status';
}
