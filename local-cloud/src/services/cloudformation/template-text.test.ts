import { describe, expect, test } from 'vitest';
import { readTemplateText } from './template-text.ts';

describe('a template in YAML', () => {
  test('has the long form of every short one', () => {
    const text = `
A: !Ref X
B: !GetAtt X.Y.Z
C: !GetAtt [X, Y]
D: !Sub ["\${V}", { V: !If [Yes, 1, !Ref "AWS::NoValue"] }]
E: !Not [!Condition Big]
F: !Join
  - ","
  - !Split ["/", !ImportValue name]
G: { Version: 2012-10-17, Text: yes, Number: 1.5, Flag: true, Nothing: }
`;
    expect(readTemplateText(text)).toEqual({
      A: { Ref: 'X' },
      B: { 'Fn::GetAtt': ['X', 'Y.Z'] },
      C: { 'Fn::GetAtt': ['X', 'Y'] },
      // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own placeholder
      D: { 'Fn::Sub': ['${V}', { V: { 'Fn::If': ['Yes', 1, { Ref: 'AWS::NoValue' }] } }] },
      E: { 'Fn::Not': [{ Condition: 'Big' }] },
      F: { 'Fn::Join': [',', { 'Fn::Split': ['/', { 'Fn::ImportValue': 'name' }] }] },
      G: { Version: '2012-10-17', Text: 'yes', Number: 1.5, Flag: true, Nothing: null },
    });
  });

  test.each([
    ['an unknown tag', 'A: !Magic x', 'unknown tag !Magic'],
    ['a duplicate key', 'A: 1\nA: 2', 'YAML not well-formed. (line 2, column 1)'],
    ['an alias', 'A: &a 1\nB: *a', 'YAML aliases are not allowed'],
    ['broken text', 'A: [1', 'YAML not well-formed'],
    ['broken JSON', '{"A": [}', 'JSON not well-formed'],
    ['a list', '- A', 'unsupported structure'],
    ['nothing', ' ', 'unsupported structure'],
  ])('refuses %s', (_name, text, message) => {
    expect(() => readTemplateText(text)).toThrow(message);
  });
});

test('a template in JSON is read as it is', () => {
  expect(readTemplateText('{"A": {"Ref": "B"}, "C": [1, null, "x"]}')).toEqual({ A: { Ref: 'B' }, C: [1, null, 'x'] });
});
