import { FLUSH, PacketReader, pktLine } from './pkt-line.ts';

/** The first side band carries the report, the second what the client shows (git's documentation, "gitprotocol-pack", "Packfile Data"). */
const REPORT_BAND = 1;
const SHOWN_BAND = 2;
/** What one packet carries at the most, its length and band included. */
const MAX_PACKET = 65_520;

/** Reads what git tells the client of a push ("gitprotocol-pack", "Report Status"), while it goes by. */
export class PushReport {
  readonly #packets = new PacketReader();
  readonly isBanded: boolean;
  readonly #banded: Buffer[] = [];
  readonly #done = new Set<string>();

  constructor(capabilities: ReadonlySet<string>) {
    this.isBanded = capabilities.has('side-band-64k') || capabilities.has('side-band');
  }

  add(piece: Uint8Array): void {
    for (const packet of this.#packets.add(piece)) {
      if (packet === undefined) continue;
      if (!this.isBanded) this.#line(packet);
      else if (packet[0] === REPORT_BAND) this.#banded.push(Buffer.from(packet.subarray(1)));
    }
  }

  /** The references that were changed, by their full names. To be asked when everything has gone by. */
  changed(): ReadonlySet<string> {
    for (const packet of new PacketReader().add(Buffer.concat(this.#banded))) if (packet !== undefined) this.#line(packet);
    return this.#done;
  }

  #line(packet: Buffer): void {
    const fullName = /^ok (refs\/[^\n]+)/.exec(packet.toString('utf8'))?.[1];
    if (fullName !== undefined) this.#done.add(fullName);
  }
}

/** What git tells in bands, without the place of the repository on this machine: a lock that it can't take is shown by its whole path. */
export async function* withoutPlace(source: AsyncIterable<Uint8Array>, directory: string): AsyncGenerator<Buffer> {
  const packets = new PacketReader();
  const place = Buffer.from(directory).toString('latin1');
  const shown = (text: string) => text.replaceAll(`${place}/./`, '').replaceAll(place, '.');
  for await (const piece of source) {
    for (const packet of packets.add(piece)) {
      if (packet === undefined) yield FLUSH;
      else yield pktLine(packet[0] === SHOWN_BAND ? Buffer.from(shown(packet.toString('latin1')), 'latin1') : packet);
    }
  }
}

/** A report that nothing of a push was done, with a reason for each reference. */
export function refusedReport(reasons: ReadonlyMap<string, string>, capabilities: ReadonlySet<string>): Buffer {
  const lines = [...reasons].map(([fullName, reason]) => pktLine(`ng ${fullName} ${reason.replace(/\s+/g, ' ')}\n`));
  const report = Buffer.concat([pktLine('unpack ok\n'), ...lines, FLUSH]);
  if (!capabilities.has('side-band-64k')) return report;
  const packets: Buffer[] = [];
  for (let at = 0; at < report.length; at += MAX_PACKET - 5)
    packets.push(pktLine(Buffer.concat([Buffer.from([REPORT_BAND]), report.subarray(at, at + MAX_PACKET - 5)])));
  return Buffer.concat([...packets, FLUSH]);
}
