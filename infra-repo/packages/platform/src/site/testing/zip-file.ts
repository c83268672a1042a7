import { crc32, deflateRawSync } from 'node:zlib';

/** A zip file of these files, by name, as the CDK CLI makes one of an asset ("APPNOTE.TXT - .ZIP File Format Specification"). */
export function zipFile(files: Readonly<Record<string, string>>): Buffer {
  const entries = Object.entries(files).map(([name, text]) => entryOf(Buffer.from(name), Buffer.from(text)));
  const offsets = entries.map((_, index) => entries.slice(0, index).reduce((sum, { local }) => sum + local.length, 0));
  const directory = Buffer.concat(entries.map(({ described, name }, index) => directoryEntry(described, name, offsets[index] ?? 0)));
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(
    entries.reduce((sum, { local }) => sum + local.length, 0),
    16,
  );
  return Buffer.concat([...entries.map(({ local }) => local), directory, end]);
}

/** What the local header and the directory say alike: version, flags (UTF-8 names), method (deflate), time, checksum and sizes. */
function entryOf(name: Buffer, content: Buffer): { name: Buffer; described: Buffer; local: Buffer } {
  const deflated = deflateRawSync(content);
  const described = Buffer.alloc(26);
  described.writeUInt16LE(20, 0);
  described.writeUInt16LE(0x0800, 2);
  described.writeUInt16LE(8, 4);
  described.writeUInt32LE(crc32(content), 10);
  described.writeUInt32LE(deflated.length, 14);
  described.writeUInt32LE(content.length, 18);
  described.writeUInt16LE(name.length, 22);
  const signature = Buffer.from([0x50, 0x4b, 0x03, 0x04]);
  return { name, described, local: Buffer.concat([signature, described, name, deflated]) };
}

function directoryEntry(described: Buffer, name: Buffer, offset: number): Buffer {
  const madeBy = Buffer.from([0x50, 0x4b, 0x01, 0x02, 20, 0]);
  const place = Buffer.alloc(14);
  place.writeUInt32LE(offset, 10);
  return Buffer.concat([madeBy, described, place, name]);
}
