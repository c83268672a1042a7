import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WASI } from 'node:wasi';
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

function treeOf(folder: string): Tree {
  return Object.fromEntries(
    readdirSync(folder, { withFileTypes: true }).map((entry) => [
      entry.name,
      entry.isDirectory() ? treeOf(join(folder, entry.name)) : readFileSync(join(folder, entry.name)),
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

describe('the Boron adapter', () => {
  test.each(units)('compiles against the declarations of Device OS (clang): %s', async (unit) => {
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

describe('its files in flash', () => {
  let check: WebAssembly.Module;
  beforeAll(async () => {
    const program = ['boron/check/flash_check.cpp', 'boron/src/flash_files.cpp', 'boron/src/files.cpp'];
    const made = (await clang([...STRICT, '-O2', '-I.', '-Iboron/src', ...program, '-o', 'check']))['check'];
    if (!(made instanceof Uint8Array)) throw new Error('clang made no program');
    check = await WebAssembly.compile(Buffer.from(made));
  });

  test.each([1, 2, 3])('read as written last, over restarts and laps of the ring (seed %i)', async (seed) => {
    const usr = mkdtempSync(join(scratch, 'usr-'));
    const output = join(usr, 'output');
    const stdout = openSync(output, 'w');
    const args = ['check', '/usr/enstratus', String(seed)];
    const wasi = new WASI({ version: 'preview1', args, preopens: { '/usr': usr }, returnOnExit: true, stdout });
    wasi.start(await WebAssembly.instantiate(check, { wasi_snapshot_preview1: wasi.wasiImport }));
    closeSync(stdout);
    expect(readFileSync(output, 'utf8')).toBe('ok\n');
  });
});
