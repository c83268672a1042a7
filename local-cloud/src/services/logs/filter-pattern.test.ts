import { describe, expect, it } from 'vitest';
import { NotCarriedOut } from '../../kernel/aws-error.ts';
import { compileFilterPattern } from './filter-pattern.ts';

const TRAIL = JSON.stringify({
  eventType: 'UpdateTrail',
  sourceIPAddress: '111.111.111.111',
  arrayKey: ['value', 'another value'],
  objectList: [
    { name: 'a', id: 1 },
    { name: 'b', id: 2 },
  ],
  SomeObject: null,
  ThisFlag: true,
  latency: 50,
  'dotted.key': 'x',
});

describe('a filter pattern', () => {
  it.each([
    ['', 'anything', true],
    ['ERROR', '[ERROR] A fatal exception', true],
    ['ERROR', '[error] A fatal exception', false],
    ['ERROR', 'Exiting with ERRORCODE: -1', true],
    ['ERROR Exception', '[ERROR] Unhandled Exception', true],
    ['ERROR Exception', '[ERROR] nothing', false],
    ['ERROR -Exiting', 'Exiting with ERRORCODE: -1', false],
    ['ERROR -Exiting', '[ERROR] x', true],
    ['"Failed to process"', 'Failed  to process', false],
    ['"Failed to process"', '[WARN] Failed to process it', true],
    ['-"a b" ', 'xa bx', false],
    ['"say \\"hi\\""', 'I say "hi"', true],
    ['?ERROR ?WARN', 'WARN message', true],
    ['?ERROR ?"A B"', 'INFO message', false],
    ['%sta[rt]+\\.%', 'start.', true],
    ['-%^[hc]at%', 'hat', false],
    [`%^${'a*'.repeat(40)}b$%`, 'a'.repeat(2000), false],
    [`{ $.text = %^${'a*'.repeat(40)}b$% }`, JSON.stringify({ text: 'a'.repeat(2000) }), false],
    ['{ $.eventType = "UpdateTrail" }', TRAIL, true],
    ['{ $.eventType = UpdateTrail }', TRAIL, true],
    ['{ $.eventType = Update* }', TRAIL, true],
    ['{ $.eventType = *Trail }', TRAIL, true],
    ['{ $.eventType = "Up*ail" }', TRAIL, false],
    ['{ $.eventType = * }', TRAIL, true],
    ['{ $.eventType = %^Up% }', TRAIL, true],
    ['{ $.sourceIPAddress != 123.123.* }', TRAIL, true],
    ['{ $.sourceIPAddress != 111.* }', TRAIL, false],
    ['{ $.arrayKey[0] = "value" }', TRAIL, true],
    ['{ $.arrayKey[*] = "another value" }', TRAIL, true],
    ['{ $.objectList[1].id = 2 }', TRAIL, true],
    ['{ $.objectList[2].id = 2 }', TRAIL, false],
    ["{ $.['dotted.key'] = x }", TRAIL, true],
    ['{ $.SomeObject IS NULL }', TRAIL, true],
    ['{ $.eventType IS NULL }', TRAIL, false],
    ['{ $.Other NOT EXISTS }', TRAIL, true],
    ['{ $.SomeObject NOT EXISTS }', TRAIL, false],
    ['{ $.ThisFlag IS TRUE }', TRAIL, true],
    ['{ $.ThisFlag IS FALSE }', TRAIL, false],
    ['{ $.latency >= 50 && $.latency < 5.1e1 }', TRAIL, true],
    ['{ $.latency > +50 }', TRAIL, false],
    ['{ $.latency = 50 }', TRAIL, true],
    ['{ $.latency != 50 }', TRAIL, false],
    ['{ $.arrayKey = 1 }', TRAIL, false],
    ['{ $.arrayKey != 1 }', TRAIL, false],
    ['{ $.Other != 1 }', TRAIL, false],
    ['{ $.latency = 1 && $.latency = 2 || $.ThisFlag IS TRUE }', TRAIL, true],
    ['{ $.latency = 1 && ($.latency = 2 || $.ThisFlag IS TRUE) }', TRAIL, false],
    ['{ $.message = "wrong webhook secret" }', '{"level":"WARN","message":"wrong webhook secret"}', true],
    ['{ $.message = "x" }', 'not JSON', false],
    ['{ $.message = "x" }', '{"message":', false],
  ])('%j on %j: %s', (pattern, message, matches) => {
    expect(compileFilterPattern(pattern)(message)).toBe(matches);
  });

  it.each([
    ['foo-bar', "Invalid character(s) in term 'foo-bar'"],
    ['"open', 'cannot read a term at position 1'],
    ['%(a)%', 'Invalid regular expression'],
    ['%[a%', 'Invalid regular expression'],
    ['%a\\1%', 'does not carry out a backreference'],
    ['%a*+%', 'does not carry out a possessive quantifier'],
    ['{ $.a = }', 'unexpected input at position 9'],
    ['{ $.a > "x" }', 'unexpected input'],
    ['{ $.a = 1 ', 'unexpected input at position 10'],
    ['{ a = 1 }', 'unexpected input at position 3'],
    ['{ $ = 1 }', 'unexpected input'],
    ['x'.repeat(1025), 'longer than 1024'],
  ])('%j is refused', (pattern, text) => {
    expect(() => compileFilterPattern(pattern)).toThrow(
      expect.objectContaining({ code: 'InvalidParameterException', message: expect.stringContaining(text) }),
    );
  });

  it.each(['[ip, user, status = 4*]', 'INFO ?ERROR'])('%j is named as not carried out', (pattern) => {
    expect(() => compileFilterPattern(pattern)).toThrow(NotCarriedOut);
  });
});
