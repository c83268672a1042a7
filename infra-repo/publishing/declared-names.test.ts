import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { declaredNames } from './declared-names.ts';

const folder = mkdtempSync(join(tmpdir(), 'declared-names-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

describe('the names that declaration files export', () => {
  beforeAll(() => {
    write(
      'all.d.ts',
      'export interface Key { pk: string }\nexport declare const a: { x: string; };\nexport declare function f<T extends Key>(one: T): void;\n',
    );
    write(
      'some.d.ts',
      "import { Logger } from 'elsewhere';\nexport interface Batch<One extends Record<string, () => 1>, Two = [1, 2]> {\n}\ndeclare class Hidden {\n}\nexport { Hidden as Shown };\nexport type { Logger };\n",
    );
  });

  it('are found through lists, stars, other names and other packages', () => {
    write(
      'index.d.ts',
      "/** export { x } from './nowhere.js' */\nexport * from './all.js';\nexport { type Batch, Shown, type Logger } from './some.ts';\nexport { z } from 'zod';\n",
    );
    expect(Object.fromEntries(declaredNames(join(folder, 'index.d.ts')))).toEqual({
      Key: { kind: 'type', parameters: 0, file: join(folder, 'all.d.ts') },
      a: { kind: 'const', parameters: 0, file: join(folder, 'all.d.ts') },
      f: { kind: 'function', parameters: 1, file: join(folder, 'all.d.ts') },
      Batch: { kind: 'type', parameters: 2, file: join(folder, 'some.d.ts') },
      Shown: { kind: 'class', parameters: 0, file: join(folder, 'some.d.ts') },
      Logger: { kind: 'type', parameters: 0, file: join(folder, 'some.d.ts') },
      z: { kind: 'const', parameters: 0, file: join(folder, 'index.d.ts') },
    });
  });

  it.each([
    ["export * from 'zod';", 'everything of another package'],
    ["export * as all from './all.js';", 'this export is not understood'],
    ['export default a;', 'this export is not understood'],
    ["export { nothing } from './all.js';", 'exports "nothing", which ./all.js does not declare'],
  ])('are never left out: %s', (text, message) => {
    write('bad.d.ts', text);
    expect(() => declaredNames(join(folder, 'bad.d.ts'))).toThrow(message);
  });
});
