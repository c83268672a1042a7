import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { statusDocumentSchema } from '@enstratus/contract';
import invalid from '@enstratus/contract/vectors/invalid.json' with { type: 'json' };
import packSeconds from '@enstratus/contract/vectors/pack-seconds.json' with { type: 'json' };
import packs from '@enstratus/contract/vectors/packs.json' with { type: 'json' };
import plainDocuments from '@enstratus/contract/vectors/plain-documents.json' with { type: 'json' };
import queues from '@enstratus/contract/vectors/queues.json' with { type: 'json' };
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileWithCore, hasCompiler } from './vectors/core-program.ts';
import { vectorsInCpp } from './vectors/vectors-in-cpp.ts';

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
      kPackSeconds: packSeconds.map(({ name, id, second }) => ({ name, text: id, second })),
      kQueues: queues.map((vector) => ({ ...vector, ...documentsOf(vector) })),
    };
    await writeFile(join(folder, 'vectors.h'), vectorsInCpp(lists));
    const program = await compileWithCore('check_vectors', folder);
    const outcome = spawnSync(program, { encoding: 'utf8' });
    expect(outcome.stdout + outcome.stderr).toBe('');
    expect(outcome.status).toBe(0);
  });
});
