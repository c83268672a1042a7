import fc from 'fast-check';
import type { FurnishedCloud } from './furnished-cloud.ts';
import { knownTo } from './known-names.ts';
import { nearMiss, oddText } from './odd-values.ts';
import { inputsOf } from './schema-arbitrary.ts';

const logicalId = fc.constantFrom('A', 'B', 'C');
const names = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('A', 'B', 'C', 'P', 'AWS::Region', 'AWS::NoValue', 'AWS::StackName', 'Nobody') },
  { weight: 1, arbitrary: oddText },
);

/** A call of an intrinsic function, or a plain value. */
const expression: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('x', 'a-b', '', '5', 7, true, 'arn:aws:iam::111122223333:role/fuzz'),
    names.map((name) => ({ Ref: name })),
    fc.tuple(names, fc.constantFrom('Arn', 'Nothing', 'a.b', '')).map((pair) => ({ 'Fn::GetAtt': pair })),
    fc.tuple(fc.constantFrom(',', '', '-'), fc.array(tie('value'), { maxLength: 3 })).map((pair) => ({ 'Fn::Join': pair })),
    fc
      .tuple(
        fc.constantFrom(...[`$${'{A}'}`, `$${'{A.Arn}'}-$${'{P}'}`, `$${'{!x}'}`, `$${'{'}`, `$${'{Nobody}'}`, `$${'{}'}`]),
        fc.dictionary(fc.constantFrom('x', 'P'), tie('value'), { maxKeys: 1 }),
      )
      .map((pair) => ({ 'Fn::Sub': pair })),
    names.map((name) => ({ 'Fn::Sub': `$${`{${name}}`}` })),
    fc.tuple(fc.constantFrom('IsOn', 'Nobody'), tie('value'), tie('value')).map((parts) => ({ 'Fn::If': parts })),
    fc.tuple(fc.constantFrom(0, '1', -1, 99, 'x'), tie('value')).map((parts) => ({ 'Fn::Select': parts })),
    fc.tuple(fc.constantFrom(',', ''), tie('value')).map((parts) => ({ 'Fn::Split': parts })),
    fc.constantFrom(['Map', 'a', 'b'], ['Map', 'a', 'none'], ['Nobody', 'a', 'b'], 'Map').map((parts) => ({ 'Fn::FindInMap': parts })),
    tie('value').map((inner) => ({ 'Fn::Base64': inner })),
    tie('value').map((inner) => ({ 'Fn::ImportValue': inner })),
    fc.constantFrom(
      { 'Fn::GetAZs': '' },
      { 'Fn::Transform': {} },
      { 'Fn::Nothing': 1 },
      { Ref: 'A', x: 1 },
      { 'Fn::Cidr': ['10.0.0.0/8', 1, 8] },
      '{{resolve:ssm:/fuzz/a}}',
      '{{resolve:ssm-secure:/x}}',
      '{{resolve:x',
      { Condition: 'IsOn' },
    ),
  ),
})).value;

const condition: fc.Arbitrary<unknown> = fc.letrec<{ condition: unknown }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.tuple(expression, expression).map((pair) => ({ 'Fn::Equals': pair })),
    fc.array(tie('condition'), { maxLength: 3 }).map((parts) => ({ 'Fn::And': parts })),
    fc.array(tie('condition'), { minLength: 2, maxLength: 3 }).map((parts) => ({ 'Fn::Or': parts })),
    tie('condition').map((inner) => ({ 'Fn::Not': [inner] })),
    fc.constantFrom({ Condition: 'IsOn' }, { Condition: 'Nobody' }),
  ),
})).condition;

/** Types whose creation reaches beyond this process, or waits for something that never comes. */
const left = /^(AWS::CloudFormation::|Custom::|AWS::CloudFront::Distribution)/;

/** Templates with resources of every type that is carried out, and every part that templates have. */
export function templates({ cloud, furniture }: FurnishedCloud): fc.Arbitrary<unknown> {
  const types = cloud.services
    .flatMap(({ name, resourceTypes = [] }) => resourceTypes.map((type) => ({ name, type })))
    .filter(({ type }) => !left.test(type.type));
  const properties = types.map(({ name, type }) =>
    fc.record({
      Type: fc.oneof({ weight: 20, arbitrary: fc.constant(type.type) }, { weight: 1, arbitrary: oddText }),
      // Any place of the properties may hold an expression.
      Properties: fc
        .tuple(
          nearMiss(inputsOf(type.properties, knownTo(name, furniture, cloud.endpoint))),
          fc.array(fc.tuple(fc.nat(), expression), { maxLength: 2 }),
        )
        .map(([made, calls]) => withCalls(made, calls)),
    }),
  );
  const more = fc.record(
    {
      DependsOn: fc.oneof(logicalId, fc.array(names, { maxLength: 2 })),
      Condition: fc.constantFrom('IsOn', 'IsOff', 'Nobody'),
      DeletionPolicy: fc.constantFrom('Retain', 'Delete', 'Snapshot', 'x'),
      UpdateReplacePolicy: fc.constantFrom('Retain', 'Delete'),
      Metadata: fc.constantFrom({}, { a: 1 }),
      CreationPolicy: fc.constant({}),
    },
    { requiredKeys: [] },
  );
  const resource = fc
    .tuple(
      fc.constantFrom(...properties).chain((made) => made),
      fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: more }),
    )
    .map(([made, others]) => ({ ...made, ...others }));
  return nearMiss(
    fc.record(
      {
        AWSTemplateFormatVersion: fc.constantFrom('2010-09-09', '2010-09-09', 'x'),
        Description: fc.constant('A template'),
        Parameters: fc.constantFrom<unknown>(
          { P: { Type: 'String', Default: 'x' } },
          { P: { Type: 'Number', Default: '1', MinValue: 0 } },
          { P: { Type: 'String', AllowedPattern: '(a+)+$', Default: `${'a'.repeat(40)}b` } },
          { P: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/fuzz/a' } },
          { P: { Type: 'CommaDelimitedList', Default: 'a,b' } },
          { P: { Type: 'x' } },
        ),
        Mappings: fc.constant({ Map: { a: { b: 'c' } } }),
        Conditions: fc.record({ IsOn: condition, IsOff: condition }, { requiredKeys: [] }),
        Resources: fc.dictionary(logicalId, resource, { minKeys: 1, maxKeys: 3 }),
        Outputs: fc.dictionary(
          fc.constantFrom('O', 'Q'),
          fc.record(
            { Value: expression, Export: fc.constantFrom({ Name: 'x' }, {}), Condition: fc.constant('IsOn') },
            { requiredKeys: ['Value'] },
          ),
          { maxKeys: 2 },
        ),
        Rules: fc.constant({}),
        Transform: fc.constantFrom('AWS::Serverless-2016-10-31', []),
      },
      { requiredKeys: ['Resources'] },
    ),
  );
}

/** Expressions in the places of some of the properties. */
function withCalls(properties: unknown, calls: readonly (readonly [number, unknown])[]): unknown {
  if (typeof properties !== 'object' || properties === null || Array.isArray(properties)) return properties;
  const keys = Object.keys(properties);
  const entries = calls.flatMap(([at, call]): [string, unknown][] => (keys.length === 0 ? [] : [[keys[at % keys.length] ?? '', call]]));
  return { ...properties, ...Object.fromEntries(entries) };
}
