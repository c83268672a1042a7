import { notCarriedOut } from '../http/api-error.ts';

/** As `URL` writes them: 127.0.0.0/8, ::1, and the name that every machine has for itself. */
const LOOPBACK = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/;

/** What stands between the scheme and the path; a backslash ends it as a slash does (WHATWG URL Standard, "Host parsing" and "URL parsing"). */
const AUTHORITY = /^https?:\/\/([^/\\?#]*)/i;

/** Whether a webhook's request stays on this machine. Nothing else is ever sent to: an event of a laptop's fleet is nobody else's business. */
export function isThisMachine({ hostname }: URL): boolean {
  return LOOPBACK.test(hostname);
}

/** Throws 501 for an address that leads elsewhere. One whose host is a template is looked at when it is filled in. */
export function demandThisMachine(url: string): void {
  if (AUTHORITY.exec(url)?.[1]?.includes('{{') === true) return;
  if (URL.canParse(url) && isThisMachine(new URL(url))) return;
  throw notCarriedOut(
    `A webhook to ${URL.canParse(url) ? new URL(url).hostname : url}: requests go to this machine alone (localhost, 127.0.0.1 or [::1]), and that`,
  );
}
