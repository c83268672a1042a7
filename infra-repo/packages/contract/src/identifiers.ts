import * as z from 'zod';

/** A device's own id: 2 to 31 characters, because it stands in log group names, object keys and addresses. */
export const deviceIdSchema = z
  .string({ error: 'device_id must be a text' })
  .regex(/^[a-z0-9][a-z0-9-]{1,30}$/, 'device_id must be 2 to 31 of a-z, 0-9 and -, not beginning with -');

/** Particle's id of a device (`coreid` in its webhooks): 24 hexadecimal digits in lower case. */
export const particleIdSchema = z
  .string({ error: 'particle_id must be a text' })
  .regex(/^[0-9a-f]{24}$/, 'particle_id must be 24 hexadecimal digits in lower case');

/** Our own id of a user, never Cognito's `sub`. */
export const userIdSchema = z
  .string({ error: 'user_id must be a text' })
  .regex(/^[a-z0-9][a-z0-9-]{1,62}$/, 'user_id must be 2 to 63 of a-z, 0-9 and -, not beginning with -');

const segment = '[a-z0-9][a-z0-9-]{0,30}';
const below = (levels: string) => new RegExp(`^/enfusion(/${segment})${levels}$`);

/** `/enfusion`, or a partner, dealer or customer below it: `/enfusion/p1/d3/c9`. No slash at the end. */
export const organizationPathSchema = z
  .string({ error: 'path must be a text' })
  .regex(below('{0,3}'), 'path must be an organization: /enfusion/<partner>/<dealer>/<customer>, or one above');

/** A site of a customer: `/enfusion/p1/d3/c9/north-field`. */
export const sitePathSchema = z
  .string({ error: 'path must be a text' })
  .regex(below('{4}'), 'path must be a site: /enfusion/<partner>/<dealer>/<customer>/<site>');

/** A device at its site: `/enfusion/p1/d3/c9/north-field/pump-1`. Its last segment is the device_id. */
export const devicePathSchema = z
  .string({ error: 'path must be a text' })
  .regex(below('{5}'), 'path must be a device: /enfusion/<partner>/<dealer>/<customer>/<site>/<device_id>');

/** Whether a path is the given one or lies below it. `/enfusion/p1` covers `/enfusion/p1/d3` and not `/enfusion/p10`. */
export function coversPath(above: string, path: string): boolean {
  return `${path}/`.startsWith(`${above}/`);
}

/** The path one level up, or undefined for `/enfusion`. */
export function parentPath(path: string): string | undefined {
  const end = path.lastIndexOf('/');
  return end <= 0 ? undefined : path.slice(0, end);
}

/** An IANA time zone that this runtime knows, such as `America/Phoenix`. */
export const timeZoneSchema = z
  .string({ error: 'time_zone must be a text' })
  .refine(isTimeZone, 'time_zone must be an IANA time zone such as America/Phoenix');

function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** How many minutes of documents a device puts in a pack. */
export const packMinutesSchema = z
  .int({ error: 'pack_minutes must be a whole number' })
  .min(1, 'pack_minutes must be 1 to 15')
  .max(15, 'pack_minutes must be 1 to 15');
