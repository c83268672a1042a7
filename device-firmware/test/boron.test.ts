import { execFileSync } from 'node:child_process';
import { closeSync, globSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WASI } from 'node:wasi';
import { decodeStatus, deviceReportSchema } from '@enstratus/contract';
import { commands, Exit, type Tree } from '@yowasp/clang';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assembleProject } from '../boron/assemble.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'boron-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const STRICT = ['-std=gnu++17', '-Wall', '-Wextra', '-Werror', '-fno-exceptions', '-fno-rtti'];
const sources = readdirSync(join(root, 'boron/src'));
const adapter = sources.map((name) => ({ name, text: readFileSync(join(root, 'boron/src', name), 'utf8') }));
const declarations = readFileSync(join(root, 'boron/declarations/Particle.h'), 'utf8');
const units = sources.filter((name) => name.endsWith('.cpp'));

const withoutComments = (text: string): string => text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, ' ');

/** The compiler from npm sees these files and no others; it does not know `..`. */
const fileOf = (path: string): Buffer => Buffer.from(readFileSync(path, 'utf8').replaceAll('#include "../', '#include "core/'));

function treeOf(folder: string): Tree {
  return Object.fromEntries(
    readdirSync(folder, { withFileTypes: true }).map((entry) => [
      entry.name,
      entry.isDirectory() ? treeOf(join(folder, entry.name)) : fileOf(join(folder, entry.name)),
    ]),
  );
}

/** Runs clang over the repo's sources; answers the files that it made, throws with its messages. */
async function clang(args: string[], particleHeader = declarations): Promise<Tree> {
  const messages: Uint8Array[] = [];
  const keep = (bytes: Uint8Array | null): void => {
    if (bytes) messages.push(bytes.slice());
  };
  try {
    const files: Tree = {
      boron: treeOf(join(root, 'boron')),
      core: treeOf(join(root, 'core')),
      declarations: { 'Particle.h': particleHeader },
    };
    return (
      (await commands['clang++'](['--target=wasm32-wasip1', ...args], files, { stdout: keep, stderr: keep, fetchProgress: () => {} })) ?? {}
    );
  } catch (error) {
    if (error instanceof Exit) throw new Error(Buffer.concat(messages).toString());
    throw error;
  }
}

