import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ActionFailed } from './actions/action-run.ts';
import { readEnvironmentVariables } from './actions/codebuild-build.ts';
import { referencesIn, resolveVariables, UnresolvedVariable } from './variables.ts';

const name = fc.stringMatching(/^[A-Za-z0-9@_-]{1,12}$/);
const plain = fc.string().filter((text) => !text.includes('#{'));

describe('variables', () => {
  it('are replaced by their values as they are, whatever stands in these and around them', () => {
    fc.assert(
      fc.property(name, name, fc.string(), plain, plain, (namespace, variable, value, before, after) => {
        const text = `${before}#{${namespace}.${variable}}${after}`;
        expect(resolveVariables(text, { [namespace]: { [variable]: value } })).toBe(`${before}${value}${after}`);
      }),
    );
  });

  it('leave a text without references alone', () => {
    fc.assert(
      fc.property(plain, (text) => {
        expect(resolveVariables(text, {})).toBe(text);
      }),
    );
  });

  it('are told by the whole reference when nothing has produced them', () => {
    for (const text of ['#{A.B}', '#{nothing}', '#{}', '#{__proto__.x}', '#{A.constructor}']) {
      expect(() => resolveVariables(`x ${text}`, { A: {} })).toThrow(UnresolvedVariable);
      expect(() => resolveVariables(`x ${text}`, { A: {} })).toThrow(text);
    }
  });

  it('are found with namespace and name, the name from the first period on', () => {
    expect(referencesIn('#{a.b}-#{c.d.e} #{f}')).toEqual([
      { text: '#{a.b}', namespace: 'a', name: 'b' },
      { text: '#{c.d.e}', namespace: 'c', name: 'd.e' },
      { text: '#{f}', namespace: '', name: 'f' },
    ]);
  });
});

describe('environment variables of a build action', () => {
  it('come through JSON with any value', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ name, value: fc.string() })), (list) => {
        const read = readEnvironmentVariables(JSON.stringify(list), (value) => value);
        expect(read).toEqual(list.map((one) => ({ ...one, type: 'PLAINTEXT' })));
      }),
    );
  });

  it.each([
    ['{', 'not valid JSON'],
    ['{}', 'EnvironmentVariables'],
    ['[{"name":"A"}]', 'EnvironmentVariables.0.value'],
    ['[{"name":"A","value":"x","type":"PLAIN"}]', 'EnvironmentVariables.0.type'],
  ])('are refused as %s', (text, message) => {
    expect(() => readEnvironmentVariables(text, String)).toThrow(ActionFailed);
    expect(() => readEnvironmentVariables(text, String)).toThrow(message);
  });
});
