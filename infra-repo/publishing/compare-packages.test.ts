import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as contract from '@enstratus/contract';
import * as entities from '@enstratus/contract/entities';
import { afterAll, describe, expect, it } from 'vitest';
import { comparePackages, type ProbesByEntry } from './compare-packages.ts';
import { contractProbes, entityProbes } from './probes.ts';

const cache = fileURLToPath(new URL('../node_modules/.cache', import.meta.url));
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(join(cache, 'compare-packages-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A package with a construct, as the compiler would have written it. */
const published = {
  manifest: { exports: { '.': { types: './index.d.ts', default: './index.js' } }, peerDependencies: { 'aws-cdk-lib': '2.0.0' } },
  types: `
export interface PumpProps {
    readonly name: string;
    readonly depth_m?: number;
    readonly motor?: { readonly power_w: number; readonly phases?: number };
    readonly check: (pump: Pump) => { readonly ok: boolean };
    readonly spare?: Motor;
}
export declare class Pump {
    #private;
    readonly motor: Motor;
    constructor(id: string, props: PumpProps);
    private start;
    uses(table: string, actions: readonly ('read' | 'write')[]): this;
}
export declare class Motor {
    #private;
    readonly power_w: number;
    constructor(power_w: number);
}
export interface Reading { readonly at: number; readonly unit: 'W' | 'V' }
export interface Batch<T extends object> { readonly items: readonly T[] }
export declare function read(pump: Pump, options?: { readonly from?: number }): Reading;
export declare function each<T extends object>(batch: Batch<T>): T[];
export declare const pumpKey: (id: string) => { pk: string; };
export declare const names: { readonly table: '/table'; };
export declare const states: readonly ['on', 'off'];
export declare const eventSchema: unknown;
`,
  code: `
import { z } from 'zod';
export class Pump {}
export class Motor {}
export function read() {}
export function each() {}
export const pumpKey = (id) => ({ pk: 'PUMP#' + id });
export const names = { table: '/table' };
export const states = ['on', 'off'];
export const eventSchema = z.object({ name: z.string() });
`,
};
type Package = typeof published;

let written = 0;
function write({ manifest, types, code }: Package): string {
  written += 1;
  const into = join(folder, String(written));
  mkdirSync(into);
  writeFileSync(join(into, 'package.json'), JSON.stringify({ type: 'module', ...manifest }));
  writeFileSync(join(into, 'index.d.ts'), types);
  writeFileSync(join(into, 'index.js'), code);
  return into;
}

const probes: ProbesByEntry = { '.': { answers: { pumpKey: ({ pumpKey }: { pumpKey: (id: string) => unknown }) => pumpKey('p') } } };

/** What is found when these places of the package read otherwise. */
async function changed(
  changes: Partial<Record<'types' | 'code', readonly (readonly [string, string])[]>>,
  manifest = published.manifest,
): Promise<string[]> {
  const edit = (text: string, edits: readonly (readonly [string, string])[] = []) =>
    edits.reduce((edited, [from, to]) => {
      expect(edited).toContain(from);
      return edited.replace(from, to);
    }, text);
  const now = write({ manifest, types: edit(published.types, changes.types), code: edit(published.code, changes.code) });
  const work = mkdtempSync(join(folder, 'work-'));
  const findings = await comparePackages(write(published), now, work, probes);
  return findings.map(({ kind, name, what }) => `${kind} ${name} ${what}`);
}

const kindsAndNames = (findings: readonly string[]) => [
  ...new Set(
    findings.map((finding) =>
      finding
        .split(' ')
        .slice(0, finding.includes('new Pump') ? 3 : 2)
        .join(' '),
    ),
  ),
];

describe('a package compared with what is published', () => {
  it('is the same as itself, in spite of private members', async () => {
    expect(await changed({})).toEqual([]);
  });

  it.each<[string, Parameters<typeof changed>[0], string]>([
    ['a prop that is gone', { types: [['    readonly depth_m?: number;\n', '']] }, 'breaking new Pump(1).depth_m'],
    ['a prop within a prop that is gone', { types: [['; readonly phases?: number', '']] }, 'breaking new Pump(1).motor.phases'],
    ['a prop made required', { types: [['depth_m?:', 'depth_m:']] }, 'breaking new Pump'],
    [
      'a new prop that is required',
      { types: [['    readonly depth_m', '    readonly width_m: number;\n    readonly depth_m']] },
      'breaking new Pump',
    ],
    [
      'a prop of another type',
      { types: [['readonly name: string;\n    readonly depth', 'readonly name: number;\n    readonly depth']] },
      'breaking new Pump',
    ],
    ['a prop that is told less', { types: [['check: (pump: Pump)', 'check: (pump: Motor)']] }, 'breaking new Pump'],
    ['a method that takes less', { types: [["('read' | 'write')", "('read')"]] }, 'breaking Pump'],
    [
      'a method that is gone',
      { types: [["    uses(table: string, actions: readonly ('read' | 'write')[]): this;\n", '']] },
      'breaking Pump.uses',
    ],
    ['an attribute that is gone', { types: [['    readonly motor: Motor;\n', '']] }, 'breaking Pump.motor'],
    ['a result that says less', { types: [['readonly at: number; ', '']] }, 'breaking read().at'],
    ['a result that may be something else', { types: [["'W' | 'V'", "'W' | 'V' | 'A'"]] }, 'breaking read'],
    ['an option that is gone', { types: [['{ readonly from?: number }', '{ readonly until?: number }']] }, 'breaking read(1).from'],
    ['a type that is gone', { types: [['export interface Batch', 'interface Batch']] }, 'breaking Batch'],
    [
      'a function that is gone',
      { types: [['export declare function read', 'declare function read']], code: [['export function read', 'function read']] },
      'breaking read',
    ],
    ['a changed key', { code: [['PUMP#', 'PUMPS#']] }, 'breaking pumpKey().pk'],
    ['a renamed parameter', { code: [["{ table: '/table' }", "{ table: '/the-table' }"]] }, 'breaking names.table'],
    ['a narrowed enum', { code: [["['on', 'off']", "['on']"]] }, 'breaking states'],
    ['an event field that is gone', { code: [['{ name: z.string() }', '{ }']] }, 'breaking eventSchema.name'],
  ])('finds %s', async (_, changes, expected) => {
    expect(kindsAndNames(await changed(changes))).toContain(expected);
  });

  it.each<[string, Parameters<typeof changed>[0], string[]]>([
    [
      'an optional prop',
      { types: [['    readonly depth_m', '    readonly width_m?: number;\n    readonly depth_m']] },
      ['addition new Pump(1).width_m', 'addition PumpProps.width_m'],
    ],
    [
      'a method of a class that others take',
      { types: [['    readonly power_w: number;\n    constructor', '    readonly power_w: number;\n    stop(): void;\n    constructor']] },
      ['addition Motor.stop'],
    ],
    [
      'an export',
      { types: [['export interface Reading', 'export declare function more(): void;\nexport interface Reading']] },
      ['addition more'],
    ],
    [
      'a constant',
      { code: [["['on', 'off']", "['on', 'off', 'lost']"]], types: [["['on', 'off']", "['on', 'off', 'lost']"]] },
      ['addition states'],
    ],
    [
      'an optional field of an event',
      { code: [['{ name: z.string() }', '{ name: z.string(), more: z.string().optional() }']] },
      ['addition eventSchema.more'],
    ],
    ['an action that a method takes', { types: [["('read' | 'write')", "('read' | 'write' | 'scan')"]] }, []],
    [
      'a result that says more',
      { types: [['readonly at: number; ', 'readonly at: number; readonly by: string; ']] },
      ['addition Reading', 'addition read().by', 'addition Reading.by'],
    ],
  ])('lets be added %s', async (_, changes, expected) => {
    const found = await changed(changes);
    expect(found.filter((finding) => finding.startsWith('breaking'))).toEqual([]);
    expect(kindsAndNames(found)).toEqual(expect.arrayContaining(expected));
  });

  it('finds an entry that is gone, and a peer in another version', async () => {
    const { exports, peerDependencies } = published.manifest;
    expect(await changed({}, { exports, peerDependencies: { 'aws-cdk-lib': '2.1.0' } })).toEqual([
      'breaking the peer aws-cdk-lib was 2.0.0, is 2.1.0',
    ]);
    const more = { '.': exports['.'], './more': exports['.'] };
    expect(await changed({}, { exports: more, peerDependencies })).toEqual(['addition the entry ./more is new']);
  });
});

describe('what is stored or sent', () => {
  it('is asked of every function of the contract that makes a key, a name, an id, an item or an encoding', () => {
    const makes = Object.entries(contract).flatMap(([name, value]) =>
      typeof value === 'function' &&
      /(Key|KeysBetween|Name|Prefix|Item|Attributes|Below)$|^(encode|pack|parse\w+Key|to[A-Z])/.test(name) &&
      !/^read/.test(name)
        ? [name]
        : [],
    );
    expect(makes.length).toBeGreaterThan(20);
    expect(makes.filter((name) => !(name in contractProbes))).toEqual([]);
    expect(Object.keys(entities).filter((name) => !(name in entityProbes))).toEqual([]);
  });

  it('is answered by each, and says something', () => {
    for (const probe of Object.values(contractProbes)) expect(JSON.stringify(probe(contract)).length).toBeGreaterThan(4);
    for (const probe of Object.values(entityProbes))
      expect(probe(entities)).toMatchObject({ Item: { pk: expect.any(String), sk: expect.any(String) } });
  });
});
