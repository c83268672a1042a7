import { PublishCommand } from '@aws-sdk/client-sns';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { parameterNames } from '@enstratus/contract';
import { z } from 'zod';
import type { Endpoints } from '../../start/endpoints-file.ts';
import { clientOptions, ToolError } from '../../tools/running-system.ts';
import { signIn } from '../../tools/sign-in.ts';
import type { EventKind } from '../event-kind.ts';
import { graphqlFieldNamed } from '../kinds/graphql-fields.ts';
import { batchBodies, typeIn } from '../kinds/sqs-batch.ts';
import { placeholders } from '../placeholders.ts';
import type { Sent } from './invoke-directly.ts';
import { tracedClients } from './traced-client.ts';

type Way = (event: unknown, endpoints: Endpoints, traceHeader: string) => Promise<Sent>;

/** How each kind of event gets into the system by itself. */
const ways: Readonly<Record<string, Way>> = {
  'particle-webhook': toWebhook,
  'device-event': toTopic,
  'device-ask': toTopicOrQueue,
  'graphql-field': toGraphql,
  'pre-token-generation': bySigningIn,
};
const noWay: Readonly<Record<string, string>> = {
  'register-device': 'A registration is invoked directly, by whoever registers: leave --through away.',
  'custom-resource':
    'CloudFormation asks for a custom resource only when a stack is deployed: leave --through away, or change it and start anew.',
};

/** Sends what an event is about where it would come from, so that it takes the whole way through the system. Rejects with ToolError for what can't be sent so. */
export async function sendThrough(kind: EventKind, event: unknown, endpoints: Endpoints, traceHeader: string): Promise<Sent> {
  const way = ways[kind.name];
  if (way === undefined) throw new ToolError(noWay[kind.name] ?? `A ${kind.name} event can't be sent through the system.`);
  return way(event, endpoints, traceHeader);
}

const urlRequest = z.object({
  headers: z.record(z.string(), z.string()),
  body: z.string().default(''),
  isBase64Encoded: z.boolean().default(false),
  requestContext: z.object({ http: z.object({ method: z.string() }) }),
});
/** What the connection and the function URL add by themselves. */
const notTheSenders = /^(host|content-length|x-forwarded-.*|x-amzn-trace-id)$/;

async function toWebhook(event: unknown, endpoints: Endpoints, traceHeader: string): Promise<Sent> {
  const { headers, body, isBase64Encoded, requestContext } = urlRequest.parse(event);
  const text = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8').toString('utf8');
  const sent = Object.entries(headers).filter(([name]) => !notTheSenders.test(name));
  const own = sent.map(([name, value]): [string, string] => [
    name,
    value === placeholders.webhookSecret ? endpoints.webhook.secret : value,
  ]);
  const { method } = requestContext.http;
  const response = await fetch(endpoints.webhook.url, {
    method,
    headers: { ...Object.fromEntries(own), 'x-amzn-trace-id': traceHeader },
    ...(method === 'GET' ? {} : { body: text }),
  });
  return httpAnswer(`${method} to the webhook's function URL`, response);
}

async function toTopic(event: unknown, endpoints: Endpoints, traceHeader: string): Promise<Sent> {
  const ssm = new SSMClient(clientOptions(endpoints));
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name: parameterNames.deviceEventsTopicArn }));
  const { sns } = tracedClients(endpoints, traceHeader);
  const ids: (string | undefined)[] = [];
  let isTaken = true;
  for (const { body } of batchBodies.parse(event).Records) {
    const type = typeIn(body);
    isTaken &&= type !== undefined;
    const MessageAttributes = type === undefined ? {} : { type: { DataType: 'String', StringValue: type } };
    const { MessageId } = await sns.send(new PublishCommand({ TopicArn: Parameter?.Value, Message: body, MessageAttributes }));
    ids.push(MessageId);
  }
  // Amazon SNS Developer Guide, "Subscription filter policies": an attribute that a policy names must be there.
  const failure = isTaken ? undefined : 'a message without a type passes the filter of no subscription';
  return { way: 'published to the topic of device events', answer: { MessageIds: ids }, failure };
}

