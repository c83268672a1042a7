import { coversPath, devicePathSchema } from '@enstratus/contract';

const version = '1';

/** Where a page of devices ends: callers hand it back as they got it, and what is in it is nobody's business. */
export function cursorOf(device_path: string): string {
  return Buffer.from(`${version}:${device_path}`, 'utf8').toString('base64url');
}

/**
 * The path in a cursor, or undefined when it isn't one that was given out for this organization: only what `cursorOf` makes is taken, and nothing
 * outside of the organization.
 */
export function pathInCursor(cursor: string, organization_path: string): string | undefined {
  const [found, ...path] = Buffer.from(cursor, 'base64url').toString('utf8').split(':');
  const device = devicePathSchema.safeParse(path.join(':'));
  if (found !== version || !device.success || cursorOf(device.data) !== cursor) return undefined;
  return coversPath(organization_path, device.data) ? device.data : undefined;
}
