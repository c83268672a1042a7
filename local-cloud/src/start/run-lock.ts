import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { StartError } from './progress.ts';

/**
 * A socket that lives as long as the process that works on a directory: unlike a file with a process id it can't outlive it, and no other process can be
 * taken for it. Its path is short, since a socket's may have only about 100 characters.
 */
function socketOf(directory: string): string {
  const name = `enstratus-${createHash('sha256').update(resolve(directory)).digest('hex').slice(0, 16)}`;
  return process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`);
}

/** Lets one process at a time work on a directory. Resolves to what lets go of it; rejects with StartError while another one works on it. */
export async function holdDirectory(directory: string): Promise<() => Promise<void>> {
  const path = socketOf(directory);
  let server = await listenOn(path);
  if (server === undefined) {
    const pid = await holderOf(directory);
    if (pid !== undefined)
      throw new StartError(`A local cloud is already running on ${directory} (process ${pid}): stop it with Ctrl-C in its terminal.`);
    // Left by a process that was killed.
    rmSync(path, { force: true });
    server = await listenOn(path);
  }
  if (server === undefined) throw new StartError(`Another local cloud is just starting on ${directory}.`);
  const held = server;
  return () => new Promise((done) => held.close(() => done()));
}

/** The process id of the local cloud that works on a directory, or undefined when none does. */
export function holderOf(directory: string): Promise<number | undefined> {
  return new Promise((found) => {
    let said = '';
    const socket = connect(socketOf(directory));
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
    });
    socket.once('error', () => found(undefined));
    socket.once('end', () => found(Number(said)));
  });
}

/** Undefined when the path is taken, be it by a living process or by what a killed one left. */
function listenOn(path: string): Promise<Server | undefined> {
  return new Promise((listening, reject) => {
    const server = createServer((socket) => socket.end(String(process.pid)));
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? listening(undefined) : reject(error)));
    server.listen(path, () => {
      server.unref();
      listening(server);
    });
  });
}
