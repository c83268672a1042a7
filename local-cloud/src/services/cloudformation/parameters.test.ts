import { describe, expect, test } from 'vitest';
import { type GivenParameter, parameterRef, parameterValues, readParameterDeclaration } from './parameters.ts';

const noSsm = async () => ({});

async function refOf(declaration: object, given?: string): Promise<string | string[]> {
  const read = readParameterDeclaration('P', declaration);
  const values = await parameterValues({ P: read }, given === undefined ? [] : [{ key: 'P', value: given }], {}, noSsm);
  return parameterRef(read, values['P'] ?? { given: '' });
}

describe('the value of a parameter', () => {
  test.each<[string, object, string | undefined, string | string[]]>([
    ['is what is given', { Type: 'String', Default: 'd' }, 'g', 'g'],
    ['is the default otherwise', { Type: 'Number', Default: 4 }, undefined, '4'],
    ['may be empty', { Type: 'String', Default: 'd' }, '', ''],
    ['is a list of trimmed texts', { Type: 'CommaDelimitedList' }, 'a, b,c', ['a', 'b', 'c']],
    ['is one empty text for an empty list', { Type: 'CommaDelimitedList', Default: '' }, undefined, ['']],
    ['is a list of numbers', { Type: 'List<Number>' }, '1, 2.5', ['1', '2.5']],
  ])('%s', async (_name, declaration, given, expected) => {
    expect(await refOf(declaration, given)).toEqual(expected);
  });

  test.each<[object, string, string]>([
    [{ Type: 'String', AllowedValues: ['a', 'b'] }, 'c', "Parameter 'P' must be one of AllowedValues"],
    [{ Type: 'String', AllowedPattern: '[a-z]+' }, 'abc1', "Parameter 'P' must match pattern [a-z]+"],
    [
      { Type: 'String', AllowedPattern: 'x', ConstraintDescription: 'must be x' },
      'y',
      "Parameter 'P' failed to satisfy constraint: must be x",
    ],
    [{ Type: 'String', AllowedPattern: '(a+)+' }, `${'a'.repeat(60)}!`, "Parameter 'P' must match pattern (a+)+"],
    [
      { Type: 'String', AllowedPattern: '(?!x).+' },
      'y',
      "of parameter 'P' cannot be carried out: the local cloud does not carry out lookahead",
    ],
    [{ Type: 'String', AllowedPattern: 'a)|(b' }, 'b', "The AllowedPattern a)|(b of parameter 'P' cannot be carried out"],
    [{ Type: 'String', MinLength: '3' }, 'ab', "Parameter 'P' must contain at least 3 characters"],
    [{ Type: 'String', MaxLength: 1 }, 'ab', "Parameter 'P' must contain at most 1 characters"],
    [{ Type: 'Number' }, 'ten', "Parameter 'P' must be a number."],
    [{ Type: 'Number', MinValue: 3 }, '2', "Parameter 'P' must be a number not less than 3"],
    [{ Type: 'Number', MaxValue: 3 }, '4', "Parameter 'P' must be a number not greater than 3"],
    [{ Type: 'List<Number>' }, '1,x', "Parameter 'P' must be a number."],
  ])('%j refuses %s', async (declaration, given, message) => {
    await expect(refOf(declaration, given)).rejects.toThrow(message);
  });

  test('may be the previous one, or what an SSM parameter holds now', async () => {
    const declarations = {
      Before: readParameterDeclaration('Before', { Type: 'String' }),
      Held: readParameterDeclaration('Held', { Type: 'AWS::SSM::Parameter::Value<List<String>>', Default: '/names' }),
    };
    const given: GivenParameter[] = [{ key: 'Before', usePrevious: true }];
    const values = await parameterValues(declarations, given, { Before: { given: 'old' } }, async (names) => {
      expect(names).toEqual(['/names']);
      return { '/names': 'x,y' };
    });
    expect(values).toEqual({ Before: { given: 'old' }, Held: { given: '/names', resolved: 'x,y' } });
    expect(parameterRef(declarations.Held, values['Held'] ?? { given: '' })).toEqual(['x', 'y']);
  });
});

test('what no template declares, and what has no value, is named', async () => {
  const declarations = { P: readParameterDeclaration('P', { Type: 'String' }) };
  await expect(parameterValues(declarations, [{ key: 'Q', value: '1' }], {}, noSsm)).rejects.toThrow(
    'Parameters: [Q] do not exist in the template',
  );
  await expect(parameterValues(declarations, [], {}, noSsm)).rejects.toThrow('Parameters: [P] must have values');
});

test.each<[object, string]>([
  [{ Type: 'AWS::EC2::VPC::Id' }, 'the parameter type AWS::EC2::VPC::Id of P'],
  [{ Type: 'Text' }, 'Unrecognized parameter type: Text'],
  [{ Type: 'String', Sample: 1 }, "Invalid template parameter property 'Sample'"],
])('the declaration %j is refused', (declaration, message) => {
  expect(() => readParameterDeclaration('P', declaration)).toThrow(message);
});
