import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Data } from './compare-data.ts';
import { compareSchemas } from './compare-schemas.ts';
import { dataOf } from './module-surface.ts';

const event = (changes: Record<string, z.ZodType> = {}) =>
  z.object({ type: z.literal('registered'), name: z.string(), state: z.enum(['on', 'off']), note: z.string().optional(), ...changes });
const compared = (before: z.ZodType, now: z.ZodType) =>
  compareSchemas('event', dataOf(before) as Data, dataOf(now) as Data).map(({ kind, name }) => `${kind} ${name}`);

describe('the schema of what is sent', () => {
  it('may be the same', () => {
    expect(compared(event(), event())).toEqual([]);
    expect(compared(event(), event({ name: z.string().describe('what people call it') }))).toEqual([]);
  });

  it('may get an optional property, where readers ignore what they do not know', () => {
    expect(compared(event(), event({ more: z.int().optional() }))).toEqual(['addition event.more']);
    expect(compared(z.strictObject({ a: z.int() }), z.strictObject({ a: z.int(), b: z.int().optional() }))).toEqual(['breaking event.b']);
  });

  it.each([
    ['loses a property', event().omit({ name: true }), 'event.name'],
    ['needs a new one', event({ more: z.int() }), 'event.more'],
    ['needs what was optional', event({ note: z.string() }), 'event.note'],
    ['leaves out what was there', event({ name: z.string().optional() }), 'event.name'],
    ['narrows an enum', event({ state: z.enum(['on']) }), 'event.state'],
    ['widens an enum, which readers refuse', event({ state: z.enum(['on', 'off', 'lost']) }), 'event.state'],
    ['has another type', event({ name: z.int() }), 'event.name'],
    ['has another bound', event({ name: z.string().max(10) }), 'event.name'],
    ['is called otherwise', event({ type: z.literal('added') }), 'event.type'],
    ['is null at times', event({ name: z.string().nullable() }), 'event.name'],
  ])('breaks who reads or sends it when it %s', (_, now, name) => {
    const found = compared(event(), now);
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter((finding) => !finding.startsWith(`breaking ${name}`))).toEqual([]);
  });

  it('is found within lists, records and kinds of a union, by the name of the kind', () => {
    const other = z.object({ type: z.literal('gone'), list: z.array(z.object({ a: z.int() })) });
    const more = z.object({ type: z.literal('gone'), list: z.array(z.object({ a: z.string() })) });
    expect(
      compared(z.discriminatedUnion('type', [event(), other]), z.discriminatedUnion('type', [other, event({ more: z.int().optional() })])),
    ).toEqual(['addition event<registered>.more']);
    expect(compared(z.discriminatedUnion('type', [event(), other]), z.discriminatedUnion('type', [event(), more]))).toContain(
      'breaking event<gone>.list[].a',
    );
    expect(compared(z.discriminatedUnion('type', [event(), other]), z.discriminatedUnion('type', [event()]))).toEqual([
      'breaking event<gone>',
    ]);
    expect(compared(z.discriminatedUnion('type', [event()]), z.discriminatedUnion('type', [event(), other]))).toEqual([
      'breaking event<gone>',
    ]);
    expect(compared(z.record(z.string(), z.int()), z.record(z.string(), z.string()))).toContain('breaking event.*');
  });
});
