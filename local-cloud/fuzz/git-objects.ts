import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';

/** An object of git as its documentation has it ("gitformat-pack"): its type, its content, and the SHA-1 of both as its id. */
export interface GitObject {
  readonly type: 'commit' | 'tree' | 'blob';
  readonly content: Buffer;
  readonly id: string;
}

const TYPES = { commit: 1, tree: 2, blob: 3 } as const;

function objectOf(type: GitObject['type'], content: Buffer): GitObject {
  const id = createHash('sha1').update(`${type} ${content.length}\0`).update(content).digest('hex');
  return { type, content, id };
}

/** A commit of one file `a.txt` with this text, and everything that it needs; the commit first. */
export function commitObjects(text: string, parents: readonly string[] = []): readonly [GitObject, GitObject, GitObject] {
  const blob = objectOf('blob', Buffer.from(text));
  const tree = objectOf('tree', Buffer.concat([Buffer.from('100644 a.txt\0'), Buffer.from(blob.id, 'hex')]));
  const who = 'Fuzz <fuzz@example.com> 1700000000 +0000';
  const lines = [`tree ${tree.id}`, ...parents.map((parent) => `parent ${parent}`), `author ${who}`, `committer ${who}`, '', `${text}\n`];
  return [objectOf('commit', Buffer.from(lines.join('\n'))), tree, blob];
}

/** A pack of version 2: each object's type and length in groups of seven bits, then its content deflated; the SHA-1 of all at the end. */
export function packOf(objects: readonly GitObject[]): Buffer {
  const header = Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1');
  header.writeUInt32BE(objects.length, 8);
  const body = Buffer.concat([
    header,
    ...objects.flatMap(({ type, content }) => [lengthOf(TYPES[type], content.length), deflateSync(content)]),
  ]);
  return Buffer.concat([body, createHash('sha1').update(body).digest()]);
}

function lengthOf(type: number, length: number): Buffer {
  const bytes = [(type << 4) | (length & 15)];
  for (let rest = length >> 4; rest > 0; rest >>= 7) {
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) | 0x80;
    bytes.push(rest & 0x7f);
  }
  return Buffer.from(bytes);
}

export const NO_COMMIT = '0'.repeat(40);

/** The commit that the repository `fuzz` begins with. */
export const ROOT_COMMIT = commitObjects('root');
