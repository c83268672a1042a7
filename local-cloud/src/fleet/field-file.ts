import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** Where a running field is controlled, for tools on this machine. */
const fieldFile = z.strictObject({ control_url: z.url(), token: z.string().min(16) });
export type FieldFile = z.output<typeof fieldFile>;

const pathIn = (directory: string) => join(directory, 'field.json');

/** Writes `field.json` in one move, readable by its owner alone: whoever has the token moves the devices. */
export function writeFieldFile(directory: string, value: FieldFile): void {
  const temporary = `${pathIn(directory)}.${process.pid}`;
  writeFileSync(temporary, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  chmodSync(temporary, 0o600);
  renameSync(temporary, pathIn(directory));
}

/** Undefined where no field has run. Throws when the file isn't what it should be. */
export function readFieldFile(directory: string): FieldFile | undefined {
  if (!existsSync(pathIn(directory))) return undefined;
  return fieldFile.parse(JSON.parse(readFileSync(pathIn(directory), 'utf8')));
}
