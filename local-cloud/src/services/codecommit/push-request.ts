import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import { PacketReader } from './pkt-line.ts';

/** One reference that a push asks to make, move or delete. */
export interface PushCommand {
  /** Such as `refs/heads/main`. */
  readonly fullName: string;
  /** Object ids; undefined for none. */
  readonly before?: string;
  readonly after?: string;
}

export interface PushRequest {
  /** Empty for the probe by which git finds out whether it may send a large push. */
  readonly commands: readonly PushCommand[];
  readonly capabilities: ReadonlySet<string>;
  /** Everything again, from the first byte on. */
  readonly stream: AsyncIterable<Uint8Array>;
}

/** CodeCommit User Guide, "Quotas in AWS CodeCommit": references in a single push. */
const MAX_COMMANDS = 4000;
const NOTHING = /^0+$/;

/**
 * Reads the commands at the beginning of a push (git's documentation, "gitprotocol-pack", "Reference Update Request and Packfile Transfer"), and
 * leaves the pack behind them unread.
 */
export async function readPushRequest(body: AsyncIterable<Uint8Array>): Promise<PushRequest> {
  const source = body[Symbol.asyncIterator]();
  const read: Uint8Array[] = [];
  const packets = new PacketReader();
  const commands: PushCommand[] = [];
  const capabilities = new Set<string>();
  let next = packets.addForOne(new Uint8Array());
  for (;;) {
    if (next === undefined) {
      const { done, value } = await source.next();
      // What ends before its flush is for git to complain of.
      if (done === true) break;
      read.push(value);
      next = packets.addForOne(value);
      continue;
    }
    if (next.packet === undefined) break;
    addCommand(next.packet, commands, capabilities);
    next = packets.addForOne(new Uint8Array());
  }
  return { commands, capabilities, stream: again(read, source) };
}

function addCommand(packet: Buffer, commands: PushCommand[], capabilities: Set<string>): void {
  const [line = '', offered = ''] = packet.toString('utf8').replace(/\n$/, '').split('\0');
  if (line.startsWith('shallow ')) return;
  if (line.startsWith('push-cert')) throw new NotCarriedOut('signed pushes to CodeCommit');
  const [, before = '', after = '', fullName = ''] = /^([0-9a-f]{40,64}) ([0-9a-f]{40,64}) (refs\/.+)$/.exec(line) ?? [];
  if (fullName === '') throw new AwsError('InvalidRequest', `The push has no command where one should stand: ${line.slice(0, 100)}`);
  if (commands.length === MAX_COMMANDS) throw new AwsError('InvalidRequest', `A push changes ${MAX_COMMANDS} references at the most.`);
  for (const capability of offered.split(' ').filter((one) => one !== '')) capabilities.add(capability);
  commands.push({ fullName, ...(NOTHING.test(before) ? {} : { before }), ...(NOTHING.test(after) ? {} : { after }) });
}

async function* again(read: readonly Uint8Array[], source: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* read;
  for (let next = await source.next(); next.done !== true; next = await source.next()) yield next.value;
}
