import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SqliteFlash } from './sqlite-flash.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-flash-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('keeps the newest record of a slot, for each device and area', () => {
  const file = join(folder, 'flash.sqlite');
  const flash = new SqliteFlash(file);
  flash.of('a').write('packs', 3, Uint8Array.of(1, 2));
  flash.of('a').write('packs', 3, Uint8Array.of(9));
  flash.of('a').write('state', 3, Uint8Array.of(7));
  expect(flash.of('a').read('packs', 3)).toEqual(Uint8Array.of(9));
  flash.commit();
  flash.of('b').write('packs', 3, Uint8Array.of(5));
  flash.close();
  const again = new SqliteFlash(file);
  expect([again.of('a').read('packs', 3), again.of('a').read('state', 3), again.of('b').read('packs', 3)]).toEqual([
    Uint8Array.of(9),
    Uint8Array.of(7),
    Uint8Array.of(5),
  ]);
  expect(again.of('b').read('state', 3)).toBeUndefined();
  again.close();
});

it('copies what it is given', () => {
  const flash = new SqliteFlash(join(folder, 'flash.sqlite'));
  const data = Uint8Array.of(1);
  flash.of('a').write('state', 0, data);
  data[0] = 2;
  expect(flash.of('a').read('state', 0)).toEqual(Uint8Array.of(1));
  flash.close();
});

it('loses nothing that was committed when the process is killed', async () => {
  const file = join(folder, 'flash.sqlite');
  const program = `
    const { SqliteFlash } = await import(${JSON.stringify(join(import.meta.dirname, 'sqlite-flash.ts'))});
    const flash = new SqliteFlash(${JSON.stringify(file)});
    for (let slot = 0; ; slot += 1) {
      flash.of('a').write('packs', slot, Buffer.from('pack ' + slot));
      flash.commit();
      process.stdout.write(slot + '\\n');
    }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  let told = '';
  for await (const data of child.stdout) {
    told += String(data);
    if (told.split('\n').length > 100) break;
  }
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  const last = Number(told.split('\n').at(-2));
  const flash = new SqliteFlash(file);
  for (let slot = 0; slot <= last; slot += 1) expect(Buffer.from(flash.of('a').read('packs', slot) ?? []).toString()).toBe(`pack ${slot}`);
  flash.close();
});
