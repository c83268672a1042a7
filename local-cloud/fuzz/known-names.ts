import fc from 'fast-check';
import { ACCOUNT, REGION } from '../src/testing/test-cloud.ts';
import { deliveryNames } from './delivery-names.ts';
import {
  attributeValue,
  condition,
  filterPattern,
  garbled,
  insightsQuery,
  keyCondition,
  projection,
  update,
} from './expression-arbitraries.ts';
import { type Furniture, TEMPLATE } from './furnished-cloud.ts';
import type { Known } from './schema-arbitrary.ts';

type ByMember = Readonly<Record<string, fc.Arbitrary<unknown>>>;

const one = (...values: unknown[]): fc.Arbitrary<unknown> => fc.constantFrom(...values);
/** What is there, and what inputs may make and take away. */
const name = one('fuzz', 'fuzz', 'fuzz', 'other-1', 'other-2', 'nobody');
const now_s = Math.floor(Date.now() / 1000);
const policy = one(
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }),
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::fuzz/*' }],
  }),
  JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Deny', NotAction: ['a:*'], Resource: `${'*a'.repeat(30)}b`, Condition: { StringLike: { 'aws:x': '*?*' } } },
  }),
  '{"Version":"2012-10-17","Statement":[]}',
  '{}',
  '[]',
  'not json',
);
const item = fc
  .tuple(
    fc.constantFrom('a', 'b'),
    fc.constantFrom('a', 'b', 'c', 'd'),
    fc.dictionary(fc.constantFrom('a', 'n', 'list', 'map', 'set', 'gsi1pk', 'ttl'), attributeValue, { maxKeys: 3 }),
  )
  .map(([pk, sk, rest]) => ({ ...rest, pk: { S: pk }, sk: { S: sk } }));
const key = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom('a', 'b'), fc.constantFrom('a', 'b', 'c', 'd'))
      .map(([pk, sk]) => ({ pk: { S: pk }, sk: { S: sk } })),
  },
  { weight: 1, arbitrary: fc.dictionary(fc.constantFrom('pk', 'sk', 'gsi1pk', 'x'), attributeValue, { maxKeys: 3 }) },
);

const dynamodb: ByMember = {
  TableName: name,
  '*': one('fuzz', 'fuzz', 'nobody'),
  IndexName: one('gsi1', 'gsi1', 'gsi2'),
  ResourceArn: one(`arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/fuzz`, `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/`),
  Key: key,
  Keys: fc.array(key, { maxLength: 4 }),
  ExclusiveStartKey: fc.tuple(key, attributeValue).map(([given, gsi1pk]) => ({ ...(given as object), gsi1pk })),
  Item: item,
  ConditionExpression: garbled(condition),
  FilterExpression: garbled(condition),
  KeyConditionExpression: garbled(keyCondition),
  UpdateExpression: garbled(update),
  ProjectionExpression: garbled(projection),
  ExpressionAttributeNames: fc.oneof(
    { weight: 5, arbitrary: one({ '#a': 'a', '#b': 'b' }, { '#a': 'pk' }) },
    {
      weight: 1,
      arbitrary: fc.dictionary(fc.constantFrom('#a', '#b', '#c', '#', 'a', '__proto__'), fc.constantFrom('a', '', 'pk', 'a.b')),
    },
  ),
  ExpressionAttributeValues: fc.record(
    {
      ':a': fc.constant({ S: 'a' }),
      ':b': attributeValue,
      ':n': fc.constant({ N: '1' }),
      ':list': fc.constant({ L: [] }),
      ':set': fc.constant({ SS: ['a'] }),
    },
    { requiredKeys: [] },
  ),
  ReturnValues: one('NONE', 'ALL_OLD', 'ALL_NEW', 'UPDATED_OLD', 'UPDATED_NEW', 'SOME'),
  Select: one('ALL_ATTRIBUTES', 'COUNT', 'SPECIFIC_ATTRIBUTES', 'ALL_PROJECTED_ATTRIBUTES'),
  ClientRequestToken: one('token-1', 'token-2'),
  AttributeName: one('pk', 'sk', 'gsi1pk', 'ttl'),
  AttributeType: one('S', 'N', 'B'),
};

const logs: ByMember = {
  logGroupName: one('/fuzz', '/fuzz', '/fuzz', '/other', '/nobody'),
  logGroupIdentifier: one(
    '/fuzz',
    `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/fuzz`,
    `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/fuzz:*`,
  ),
  logStreamName: one('status', 'status', 'other'),
  resourceArn: one(`arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/fuzz`),
  queryString: garbled(insightsQuery),
  filterPattern: garbled(filterPattern),
  timestamp: one(Date.now(), Date.now() - 86_400_000, 0, Date.now() + 1e9),
  message: one('{"seq":2,"solar_w":1}', 'plain', '{', ''),
  startTime: one(now_s - 3600, (now_s - 3600) * 1000, 0),
  endTime: one(now_s + 3600, (now_s + 3600) * 1000, 0),
  retentionInDays: one(1, 30, 2),
};

const sns: ByMember = {
  TopicArn: one(`arn:aws:sns:${REGION}:${ACCOUNT}:fuzz`, `arn:aws:sns:${REGION}:${ACCOUNT}:nobody`, 'arn'),
  TargetArn: one(`arn:aws:sns:${REGION}:${ACCOUNT}:fuzz`),
  ResourceArn: one(`arn:aws:sns:${REGION}:${ACCOUNT}:fuzz`),
  SubscriptionArn: one(`arn:aws:sns:${REGION}:${ACCOUNT}:fuzz:cea191d1-d4ee-49b5-92b4-32bc6eb16523`),
  Name: name,
  Protocol: one('sqs', 'lambda', 'http', 'email'),
  Endpoint: one(`arn:aws:sqs:${REGION}:${ACCOUNT}:fuzz`, `arn:aws:lambda:${REGION}:${ACCOUNT}:function:fuzz`, 'http://127.0.0.1:1/'),
  Message: one('hello', '{"default":"x"}', '{"default":1}', '{'),
  MessageStructure: one('json'),
  AttributeName: one('FilterPolicy', 'FilterPolicyScope', 'RawMessageDelivery', 'RedrivePolicy', 'DisplayName', 'Policy'),
  AttributeValue: one(
    '{"a":["b"]}',
    '{"a":[{"numeric":[">",1]}]}',
    '{"a":[{"wildcard":"*a*a*a*b"}]}',
    '{"$or":[{"a":["b"]},{"c":[{"prefix":"x"}]}]}',
    'MessageBody',
    'true',
    '{}',
    '[',
    '{"deadLetterTargetArn":"arn:aws:sqs:us-east-2:111122223333:fuzz"}',
  ),
};

const sqs = (endpoint: string): ByMember => ({
  QueueUrl: one(`${endpoint}/${ACCOUNT}/fuzz`, `${endpoint}/${ACCOUNT}/fuzz`, `${endpoint}/${ACCOUNT}/nobody`, 'http://[', 'fuzz'),
  QueueName: name,
  // A long poll is no slow answer.
  WaitTimeSeconds: one(0, 0, -1, 21),
  VisibilityTimeout: one(0, 1, 43_201),
  SourceArn: one(`arn:aws:sqs:${REGION}:${ACCOUNT}:fuzz`),
  Attributes: one(
    {},
    { VisibilityTimeout: '1' },
    { RedrivePolicy: '{"deadLetterTargetArn":"arn:aws:sqs:us-east-2:111122223333:fuzz","maxReceiveCount":1}' },
    { Policy: '{}' },
    { FifoQueue: 'true' },
  ),
});

const cognito = ({ userPoolId, clientId }: Furniture): ByMember => ({
  UserPoolId: one(userPoolId, userPoolId, userPoolId, 'us-east-2_nobody', userPoolId.toLowerCase()),
  ClientId: one(clientId, clientId, 'nobody'),
  Username: one('ann', 'ann', 'bob', 'nobody'),
  GroupName: name,
  Password: one('Passw0rd!', 'short'),
  AuthFlow: one('USER_SRP_AUTH', 'USER_PASSWORD_AUTH', 'REFRESH_TOKEN_AUTH', 'CUSTOM_AUTH'),
  ChallengeName: one('PASSWORD_VERIFIER', 'NEW_PASSWORD_REQUIRED', 'SMS_MFA'),
  AuthParameters: one(
    { USERNAME: 'ann', PASSWORD: 'Passw0rd!' },
    { USERNAME: 'ann', SRP_A: 'abcdef' },
    { USERNAME: 'ann', SRP_A: '0' },
    { USERNAME: 'ann', SRP_A: 'f'.repeat(10_000) },
    { USERNAME: 'ann', SRP_A: 'xyz' },
    { REFRESH_TOKEN: 'x' },
    {},
  ),
  ChallengeResponses: one({ USERNAME: 'ann', PASSWORD_CLAIM_SIGNATURE: 'x', PASSWORD_CLAIM_SECRET_BLOCK: 'x', TIMESTAMP: 'x' }, {}),
  Filter: one('email = "a"', 'sub ^= "a"', 'username = "', 'email ~ "a"', '"email"="a"'),
  AccessToken: one('x', 'a.b.c', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.'),
});

const iam: ByMember = {
  RoleName: name,
  PolicyName: name,
  PolicyDocument: policy,
  AssumeRolePolicyDocument: policy,
  PolicyArn: one(`arn:aws:iam::${ACCOUNT}:policy/fuzz`, 'arn:aws:iam::aws:policy/AdministratorAccess', 'arn:aws:iam::aws:policy/None'),
  VersionId: one('v1', 'v2'),
  RoleArn: one(`arn:aws:iam::${ACCOUNT}:role/fuzz`, 'arn:aws:iam::999999999999:role/fuzz'),
  RoleSessionName: one('fuzz', 'a b'),
};

const ssm: ByMember = {
  Name: one('/fuzz/a', '/fuzz/secret', '/fuzz/none', '/fuzz/a:1', '/'),
  Path: one('/', '/fuzz', '/fuzz/'),
  ResourceId: one('/fuzz/a'),
  Type: one('String', 'SecureString', 'StringList'),
};

const cloudformation: ByMember = {
  StackName: one('fuzz', 'fuzz', 'other', 'nobody', `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/fuzz/x`),
  ChangeSetName: one('change', 'other'),
  ChangeSetType: one('CREATE', 'UPDATE'),
  TemplateBody: one(
    TEMPLATE,
    TEMPLATE,
    '{"Resources":{}}',
    'Resources:\n  A:\n    Type: AWS::SNS::Topic\n',
    '{',
    '[]',
    'a: &a [*a]',
    'a: !GetAtt b.c',
  ),
  TemplateURL: one('http://127.0.0.1:1/x', 'https://s3.amazonaws.com/fuzz/a', 'file:///etc/passwd', 'x'),
};

const s3: ByMember = {
  Bucket: one('fuzz', 'fuzz', 'fuzz', 'other-1', 'nobody', 'UPPER', '..'),
  Key: one('a', 'a', 'folder/b', 'folder/c é', 'none', '/', '//', '../x', 'x'.repeat(1025), '漢字', ' '),
  Body: one('', 'hello', '{}'),
  CopySource: one('fuzz/a', '/fuzz/a', 'fuzz/none', 'fuzz', 'fuzz/a?versionId=x', '%', 'nobody/a'),
  UploadId: one('x', ''),
  Range: one('bytes=0-', 'bytes=5-2', 'bytes=-1', 'bytes=0-99999999999999999999', 'lines=1-2', 'bytes=-0', 'bytes=,'),
  Policy: policy,
  ContinuationToken: one('x', '', 'YQ=='),
  Delimiter: one('/', '', 'ab'),
  Prefix: one('', 'folder/', 'é'),
  MaxKeys: one(0, 1, 1000, -1, 1e9),
  // Dates and numbers of the SDK's own.
  IfModifiedSince: one(new Date(0), new Date('2030-01-01')),
  IfUnmodifiedSince: one(new Date(0), new Date('2030-01-01')),
};

const lambda = ({ functionUrl }: Furniture): ByMember => ({
  FunctionName: one(
    'fuzz',
    'fuzz',
    'fuzz',
    'other-1',
    'nobody',
    `arn:aws:lambda:${REGION}:${ACCOUNT}:function:fuzz`,
    `${ACCOUNT}:function:fuzz`,
    'fuzz:1',
    'fuzz:$LATEST',
    functionUrl,
  ),
  Role: one(`arn:aws:iam::${ACCOUNT}:role/fuzz`),
  Runtime: one('nodejs24.x', 'python3.13'),
  Handler: one('index.handler', 'none', '../index.handler'),
  Payload: one('{}', '{', '', 'null', '"x"'),
  InvocationType: one('RequestResponse', 'Event', 'DryRun'),
  Qualifier: one('$LATEST', '1'),
  EventSourceArn: one(`arn:aws:sqs:${REGION}:${ACCOUNT}:fuzz`),
  UUID: one('00000000-0000-0000-0000-000000000000', 'x'),
  Resource: one(`arn:aws:lambda:${REGION}:${ACCOUNT}:function:fuzz`),
  Principal: one('*', 'sns.amazonaws.com', ACCOUNT),
  StatementId: one('a', 'b'),
});

const appsync = ({ apiId, userPoolId }: Furniture): ByMember => ({
  apiId: one(apiId, apiId, apiId, 'nobody'),
  definition: one('type Query { a: String }', 'type Query {', 'schema { query: Nobody }', 'x', ''),
  typeName: one('Query', 'Nobody', '__proto__'),
  fieldName: one('echo', 'nobody'),
  dataSourceName: one('none', 'nobody'),
  code: one(
    'export function request(ctx) { return {} }\nexport function response(ctx) { return ctx.result }',
    'export function request() { while (true) {} }',
    'x',
    '',
  ),
  userPoolId: one(userPoolId),
  format: one('SDL', 'JSON'),
  resourceArn: one(`arn:aws:appsync:${REGION}:${ACCOUNT}:apis/${apiId}`),
});

const cloudfront: ByMember = {
  Name: name,
  Id: one('E1', 'nobody'),
  IfMatch: one('x', 'E1'),
  FunctionCode: one('function handler(event) { return event.request }', 'while (true) {}', ''),
  Stage: one('DEVELOPMENT', 'LIVE'),
  Resource: one(`arn:aws:cloudfront::${ACCOUNT}:distribution/E1`),
};

/** What says something to a service in the places of these names. */
export function knownTo(service: string, furniture: Furniture, endpoint: string): Known {
  const byService: Readonly<Record<string, ByMember>> = {
    ...{ dynamodb, logs, sns, iam, sts: iam, ssm, cloudformation, s3, cloudfront },
    ...{ sqs: sqs(endpoint), 'cognito-idp': cognito(furniture), lambda: lambda(furniture), appsync: appsync(furniture) },
    ...deliveryNames(furniture),
  };
  const members = byService[service] ?? {};
  return (member) => (Object.hasOwn(members, member) ? members[member] : undefined);
}
