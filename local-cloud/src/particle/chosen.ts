/** Figures that Particle does not publish. Each is said in LIMITS.md. */

/** How long a called device may take to answer before the caller gets 408. */
export const CALL_TIMEOUT_MS = 30_000;
/** Requests that run at the same time to one host and port. Particle names no limit; a laptop has one. */
export const CONNECTIONS_PER_HOST = 8;
/** A host's last answers that count for whether it sleeps. */
export const RATING_WINDOW_MS = 10_000;
/** So many errors in that time must there be before a host sleeps ("many times in rapid succession"). */
export const RATING_MIN_ERRORS = 10;
/** How long after its last error a host is left alone ("a cooldown period of a few seconds without errors"). */
export const RATING_COOLDOWN_MS = 5_000;
/** After a device has connected, a firmware is sent to it ("a few seconds after the cloud connection is established"). */
export const UPDATE_AFTER_CONNECT_MS = 3_000;
/** How long a firmware is under way: 2.7 to 3.3 s in the examples of Particle's page "Firmware update events". */
export const UPDATE_TRANSFER_MS = 3_000;
/** So many devices get a firmware at the same time. */
export const UPDATES_AT_ONCE = 100;
/** How long a compiled binary can be fetched. */
export const BINARY_LIFE_MS = 24 * 3_600_000;
/** Blank lines on an open event stream: particle-api-js gives up one that is silent for 13 seconds. */
export const STREAM_PING_MS = 9_000;
/** What devices changed in memory alone (when they were last heard) is written after this time. */
export const WRITE_BEHIND_MS = 1_000;
/** How much a reader of an event stream may leave unread before the stream is ended ("The connection can be closed at any time by the SSE server"). */
export const MAX_UNREAD_BYTES = 16 * 1024 * 1024;
