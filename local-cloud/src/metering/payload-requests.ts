/** Each started 64 KB of payload is one request (Amazon SQS Pricing; Amazon SNS Pricing). */
const CHUNK_BYTES = 64 * 1024;

/** Requests that a call with so many bytes of payload is billed as, 1 at least. A batch is one payload. */
export function payloadRequests(payload_bytes: number): number {
  return Math.max(1, Math.ceil(payload_bytes / CHUNK_BYTES));
}
