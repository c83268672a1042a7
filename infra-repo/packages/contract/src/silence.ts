/**
 * How many minutes after a pack's last sample was due a device counts as silent. A device publishes a pack up to 59 s after that sample (PROTOCOL.md, "The
 * second of a pack"), and Particle tries a skipped delivery again for up to a minute and a half: half of it is left for a device's own tries.
 */
export const silenceMargin_minutes = 5;

/**
 * From when on a device counts as silent, in epoch seconds, if nothing newer comes from it until then. Both times count: a device that was heard a
 * moment ago but sends only what it has kept for hours says nothing of now, and one whose clock is ahead can be gone before its newest document's time.
 *
 * @param latest When the cloud last heard from it, and the time of its newest document, epoch seconds.
 * @param pack_minutes How many minutes of documents it puts in a pack.
 */
export function silentAt(latest: { readonly last_contact_at: number; readonly time: number }, pack_minutes: number): number {
  return Math.min(latest.last_contact_at, latest.time) + (pack_minutes + silenceMargin_minutes) * 60;
}
