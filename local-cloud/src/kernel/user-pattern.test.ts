import { describe, expect, it } from 'vitest';
import { compileUserPattern, PatternRefused } from './user-pattern.ts';

describe('a user pattern', () => {
  it.each([
    ['^(a+)+$', `${'a'.repeat(60)}!`],
    ['(a|aa)+$', `${'a'.repeat(60)}!`],
    ['(.*)*x', 'a'.repeat(10_000)],
    [`${'a*'.repeat(30)}b`, 'a'.repeat(10_000)],
  ])('%s answers where backtracking would not come back', (source, text) => {
    expect(compileUserPattern(source).test(text)).toBe(false);
    expect(compileUserPattern(source).matchesWhole(text)).toBe(false);
    expect(compileUserPattern(source).find(text)).toBeUndefined();
  });

  it('finds the first match with its place and its groups', () => {
    const pattern = compileUserPattern('(?<key>\\w+)=(?:(\\d+)|(?<word>[a-z]+))');
    expect([...pattern.groupNames]).toEqual([
      ['key', 1],
      ['word', 3],
    ]);
    expect(pattern.find('é🔋 a=b c=1')).toEqual({ start: 4, end: 7, groups: ['a=b', 'a', undefined, 'b'] });
  });

  it('tells the whole text from a part, and cases apart unless told not to', () => {
    expect(compileUserPattern('a|ab').matchesWhole('ab')).toBe(true);
    expect(compileUserPattern('a').matchesWhole('ab')).toBe(false);
    expect(compileUserPattern('A').test('ab')).toBe(false);
    expect(compileUserPattern('A', { caseInsensitive: true }).test('ab')).toBe(true);
    expect(compileUserPattern('^(?i)A').test('ab')).toBe(true);
  });

  it.each([
    ['a(?=b)', 'does not carry out lookahead: (?='],
    ['a(?!b)', 'does not carry out lookahead: (?!'],
    ['(?<=a)b', 'does not carry out lookbehind'],
    ['(?<!a)b', 'does not carry out lookbehind'],
    ['(a)\\1', 'does not carry out a backreference: \\1'],
    ['(?<n>a)\\k<n>', 'does not carry out a backreference: \\k'],
    ['(?>a)', 'does not carry out an atomic group'],
    ['a*+', 'does not carry out a possessive quantifier'],
    ['(', 'missing closing )'],
    ['a\\', 'trailing backslash'],
    ['a{1001}', 'invalid repeat count'],
    ['[ab]{1000}'.repeat(30), 'too large'],
  ])('%s is refused by name', (source, message) => {
    const compile = () => compileUserPattern(source);
    expect(compile).toThrow(PatternRefused);
    expect(compile).toThrow(message);
  });
});
