import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StartError } from './progress.ts';
import { listenOnOwnPort, particleCloud } from './remembered-port.ts';

let directory: string;
const open: Server[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'remembered-port-'));
});

afterEach(async () => {
  await closeAll();
  rmSync(directory, { recursive: true, force: true });
});

async function closeAll(): Promise<void> {
  await Promise.all(open.splice(0).map((server) => new Promise((closed) => server.close(closed))));
}

function listen(port: number): Promise<{ port: number }> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      open.push(server);
      resolve({ port: (server.address() as AddressInfo).port });
    });
  });
}

const start = (asked?: number) => listenOnOwnPort({ directory, asked, howToForget: 'forget it with `npm run reset`' }, listen);

/** What a start would take, without taking it. */
async function wouldTake(asked?: number): Promise<number> {
  const { port } = await listenOnOwnPort({ directory, asked, howToForget: 'forget it' }, async (port) => ({ port }));
  return port;
}

describe('the first start of a state', () => {
  it('takes the usual port, or the one that is asked for', async () => {
    expect(await wouldTake()).toBe(4566);
    rmSync(join(directory, 'port'));
    expect(await wouldTake(4600)).toBe(4600);
  });

  it('takes a free one for 0, below those of outgoing connections', async () => {
    const { port } = await start(0);
    expect(port).toBeGreaterThanOrEqual(20_000);
    expect(port).toBeLessThan(32_768);
  });

  it('proposes the next port when its own is taken, and keeps none', async () => {
    const { port } = await listen(0);
    await expect(start(port)).rejects.toThrow(
      new StartError(`Port ${port} is taken by another program: stop that, or use another with \`npm start -- --port ${port + 1}\`.`),
    );
    await closeAll();
    expect(await wouldTake()).toBe(4566);
  });
});

describe('a later start', () => {
  it('goes where the first one was, asked for or not', async () => {
    const { port } = await start(0);
    await closeAll();
    for (const asked of [undefined, 0, port]) expect(await wouldTake(asked)).toBe(port);
  });

  it('refuses another port, and says what can be done', async () => {
    await wouldTake(4600);
    await expect(start(4601)).rejects.toThrow(StartError);
    await expect(start(4601)).rejects.toThrow(/belongs to port 4600.*--port 4600.*npm run reset.*--directory/);
    expect(readFileSync(join(directory, 'port'), 'utf8')).toBe('4600\n');
  });

  it.each([undefined, 0])('says what can be done when its port is taken (asked for: %s)', async (asked) => {
    const { port } = await start(0);
    await expect(start(asked)).rejects.toThrow(StartError);
    await expect(start(asked)).rejects.toThrow(
      new RegExp(`Port ${port} is taken.*stop that program.*npm run reset.*--port ${port + 1} --directory`),
    );
  });

  it.each(['', 'x', '0', '65536', '-1', '4566 4567'])('does not guess when "%s" is kept instead of a port', async (text) => {
    writeFileSync(join(directory, 'port'), text);
    await expect(start()).rejects.toThrow(/holds no port/);
  });
});

it('hands on what is no taken port', async () => {
  const failing = () => Promise.reject(new Error('no right to listen'));
  await expect(listenOnOwnPort({ directory, asked: 0, howToForget: '' }, failing)).rejects.toThrow('no right to listen');
});

describe('another server of the same state', () => {
  const startParticle = () => listenOnOwnPort({ directory, asked: undefined, howToForget: 'forget it', server: particleCloud }, listen);

  it('has a port of its own, and keeps it', async () => {
    const { port: aws } = await start(0);
    const { port } = await startParticle();
    expect(port).not.toBe(aws);
    await closeAll();
    expect((await startParticle()).port).toBe(port);
    expect((await start()).port).toBe(aws);
  });

  it('takes another one at its first start when the usual one is taken, and not later', async () => {
    const taken = async (wanted: number) => {
      if (wanted === particleCloud.usualPort) throw Object.assign(new Error('taken'), { code: 'EADDRINUSE' });
      return { port: wanted };
    };
    const wish = { directory, asked: undefined, howToForget: 'forget it', server: particleCloud };
    expect((await listenOnOwnPort(wish, taken)).port).not.toBe(particleCloud.usualPort);
    writeFileSync(join(directory, 'particle-port'), `${particleCloud.usualPort}\n`);
    await expect(listenOnOwnPort(wish, taken)).rejects.toThrow(StartError);
  });
});
