import { credential } from './aws-messages.ts';
import type { FurnishedCloud } from './furnished-cloud.ts';
import type { HttpMessage } from './http-message.ts';

/** An account that no input knows: what it is answered changes only when something broke. */
const ACCOUNT = '222222222222';
const json = (service: string, target: string, input: object): HttpMessage => ({
  method: 'POST',
  path: '/',
  headers: { authorization: credential(service, ACCOUNT), 'x-amz-target': target },
  body: JSON.stringify(input),
});
const query = (service: string, body: string): HttpMessage => ({
  method: 'POST',
  path: '/',
  headers: { authorization: credential(service, ACCOUNT), 'content-type': 'application/x-www-form-urlencoded' },
  body,
});
const s3 = (method: string, path: string, body = ''): HttpMessage => ({
  method,
  path,
  headers: { authorization: credential('s3', ACCOUNT) },
  body,
});

const setUp: readonly HttpMessage[] = [
  json('ssm', 'AmazonSSM.PutParameter', { Name: '/probe', Type: 'SecureString', Value: 'as it was' }),
  json('dynamodb', 'DynamoDB_20120810.CreateTable', {
    TableName: 'probe',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  }),
  json('dynamodb', 'DynamoDB_20120810.PutItem', { TableName: 'probe', Item: { pk: { S: 'a' }, text: { S: 'as it was' } } }),
  json('logs', 'Logs_20140328.CreateLogGroup', { logGroupName: 'probe' }),
  json('sqs', 'AmazonSQS.CreateQueue', { QueueName: 'probe' }),
  query('sns', 'Action=CreateTopic&Name=probe'),
  s3('PUT', '/probe', '<CreateBucketConfiguration><LocationConstraint>us-east-2</LocationConstraint></CreateBucketConfiguration>'),
  s3('PUT', '/probe/a', 'as it was'),
];
const probes: readonly HttpMessage[] = [
  json('ssm', 'AmazonSSM.GetParameter', { Name: '/probe', WithDecryption: true }),
  json('dynamodb', 'DynamoDB_20120810.GetItem', { TableName: 'probe', Key: { pk: { S: 'a' } } }),
  json('logs', 'Logs_20140328.DescribeLogGroups', {}),
  json('sqs', 'AmazonSQS.ListQueues', {}),
  json('cognito-idp', 'AWSCognitoIdentityProviderService.ListUserPools', { MaxResults: 1 }),
  query('sns', 'Action=ListTopics'),
  query('sts', 'Action=GetCallerIdentity'),
  query('iam', 'Action=ListRoles'),
  query('cloudformation', 'Action=DescribeStacks'),
  s3('GET', '/probe/a'),
  { method: 'GET', path: '/2015-03-31/functions', headers: { authorization: credential('lambda', ACCOUNT) }, body: '' },
  { method: 'GET', path: '/_local/health', headers: {}, body: '' },
];

/** Good requests of every service. Resolves to a check that all of them are answered as they are now. */
export async function rememberAnswers({ client }: FurnishedCloud): Promise<() => Promise<void>> {
  // Of a second campaign on the same cloud, all this is there already.
  for (const message of setUp) await client.send(message);
  const ask = async () => {
    const answers: string[] = [];
    for (const message of probes) {
      const { status, body } = await client.send(message);
      answers.push(`${message.headers['x-amz-target'] ?? message.path} ${status} ${body.replace(/<RequestId>[^<]*/g, '')}`);
    }
    return answers;
  };
  const before = await ask();
  const bad = before.find((answer) => !/ 200 /.test(answer));
  if (bad !== undefined) throw new Error(`a good request is refused: ${bad}`);
  return async () => {
    const after = await ask();
    const changed = after.findIndex((answer, at) => answer !== before[at]);
    if (changed >= 0) throw new Error(`a good request is answered otherwise than before:\n${before[changed]}\n${after[changed]}`);
  };
}
