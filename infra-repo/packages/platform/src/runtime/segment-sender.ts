import { createSocket, type Socket } from 'node:dgram';
import type { SegmentDocument } from './trace-segment.ts';

/** A datagram takes 65,507 bytes, a document 64 kB. */
const longestDocument_bytes = 60_000;
const header = '{"format": "json", "version": 1}\n';

let socket: Socket | undefined;
const underWay = new Set<Promise<void>>();

/** Whether Lambda says where its X-Ray daemon listens. */
export const hasDaemon = (): boolean => daemonAddress() !== undefined;

/**
 * Sends a document to Lambda's X-Ray daemon (X-Ray Developer Guide, "Sending segment documents to the X-Ray daemon"): a datagram, which nobody answers. One
 * that is too long goes in pieces. A trace that is lost harms nobody, so nothing is ever thrown.
 */
export function sendSegment(document: SegmentDocument): void {
  const text = JSON.stringify(document);
  if (Buffer.byteLength(text) > longestDocument_bytes) {
    const { subsegments = [], ...without } = document;
    if (subsegments.length === 0) return;
    sendSegment(without);
    const { trace_id, metadata } = document;
    const common = { ...(trace_id === undefined ? {} : { trace_id }), ...(metadata === undefined ? {} : { metadata }) };
    for (const below of subsegments) sendSegment({ ...below, ...common, type: 'subsegment', parent_id: document.id });
    return;
  }
  const daemon = daemonAddress();
  if (daemon === undefined) return;
  socket ??= openSocket();
  const { promise, resolve } = Promise.withResolvers<void>();
  underWay.add(promise);
  socket.send(header + text, daemon.port, daemon.host, () => {
    underWay.delete(promise);
    resolve();
  });
}

/** Resolves when what was sent has left: Lambda may freeze the environment as soon as the handler has answered. */
export async function segmentsSent(): Promise<void> {
  if (underWay.size > 0) await Promise.all(underWay);
}

function openSocket(): Socket {
  // The daemon's host is an IP address: no name has to be looked up.
  const opened = createSocket({ type: 'udp4', lookup: (hostname, _options, found) => found(null, hostname, 4) });
  opened.unref();
  opened.on('error', () => {});
  return opened;
}

function daemonAddress(): { readonly host: string; readonly port: number } | undefined {
  const [, host, port] = /^([\d.]+):(\d+)$/.exec(process.env['AWS_XRAY_DAEMON_ADDRESS'] ?? '') ?? [];
  return host === undefined ? undefined : { host, port: Number(port) };
}
