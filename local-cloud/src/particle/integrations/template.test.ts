import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newEvent } from '../events/particle-event.ts';
import { compile, compileValue, viewOf } from './template.ts';

const event = (data: string) => newEvent(0, { coreid: 'e00fce68', product_id: 7, owner: 'o@x.example' }, 'status/live', data);
const fill = (template: string, data: string) => compile(template)(viewOf(event(data)));

describe('templates', () => {
  const data = '{"a":{"aa":"testing","ab":1234},"b":"xxx","c":[{"ca":"first","cb":123},{"ca":"second","cb":456}]}';

  // The table of the Webhook reference, "Variable substitution".
  it.each([
    ['{{{a.aa}}}', 'testing'],
    ['{{{a.ab}}}', '1234'],
    ['{{{b}}}', 'xxx'],
    ['{{{c.0.ca}}}', 'first'],
    ['{{{c.1.cb}}}', '456'],
    ['{{#b}}{{{b}}}{{/b}}{{^b}}Missing{{/b}}', 'xxx'],
    ['{{#z}}{{{z}}}{{/z}}{{^z}}Missing{{/z}}', 'Missing'],
    ['{{#c}}{{{ca}}}~{{/c}}', 'first~second~'],
  ])('%s gives %s', (template, expected) => {
    expect(fill(template, data)).toBe(expected);
  });

  it('knows the predefined variables', () => {
    expect(fill('{{{PARTICLE_DEVICE_ID}}} {{{PARTICLE_EVENT_NAME}}} {{{PARTICLE_PUBLISHED_AT}}} {{{PRODUCT_ID}}}', '')).toBe(
      'e00fce68 status/live 1970-01-01T00:00:00.000Z 7',
    );
    const whole = { event: 'status/live', data: '1', published_at: '1970-01-01T00:00:00.000Z', coreid: 'e00fce68' };
    expect(JSON.parse(fill('{{{PARTICLE_EVENT_JSON}}}', '1'))).toEqual(whole);
    expect(JSON.parse(Buffer.from(fill('{{{PARTICLE_EVENT_BASE64}}}', '1'), 'base64').toString())).toEqual(whole);
  });

  it('lets no data take the place of a predefined variable', () => {
    expect(fill('{{{PARTICLE_DEVICE_ID}}}', '{"PARTICLE_DEVICE_ID":"other"}')).toBe('e00fce68');
  });

  it('hands every data on as it is in triple braces', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(fill('<{{{PARTICLE_EVENT_VALUE}}}>', text)).toBe(`<${text}>`);
      }),
    );
  });

  it('escapes HTML in double braces so that it reads back', () => {
    const names: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&amp;': '&' };
    fc.assert(
      fc.property(fc.string(), (text) => {
        const escaped = fill('{{PARTICLE_EVENT_VALUE}}', text);
        expect(escaped).not.toMatch(/[<>"']/);
        expect(escaped.replace(/&(lt|gt|quot|#39|amp);/g, (name) => names[name] ?? name)).toBe(text);
      }),
    );
  });

  it('finds every field of JSON data', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{1,8}$/), fc.oneof(fc.string(), fc.integer()), (name, value) => {
        expect(fill(`{{{${name}}}}`, JSON.stringify({ [name]: value }))).toBe(String(value));
      }),
    );
  });

  it('fills in keys and values of an object, and nothing else of it', () => {
    const filled = compileValue({ '{{b}}': ['{{{a.aa}}}', 1, null, true], plain: { deep: '{{{c.0.cb}}}' } })(viewOf(event(data)));
    expect(filled).toEqual({ xxx: ['testing', 1, null, true], plain: { deep: '123' } });
  });

  it('refuses a malformed template when it is read', () => {
    expect(() => compile('{{#open}}never closed')).toThrow();
  });
});