const fromQueue = z.object({ Records: z.array(z.object({ eventSourceARN: z.string() })).min(1) });

/** An ask that ask-device has put back comes from no topic. */
async function toTopicOrQueue(event: unknown, endpoints: Endpoints, traceHeader: string): Promise<Sent> {
  const { Records } = batchBodies.parse(event);
  if (!Records.some(({ body }) => body.includes('"asked_since"'))) return toTopic(event, endpoints, traceHeader);
  const [, , , , account = '', name = ''] = fromQueue.parse(event).Records[0]?.eventSourceARN.split(':') ?? [];
  const { sqs } = tracedClients(endpoints, traceHeader);
  const ids: (string | undefined)[] = [];
  for (const { body } of Records) {
    const { MessageId } = await sqs.send(new SendMessageCommand({ QueueUrl: `${endpoints.aws}/${account}/${name}`, MessageBody: body }));
    ids.push(MessageId);
  }
  return { way: `sent to the queue ${name}`, answer: { MessageIds: ids }, failure: undefined };
}

const fieldEvent = z.object({
  arguments: z.record(z.string(), z.unknown()),
  identity: z.object({ claims: z.object({ user_id: z.string() }) }),
  info: z.object({ parentTypeName: z.string(), fieldName: z.string() }),
});

async function toGraphql(event: unknown, endpoints: Endpoints, traceHeader: string): Promise<Sent> {
  const { arguments: variables, identity, info } = fieldEvent.parse(event);
  const name = `${info.parentTypeName}.${info.fieldName}`;
  const field = graphqlFieldNamed(name);
  if (field === undefined) throw new ToolError(`There is no operation that asks for ${name}.`);
  if (info.parentTypeName === 'Subscription')
    throw new ToolError(`${name} is told over a web socket: open the device's page in the dashboard, or leave --through away.`);
  const { email, password } = userOf(endpoints, ({ user_id }) => user_id === identity.claims.user_id);
  const { AccessToken } = await signIn(endpoints, email, password);
  const response = await fetch(endpoints.graphql ?? '', {
    method: 'POST',
    headers: { authorization: AccessToken, 'content-type': 'application/json', 'x-amzn-trace-id': traceHeader },
    body: JSON.stringify({ query: field.document, variables }),
  });
  const sent = await httpAnswer(`asked GraphQL for ${name} as ${email}`, response);
  const { errors } = z
    .object({ errors: z.array(z.object({ message: z.string() })).optional() })
    .catch({})
    .parse(sent.answer);
  return errors === undefined || sent.failure !== undefined ? sent : { ...sent, failure: errors.map(({ message }) => message).join('; ') };
}

const tokenRequest = z.object({ request: z.object({ userAttributes: z.object({ email: z.string() }) }) });

async function bySigningIn(event: unknown, endpoints: Endpoints, traceHeader: string): Promise<Sent> {
  const wanted = tokenRequest.parse(event).request.userAttributes.email;
  const { email, password } = userOf(endpoints, (user) => user.email === wanted);
  const way = `signed in as ${email}`;
  try {
    const { IdToken } = await signIn({ ...endpoints, traceHeader }, email, password);
    const claims: unknown = JSON.parse(Buffer.from(IdToken.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return { way, answer: { claims_of_the_id_token: claims }, failure: undefined };
  } catch (error) {
    return { way, answer: null, failure: error instanceof Error ? error.message : String(error) };
  }
}

function userOf({ users }: Endpoints, isWanted: (user: Endpoints['users'][number]) => boolean): Endpoints['users'][number] {
  const user = users.find(isWanted);
  if (user === undefined) throw new ToolError(`Only the demo logins can be signed in here: ${users.map(({ email }) => email).join(', ')}.`);
  return user;
}

async function httpAnswer(way: string, response: Response): Promise<Sent> {
  const body = await response.text();
  return { way, answer: jsonOr(body), failure: response.ok ? undefined : `it was answered ${response.status}` };
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
