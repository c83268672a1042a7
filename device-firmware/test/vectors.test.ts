import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { statusDocumentSchema } from '@enstratus/contract';
import invalid from '@enstratus/contract/vectors/invalid.json' with { type: 'json' };
import packs from '@enstratus/contract/vectors/packs.json' with { type: 'json' };
import plainDocuments from '@enstratus/contract/vectors/plain-documents.json' with { type: 'json' };
import queues from '@enstratus/contract/vectors/queues.json' with { type: 'json' };
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vectorsInCpp } from './vectors/vectors-in-cpp.ts';

const run = promisify(execFile);
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const hasCompiler = spawnSync('g++', ['--version']).status === 0;
const sources = ['decimal', 'json_text', 'open_pack', 'pack_reader', 'pack_writer', 'plain_reader', 'status_document', 'status_members'];

const documentsOf = (vector: { readonly documents: readonly unknown[] }) => ({
  documents: vector.documents.map((document) => statusDocumentSchema.parse(document)),
});

describe.skipIf(!hasCompiler)(`the contract's vectors in C++${hasCompiler ? '' : ' (skipped: there is no g++ here)'}`, () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'enstratus-vectors-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('decode, encode, are refused and are cut as the contract says', async () => {
    const lists = {
      kPacks: packs.map((vector) => ({ ...vector, ...documentsOf(vector) })),
      kPlainDocuments: plainDocuments.map((vector) => ({ ...vector, ...documentsOf(vector), packs: [vector.pack] })),
      kInvalid: invalid,
      kQueues: queues.map((vector) => ({ ...vector, ...documentsOf(vector) })),
    };
    await writeFile(join(folder, 'vectors.h'), vectorsInCpp(lists));
    const program = join(folder, 'check_vectors');
    const flags = ['-std=c++17', '-O1', '-Wall', '-Wextra', '-Werror', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
    const folders = ['../core', './vectors'].map((path) => `-I${here(path)}`);
    const files = [here('./vectors/check_vectors.cpp'), ...sources.map((name) => here(`../core/${name}.cpp`))];
    await run('g++', [...flags, ...folders, `-I${folder}`, ...files, '-o', program]);
    const outcome = spawnSync(program, { encoding: 'utf8' });
    expect(outcome.stdout + outcome.stderr).toBe('');
    expect(outcome.status).toBe(0);
  });
});
