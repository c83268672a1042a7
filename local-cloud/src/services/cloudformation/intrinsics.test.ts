// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Fn::Sub's own placeholders
import { expect, test } from 'vitest';
import { type Names, NO_VALUE, resolve, subParts, UNKNOWN } from './intrinsics.ts';

const names: Names = {
  ref: (name) => {
    if (name === 'AWS::NoValue') return NO_VALUE;
    if (name === 'List') return ['a', 'b'];
    if (name === 'New') return UNKNOWN;
    return `<${name}>`;
  },
  attribute: (logicalId, attribute) => (logicalId === 'New' ? UNKNOWN : `<${logicalId}.${attribute}>`),
  condition: (name) => name === 'Yes',
  mapped: (map, top, second) => `${map}/${top}/${second}`,
  importValue: (name) => `import ${name}`,
};

test.each<[string, unknown, unknown]>([
  ['plain data', { a: [1, true, null, 'x'] }, { a: [1, true, null, 'x'] }],
  ['Ref', { Ref: 'A' }, '<A>'],
  ['Ref as a key among others is data', { Ref: 'A', Other: 1 }, { Ref: 'A', Other: 1 }],
  ['AWS::NoValue in an object', { a: { Ref: 'AWS::NoValue' }, b: 1 }, { b: 1 }],
  ['AWS::NoValue in a list', [{ Ref: 'AWS::NoValue' }, 1], [1]],
  ['Fn::GetAtt as a list', { 'Fn::GetAtt': ['A', 'B.C'] }, '<A.B.C>'],
  ['Fn::GetAtt as text', { 'Fn::GetAtt': 'A.B.C' }, '<A.B.C>'],
  ['Fn::If', [{ 'Fn::If': ['Yes', 1, 2] }, { 'Fn::If': ['No', 1, 2] }], [1, 2]],
  ['Fn::Join', { 'Fn::Join': [':', ['a', { Ref: 'B' }, 3]] }, 'a:<B>:3'],
  ['Fn::Join of a list parameter', { 'Fn::Join': ['', { Ref: 'List' }] }, 'ab'],
  ['Fn::Sub', { 'Fn::Sub': '${A}-${B.C}-${!D}-$E-${AWS::Region}' }, '<A>-<B.C>-${D}-$E-<AWS::Region>'],
  ['Fn::Sub with variables', { 'Fn::Sub': ['${A}${V}', { V: { Ref: 'X' } }] }, '<A><X>'],
  ['Fn::Select', { 'Fn::Select': ['1', { Ref: 'List' }] }, 'b'],
  ['Fn::Split', { 'Fn::Select': [2, { 'Fn::Split': ['/', 'https://host/path'] }] }, 'host'],
  ['Fn::FindInMap', { 'Fn::FindInMap': ['M', { Ref: 'T' }, 'S'] }, 'M/<T>/S'],
  ['Fn::Base64', { 'Fn::Base64': 'hé' }, 'aMOp'],
  ['Fn::ImportValue', { 'Fn::ImportValue': { 'Fn::Sub': '${A}-x' } }, 'import <A>-x'],
  ['an unknown value within a text', { 'Fn::Join': ['', ['a', { Ref: 'New' }]] }, `a${UNKNOWN}`],
  ['what an unknown value splits into', { 'Fn::Select': [2, { 'Fn::Split': ['/', { Ref: 'New' }] }] }, UNKNOWN],
])('%s', (_name, value, expected) => {
  expect(resolve(value, names)).toEqual(expected);
});

test.each<[string, unknown, string]>([
  ['a function that is not carried out', { 'Fn::Cidr': [] }, 'the intrinsic function Fn::Cidr'],
  ['a function that does not exist', { 'Fn::Nothing': [] }, 'the intrinsic function Fn::Nothing'],
  ['a function with a stray key', { 'Fn::Join': ['', []], Other: 1 }, 'must have no other member'],
  ['a selection beyond the list', { 'Fn::Select': [5, ['a']] }, 'Fn::Select cannot select nonexistent value at index 5'],
  ['a join of something else', { 'Fn::Join': [',', 'text'] }, 'every Fn::Join object requires two parameters'],
  ['too few arguments', { 'Fn::If': ['Yes', 1] }, 'every Fn::If object requires a list of 3 arguments'],
  ['an attribute of nothing', { 'Fn::GetAtt': 'A' }, 'every Fn::GetAtt object requires two non-empty parameters'],
  ['a missing value in a text', { 'Fn::Join': ['', [{ a: 1 }]] }, 'Fn::Join requires strings'],
])('refuses %s', (_name, value, message) => {
  expect(() => resolve(value, names)).toThrow(message);
});

test('cuts the text of Fn::Sub', () => {
  expect(subParts('${A}x${ B.C }${!L}$')).toEqual([
    { kind: 'name', name: 'A' },
    { kind: 'literal', text: 'x' },
    { kind: 'name', name: 'B.C' },
    { kind: 'literal', text: '${L}' },
    { kind: 'literal', text: '$' },
  ]);
});
