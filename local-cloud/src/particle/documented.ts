/**
 * The figures that Particle's documentation gives for what this stand-in carries out. What it gives no figure for, and had to
 * be chosen, stands in `chosen.ts`.
 */

/** Device OS reference, "Overview of API field limits": event, function and variable names. */
export const MAX_NAME_BYTES = 64;
/** Device OS reference, "Particle.publish": ASCII characters. */
export const EVENT_NAME = /^[ -~]{1,64}$/;
/** The same: event data of classic publishes on Gen 3 devices, from Device OS 3.0 on. */
export const MAX_EVENT_DATA_BYTES = 1024;
/** The same: function argument. */
export const MAX_ARGUMENT_BYTES = 1024;
/** Device OS reference, "Particle.publish()": about one event a second, bursts of up to four. */
export const PUBLISHES_PER_SECOND = 1;
export const PUBLISH_BURST = 4;
/** Cloud API reference, "Connection status": a cellular device's power cut shows after 2 × 23 minutes. */
export const OFFLINE_AFTER_MS = 46 * 60_000;
/** Webhook reference, "Limits". */
export const WEBHOOK_TIMEOUT_MS = 20_000;
/** Webhook reference, "Limits": a skipped event is tried again after 30 seconds and 1 minute, then dropped. */
export const RETRY_AFTER_MS: readonly number[] = [30_000, 60_000];
/** Webhook reference, "Multipart responses". */
export const RESPONSE_CHUNK_BYTES = 512;
/** Cloud API reference, "Special webhook events": no more of a response is published. */
export const MAX_RESPONSE_BYTES = 100 * 1024;
/** Webhook reference, "Default data". */
export const USER_AGENT = 'ParticleBot/1.1 (https://docs.particle.io/webhooks)';
/** Webhook reference, "Limits". */
export const SLEEPING = 'Sleeping, too many errors, please wait and try again';
/** Cloud API reference, "Generate an access token": seconds, 90 days. */
export const TOKEN_LIFE_S = 7_776_000;
/** Cloud API reference, "Open server-sent event streams". */
export const MAX_OPEN_STREAMS = 100;
/** Swift SDK's words of the Cloud API reference, "Firmware API limits": source code, and how long compiling may take. */
export const MAX_SOURCE_BYTES = 50 * 1024 * 1024;
export const COMPILE_TIMEOUT_MS = 120_000;
/** "Device groups": letters, digits, hyphen and underscore, at most 64. */
export const GROUP_NAME = /^[a-z0-9_-]{1,64}$/i;
/** Device OS reference, "PRODUCT_VERSION": 16 bits. */
export const MAX_PRODUCT_VERSION = 65_535;
/** Ledger, "Overview": cloud-to-device ledgers are up to 16 Kbytes; Device OS reference: names of up to 32 characters. */
export const MAX_LEDGER_BYTES = 16 * 1024;
export const LEDGER_NAME = /^[a-z0-9-]{1,32}$/;
/** Cloud API reference, "List devices in a product". */
export const DEVICES_PER_PAGE = 25;
/** Device OS reference, "Platform ID": Boron. */
export const BORON = 13;
