import { AwsError } from '../../kernel/aws-error.ts';

/** A line's content, or undefined for a flush or another special packet, which has none. */
export type Packet = Buffer | undefined;

/** git's documentation, "gitprotocol-common", "pkt-line Format": the length in 4 hex digits, itself included, then the content. */
export function pktLine(content: string | Uint8Array): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, '0')), bytes]);
}

export const FLUSH = Buffer.from('0000');

/** Cuts a stream into packets, whatever pieces it comes in. */
export class PacketReader {
  #pending = Buffer.alloc(0);

  /** The packets that are whole with this piece. Throws for what has no length where one should stand. */
  add(piece: Uint8Array): Packet[] {
    this.#pending = this.#pending.length === 0 ? Buffer.from(piece) : Buffer.concat([this.#pending, piece]);
    const packets: Packet[] = [];
    for (let next = this.#take(); next !== undefined; next = this.#take()) packets.push(next.packet);
    return packets;
  }

  /** One packet, for whoever doesn't read packets behind it. Undefined until it is whole. */
  addForOne(piece: Uint8Array): { packet: Packet } | undefined {
    this.#pending = Buffer.concat([this.#pending, piece]);
    return this.#take();
  }

  #take(): { packet: Packet } | undefined {
    if (this.#pending.length < 4) return undefined;
    const digits = this.#pending.toString('latin1', 0, 4);
    const length = /^[0-9a-f]{4}$/i.test(digits) ? Number.parseInt(digits, 16) : Number.NaN;
    if (Number.isNaN(length) || length === 3)
      throw new AwsError('InvalidRequest', `No packet of git begins with ${JSON.stringify(digits)}.`);
    // 0 is a flush, 1 a delimiter, 2 a response's end.
    const whole = Math.max(length, 4);
    if (this.#pending.length < whole) return undefined;
    const packet = length < 4 ? undefined : this.#pending.subarray(4, length);
    this.#pending = this.#pending.subarray(whole);
    return { packet };
  }
}
