import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import type { Subscription } from './topic-store.ts';

const binary = z.union([z.string(), z.instanceof(Uint8Array).transform((bytes) => Buffer.from(bytes).toString('base64'))]);
export const messageAttributes = z.record(
  z.string(),
  z.strictObject({ DataType: z.string(), StringValue: z.string().optional(), BinaryValue: binary.optional() }),
);
export type MessageAttributes = z.output<typeof messageAttributes>;

/** A message that a topic took. */
export interface Notification {
  readonly messageId: string;
  readonly topicArn: string;
  readonly subject: string | undefined;
  /** For every protocol the same text, or by protocol with `default` (MessageStructure json). */
  readonly message: string | Readonly<Record<string, string>>;
  readonly attributes: MessageAttributes;
  /** RFC 3339, UTC. */
  readonly timestamp: string;
}

/** SNS Developer Guide, "Amazon SNS message attributes"; String.Array holds a JSON list. Throws ParameterValueInvalid. */
export function checkAttributes(attributes: MessageAttributes): void {
  for (const [name, { DataType, StringValue, BinaryValue }] of Object.entries(attributes)) {
    const invalid = (reason: string) => new AwsError('ParameterValueInvalid', `The message attribute '${name}' ${reason}`);
    if (!/^(?!\.)(?!.*\.\.)[\w.-]{1,256}(?<!\.)$/.test(name) || /^(aws|amazon)\./i.test(name)) {
      throw invalid('has an invalid name: A-Z, a-z, 0-9, underscore, hyphen, and period only.');
    }
    if (!/^(String(\.Array)?|Number|Binary)$/.test(DataType)) {
      throw invalid('has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.');
    }
    const value = DataType === 'Binary' ? BinaryValue : StringValue;
    if (value === undefined || value === '') throw invalid(`must contain a non-empty value of type '${DataType}'.`);
    if (DataType === 'Number' && !Number.isFinite(Number(value))) throw invalid('holds no number.');
    if (DataType === 'String.Array' && !isList(value)) throw invalid('holds no JSON list of strings, numbers, booleans or nulls.');
  }
}

function isList(text: string): boolean {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.every((element) => element === null || typeof element !== 'object');
  } catch {
    return false;
  }
}

/** Bytes that attributes count for: names, types and values. */
export function attributesSize_bytes(attributes: MessageAttributes): number {
  return Object.entries(attributes).reduce(
    (sum, [name, { DataType, StringValue = '', BinaryValue = '' }]) =>
      sum +
      Buffer.byteLength(name) +
      Buffer.byteLength(DataType) +
      Buffer.byteLength(StringValue) +
      Buffer.byteLength(BinaryValue, 'base64'),
    0,
  );
}

export function textFor(protocol: string, { message }: Notification): string {
  return typeof message === 'string' ? message : (message[protocol] ?? message['default'] ?? '');
}

/**
 * A signature can't be made without AWS's key. These say so to whoever verifies: nothing here verifies as genuine
 * (SNS Developer Guide, "Verifying the signatures of Amazon SNS messages").
 */
function unsigned(endpoint: string, subscriptionArn: string) {
  return {
    signature: Buffer.from('not signed by the local cloud').toString('base64'),
    certificateUrl: `${endpoint}/_local/sns-does-not-sign.pem`,
    unsubscribeUrl: `${endpoint}/?Action=Unsubscribe&SubscriptionArn=${subscriptionArn}`,
  };
}

/** The JSON that a queue gets unless delivery is raw (SNS Developer Guide, "HTTP/HTTPS notification JSON format"). */
export function queueMessage(notification: Notification, subscription: Subscription, endpoint: string): string {
  const { signature, certificateUrl, unsubscribeUrl } = unsigned(endpoint, subscription.arn);
  return JSON.stringify({
    Type: 'Notification',
    MessageId: notification.messageId,
    TopicArn: notification.topicArn,
    ...(notification.subject === undefined ? {} : { Subject: notification.subject }),
    Message: textFor(subscription.protocol, notification),
    Timestamp: notification.timestamp,
    SignatureVersion: '1',
    Signature: signature,
    SigningCertURL: certificateUrl,
    UnsubscribeURL: unsubscribeUrl,
    ...(Object.keys(notification.attributes).length === 0 ? {} : { MessageAttributes: shownAttributes(notification.attributes) }),
  });
}

/** The event that a function gets (Lambda Developer Guide, "Invoking Lambda functions with Amazon SNS notifications"). */
export function lambdaEvent(notification: Notification, subscription: Subscription, endpoint: string): unknown {
  const { signature, certificateUrl, unsubscribeUrl } = unsigned(endpoint, subscription.arn);
  return {
    Records: [
      {
        EventSource: 'aws:sns',
        EventVersion: '1.0',
        EventSubscriptionArn: subscription.arn,
        Sns: {
          Type: 'Notification',
          MessageId: notification.messageId,
          TopicArn: notification.topicArn,
          Subject: notification.subject ?? null,
          Message: textFor('lambda', notification),
          Timestamp: notification.timestamp,
          SignatureVersion: '1',
          Signature: signature,
          SigningCertUrl: certificateUrl,
          UnsubscribeUrl: unsubscribeUrl,
          MessageAttributes: shownAttributes(notification.attributes),
        },
      },
    ],
  };
}

function shownAttributes(attributes: MessageAttributes): Record<string, { Type: string; Value: string }> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      { Type: DataType, Value: StringValue ?? BinaryValue ?? '' },
    ]),
  );
}