function hasGcc(): boolean {
  try {
    execFileSync('g++', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const LONG = process.env['ENSTRATUS_LONG'] !== undefined;

describe('the Boron adapter', () => {
  // Where g++ is, it says the same in a tenth of the time.
  test.each(hasGcc() && !LONG ? [] : units)('compiles against the declarations of Device OS (clang): %s', async (unit) => {
    await clang([...STRICT, '-fsyntax-only', '-Ideclarations', '-I.', `boron/src/${unit}`]);
  });

  test('does not compile against a Device OS without one of them', async () => {
    const older = declarations.replace('bool isSent() const;', '');
    expect(older).not.toBe(declarations);
    const args = [...STRICT, '-fsyntax-only', '-Ideclarations', '-I.', 'boron/src/cloud_link.cpp'];
    await expect(clang(args, older)).rejects.toThrow("no member named 'isSent'");
    await expect(clang(args, declarations.replace('#define SYSTEM_VERSION_v630', ''))).resolves.toBeDefined();
    await expect(
      clang([...args.slice(0, -1), 'boron/src/main.cpp'], declarations.replace('#define SYSTEM_VERSION_v630', '')),
    ).rejects.toThrow('6.3.0');
  });

  test.runIf(hasGcc()).each(units)('compiles to an object (g++): %s', (unit) => {
    const args = [...STRICT, '-Iboron/declarations', '-I.', '-c', `boron/src/${unit}`, '-o', join(scratch, `${unit}.o`)];
    expect(() => execFileSync('g++', args, { cwd: root, encoding: 'utf8', stdio: 'pipe' })).not.toThrow();
  });

  test('uses all that is declared', () => {
    const known = new Set(
      (
        'pragma once include define class struct enum public private static extern const constexpr void bool int long unsigned float char operator ' +
        'namespace using size_t uint8_t uint16_t uint32_t uint64_t C stddef h stdint particle version mode declared_system_mode ' +
        'declared_product_version System_Mode_TypeDef SystemClass TimeClass USARTSerial CellularClass CloudClass PinMode CgiVersion WatchdogClass'
      ).split(' '),
    );
    const used = new Set(adapter.flatMap(({ text }) => withoutComments(text).match(/[A-Za-z_]\w*/g) ?? []));
    const declared = new Set(withoutComments(declarations).match(/[A-Za-z_]\w*/g) ?? []);
    expect([...declared].filter((name) => !known.has(name) && !used.has(name))).toEqual([]);
  });

  test('includes Particle.h, the core, itself, and the C library of the file system, and nothing else', () => {
    const own = sources.filter((name) => name.endsWith('.h'));
    const libc = ['atomic', 'errno.h', 'fcntl.h', 'stddef.h', 'stdint.h', 'stdio.h', 'string.h', 'sys/stat.h', 'unistd.h'];
    const core = ['core/device.h', 'core/platform.h'];
    const included = adapter.flatMap(({ text }) => [...text.matchAll(/^\s*#include\s+[<"](.+)[>"]/gm)].map((match) => match[1]));
    expect(included.length).toBeGreaterThan(20);
    expect(included.filter((name) => name !== undefined && !['Particle.h', ...own, ...libc, ...core].includes(name))).toEqual([]);
  });

  test('names every header of Device OS that a declaration stands for', () => {
    const blocks = declarations.split(/\n\n/).filter((block) => /^(class|struct|enum|extern|#define|constexpr)/m.test(block));
    expect(blocks.length).toBeGreaterThan(10);
    expect(
      blocks.filter(
        (block) => !/\/\/ (wiring|system|hal)\/inc\/\w+\.h/.test(block) && !/^ private|^ public|^class SystemClass/m.test(block),
      ),
    ).toEqual([]);
  });

  test('keeps text of Device OS out of what runs all the time', () => {
    const hot = adapter.filter(({ name }) => name !== 'main.cpp');
    expect(hot.filter(({ text }) => /\bString\b|\bnew\b|\bmalloc\b|\bdelay\(/.test(withoutComments(text))).map(({ name }) => name)).toEqual(
      [],
    );
  });

  test('asks for Device OS 6.3 on a Boron, and knows its own version', () => {
    const main = adapter.find(({ name }) => name === 'main.cpp')?.text ?? '';
    expect(readFileSync(join(root, 'boron/project.properties'), 'utf8')).toMatch(/^architectures=particle-boron$/m);
    expect(JSON.parse(readFileSync(join(root, 'boron/.vscode/settings.json'), 'utf8'))).toEqual({
      'particle.targetPlatform': 'boron',
      'particle.firmwareVersion': '6.3.0',
    });
    expect(main).toMatch(/#ifndef SYSTEM_VERSION_v630\n#error/);
    const product = /^PRODUCT_VERSION\((\d+)\);/m.exec(main)?.[1];
    expect(product).toBeDefined();
    expect(/kProductVersion = (\d+);/.exec(main)?.[1]).toBe(product);
  });

  test('becomes one Particle project with the core inside', () => {
    const target = join(scratch, 'project');
    assembleProject(target);
    expect(readdirSync(target).sort()).toEqual(['.vscode', 'project.properties', 'src']);
    expect(readdirSync(join(target, 'src'))).toEqual(expect.arrayContaining(['main.cpp', 'core']));
    expect(readdirSync(join(target, 'src/core'))).toContain('device.h');
  });
});

/** Compiles C++ to a WebAssembly program. */
async function programOf(sources: readonly string[]): Promise<WebAssembly.Module> {
  const made = (await clang([...STRICT, '-O0', '-Iboron/declarations', '-Iboron/src', '-I.', ...sources, '-o', 'program']))['program'];
  if (!(made instanceof Uint8Array)) throw new Error('clang made no program');
  return WebAssembly.compile(Buffer.from(made));
}

/** Runs one with a folder of this machine as its /usr; answers the lines that it printed. */
async function linesOf(program: WebAssembly.Module, args: string[], usr: string): Promise<string[]> {
  const output = join(mkdtempSync(join(scratch, 'output-')), 'lines');
  const stdout = openSync(output, 'w');
  const wasi = new WASI({ version: 'preview1', args: ['program', ...args], preopens: { '/usr': usr }, returnOnExit: true, stdout });
  const status = wasi.start(await WebAssembly.instantiate(program, { wasi_snapshot_preview1: wasi.wasiImport }));
  closeSync(stdout);
  const lines = readFileSync(output, 'utf8').trimEnd().split('\n');
  if (status !== 0) throw new Error(lines.at(-1));
  return lines;
}

describe('its files in flash', () => {
  let check: WebAssembly.Module;
  beforeAll(async () => {
    check = await programOf(['boron/check/flash_check.cpp', 'boron/src/flash_files.cpp', 'boron/src/files.cpp']);
  });

  test.each(LONG ? [1, 2, 3, 4, 5, 6] : [1])('read as written last, over restarts and laps of the ring (seed %i)', async (seed) => {
    expect(await linesOf(check, ['/usr/enstratus', String(seed)], mkdtempSync(join(scratch, 'usr-')))).toEqual(['ok']);
  });
});

// Compiling all of it takes half a minute.
const inLongRuns = LONG ? describe : () => undefined;

inLongRuns('adapter and core together, on a bench in the place of Device OS', () => {
  let first: string[];
  let second: string[];
  beforeAll(async () => {
    const core = globSync('core/**/*.cpp', { cwd: root });
    const bench = await programOf(['boron/check/bench.cpp', ...units.map((unit) => `boron/src/${unit}`), ...core]);
    const usr = mkdtempSync(join(scratch, 'usr-'));
    first = await linesOf(bench, ['first'], usr);
    second = await linesOf(bench, ['second'], usr);
  }, 300_000);

  /** What was published under a name, in order; `how` is sent or lost. */
  const published = (lines: string[], name: string, how = 'sent|lost') =>
    lines.flatMap((line) => {
      const text = new RegExp(`^(?:${how}) ${name} (.*)$`).exec(line)?.[1];
      return text === undefined ? [] : [text];
    });
  const reportsOf = (lines: string[]) => published(lines, 'status/report').map((text) => deviceReportSchema.parse(JSON.parse(text)));

  test('publish nothing but what the contract reads', () => {
    for (const lines of [first, second]) {
      const texts = [...published(lines, 'status'), ...published(lines, 'status/changed')];
      expect(texts.length).toBeGreaterThan(5);
      for (const text of texts) expect(decodeStatus(text)).toMatchObject({ ok: true });
      expect(reportsOf(lines).length).toBeGreaterThan(1);
    }
  });

  test('send a lost pack again byte for byte, and lose no document, not even to the restart', () => {
    const lost = published([...first, ...second], 'status', 'lost');
    const sent = published([...first, ...second], 'status', 'sent');
    expect(lost.length).toBeGreaterThan(1);
    expect(sent).toEqual(expect.arrayContaining(lost));
    const documents = sent.flatMap((text) => {
      const decoded = decodeStatus(text);
      return decoded.ok ? decoded.documents : [];
    });
    const seqsOf = (boot_id: number) => documents.filter((document) => document.boot_id === boot_id).map((document) => document.seq);
    expect(seqsOf(1).length).toBeGreaterThan(30);
    expect(seqsOf(2).length).toBeGreaterThan(8);
    for (const seqs of [seqsOf(1), seqsOf(2)]) expect(seqs).toEqual(seqs.map((_, index) => index));
  });

  test('talk to the drive with the line turned around, and never starve the watchdog', () => {
    expect(first[0]).toBe('line 19200, buffer 320');
    const broken = [...first, ...second].filter((line) => /^(?:written without direction|frame of|watchdog|never reset)/.test(line));
    expect(broken).toEqual([]);
  });

  test('do a command once, refuse what is none, and tell the drive again after a power cut', () => {
    expect(first.filter((line) => /^(?:drive 2000|command\(c[12])/.test(line))).toEqual([
      'drive 2000=1',
      'command(c1,start)=0',
      'command(c1,start)=1',
      'command(c2,fly)=-3',
    ]);
    expect(second).toContain('drive 2000=1');
    expect(reportsOf(second).at(-1)).toMatchObject({ boot_id: 2, wanted: 'run', wanted_by: 'command', command_id: 'c4' });
  });

  test('take the ledger once: a later call is not undone by a restart', () => {
    expect(reportsOf(first).at(-1)).toMatchObject({ pack_minutes: 5 });
    expect(second).toContain('settings(pack_minutes=2)=0');
    expect(reportsOf(second).at(-1)).toMatchObject({ pack_minutes: 2 });
  });

  test('confirm an update by the first acknowledged publish, and keep that', () => {
    const updates = [...first, ...second].flatMap((line) => /^update: (.*)$/.exec(line)?.[1] ?? []);
    expect(updates.map((text) => JSON.parse(text))).toEqual([
      { version: 1, confirmed: false, late: false },
      { version: 1, confirmed: true, late: false },
      { version: 1, confirmed: true, late: false },
      { version: 1, confirmed: true, late: false },
    ]);
  });

  test('let an update restart the device when nothing is under way, and restart for a command', () => {
    expect(first.filter((line) => /^reset|^restart/.test(line))).toEqual(['reset when idle', 'restart']);
    expect(first.at(-1)).toBe('restart');
  });

  test('answer the variable report with a report', () => {
    const text = second.find((line) => line.startsWith('report: '))?.slice('report: '.length) ?? '';
    expect(deviceReportSchema.parse(JSON.parse(text))).toMatchObject({ v: 1, boot_id: 2, drive: 'invt', drive_answers: true });
  });
});
