import { randomInt } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from './progress.ts';

/** Where a state begins unless it is told otherwise. */
const USUAL_PORT = 4566;

/** Below the ports that Linux, macOS and Windows give to outgoing connections, which could hold one of those at the next start. */
const FREE_PORTS = { from: 20_000, below: 32_768, tries: 100 };

export interface PortWish {
  /** Where the state is kept, and beside it the port that it belongs to. */
  readonly directory: string;
  /** 0 asks for any, undefined for the usual one; the state's own where it has one. */
  readonly asked: number | undefined;
  /** What forgets this directory's state, as an instruction. */
  readonly howToForget: string;
  /** Of several servers of one directory, which one's port this is: the AWS endpoint's unless told. */
  readonly server?: OwnServer;
}

/** A server whose port a directory remembers. */
export interface OwnServer {
  /** Of the file in the directory. */
  readonly file: string;
  /** Where a state begins unless it is told otherwise. */
  readonly usualPort: number;
  /** A first start takes another one when that is taken: nobody types it. */
  readonly orAnother: boolean;
}

const awsEndpoint: OwnServer = { file: 'port', usualPort: USUAL_PORT, orAnother: false };
/** 100 above the AWS endpoint's: those right above that are the distributions'. */
export const particleCloud: OwnServer = { file: 'particle-port', usualPort: USUAL_PORT + 100, orAnother: true };

/**
 * Listens where this directory's state belongs: on the port of its first start, which is kept there. Addresses of functions and queues stand in stack outputs,
 * parameters and variables, and would lead nowhere after a start on another one. Resolves to what `listen` does; rejects with StartError when another
 * port is asked for, when the port is taken, or when what is kept is no port.
 */
export async function listenOnOwnPort<T extends { port: number }>(wish: PortWish, listen: (port: number) => Promise<T>): Promise<T> {
  const { directory, asked, howToForget, server = awsEndpoint } = wish;
  const own = readPort(join(directory, server.file), howToForget);
  if (own !== undefined && asked !== undefined && asked !== 0 && asked !== own) {
    throw new StartError(
      `What is kept in ${directory} belongs to port ${own}, which is in every address that was deployed: start with --port ${own}, ${howToForget}, or begin another one with --directory.`,
    );
  }
  const port = own ?? asked ?? server.usualPort;
  const wished = port === 0 ? undefined : await unlessTaken(listen(port));
  const mayBeAnother = port === 0 || (own === undefined && server.orAnother);
  const listening = wished ?? (mayBeAnother ? await listenOnAFreePort(listen) : undefined);
  if (listening === undefined) throw new StartError(own === undefined ? takenAtFirst(port) : takenLater(port, wish));
  if (own === undefined) keepPort(join(directory, server.file), listening.port);
  return listening;
}

const next = (port: number) => (port < 65_535 ? port + 1 : USUAL_PORT);

function takenAtFirst(port: number): string {
  return `Port ${port} is taken by another program: stop that, or use another with \`npm start -- --port ${next(port)}\`.`;
}

function takenLater(port: number, { directory, howToForget }: PortWish): string {
  return `Port ${port} is taken by another program, and what is kept in ${directory} belongs to it: stop that program, ${howToForget}, or begin another one with \`npm start -- --port ${next(port)} --directory <folder>\`.`;
}

async function listenOnAFreePort<T>(listen: (port: number) => Promise<T>): Promise<T> {
  for (let count = 0; count < FREE_PORTS.tries; count++) {
    const listening = await unlessTaken(listen(randomInt(FREE_PORTS.from, FREE_PORTS.below)));
    if (listening !== undefined) return listening;
  }
  throw new StartError(`No free port was found from ${FREE_PORTS.from} to ${FREE_PORTS.below - 1}: name one with --port.`);
}

async function unlessTaken<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined;
    throw error;
  }
}

function readPort(file: string, howToForget: string): number | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535)
    throw new StartError(`${file} holds no port: write the one of the first start into it, or ${howToForget}.`);
  return port;
}

/** In one move, so that a start that is killed leaves either the whole number or none. */
function keepPort(file: string, port: number): void {
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, `${port}\n`);
  renameSync(temporary, file);
}
