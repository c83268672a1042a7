import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CompileError, productVersionOf } from '../wasm/compile-firmware.ts';
import { loadCores } from '../wasm/core.ts';
import { firmwareSectionOf, withFirmwareSection } from '../wasm/firmware-section.ts';

const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

describe('what a firmware says about itself', () => {
  test('comes back as it was put in, and the last word holds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 65_535 }), fc.integer({ min: 1, max: 65_535 }), async (first, second) => {
        const once = withFirmwareSection(empty, { product_version: first });
        expect(await firmwareSectionOf(once)).toEqual({ product_version: first });
        expect(await firmwareSectionOf(withFirmwareSection(once, { product_version: second }))).toEqual({ product_version: second });
      }),
      { numRuns: 50 },
    );
    expect(await firmwareSectionOf(empty)).toBeUndefined();
  });

  test('is, of the built core, what the adapter states', async () => {
    const main = readFileSync(new URL('../boron/src/main.cpp', import.meta.url), 'utf8');
    expect((await loadCores()).product_version).toBe(productVersionOf(new Map([['src/main.cpp', main]])));
  });
});

test('a project must state its version once, in 16 bits', () => {
  const stated = (text: string) => () => productVersionOf(new Map([['src/main.cpp', text]]));
  expect(stated('PRODUCT_VERSION(7);\n')()).toBe(7);
  for (const text of ['', 'PRODUCT_VERSION(1);\nPRODUCT_VERSION(2);', 'PRODUCT_VERSION(0);', 'PRODUCT_VERSION(65536);'])
    expect(stated(text)).toThrow(CompileError);
});
