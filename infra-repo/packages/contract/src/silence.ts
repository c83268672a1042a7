/** How many minutes after a pack was due a device counts as silent: Particle tries a skipped delivery again for up to a minute and a half. */
export const silenceMargin_minutes = 5;

/**
 * From when on a device counts as silent, in epoch seconds, if nothing comes from it until then.
 *
 * @param last_contact_at When the cloud last heard from it, epoch seconds.
 * @param pack_minutes How many minutes of documents it puts in a pack.
 */
export function silentAt(last_contact_at: number, pack_minutes: number): number {
  return last_contact_at + (pack_minutes + silenceMargin_minutes) * 60;
}
