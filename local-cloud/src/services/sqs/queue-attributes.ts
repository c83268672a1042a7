import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import { type PolicyDocument, policyDocumentOrJson } from '../../kernel/policy-document.ts';

/** The longest message, body and attributes together (SQS Developer Guide, "Amazon SQS message quotas"; API Reference, CreateQueue). */
export const MAX_MESSAGE_BYTES = 1_048_576;
/** SQS Developer Guide, "Amazon SQS visibility timeout": 12 hours. */
export const MAX_VISIBILITY_S = 43_200;
export const MAX_DELAY_S = 900;
export const MAX_WAIT_S = 20;

/** Whole numbers that a queue's attributes take: lowest, highest and default (SQS API Reference, CreateQueue). */
const NUMBERS: Readonly<Record<string, readonly [min: number, max: number, standard: number]>> = {
  DelaySeconds: [0, MAX_DELAY_S, 0],
  MaximumMessageSize: [1024, MAX_MESSAGE_BYTES, MAX_MESSAGE_BYTES],
  MessageRetentionPeriod: [60, 1_209_600, 345_600],
  ReceiveMessageWaitTimeSeconds: [0, MAX_WAIT_S, 0],
  VisibilityTimeout: [0, MAX_VISIBILITY_S, 30],
};

const KMS_REUSE_S = [60, 86_400] as const;
const FIFO_ONLY = new Set(['FifoQueue', 'ContentBasedDeduplication', 'DeduplicationScope', 'FifoThroughputLimit']);
/** Attributes that an empty value takes away. */
const REMOVABLE = new Set(['Policy', 'RedrivePolicy', 'RedriveAllowPolicy', 'KmsMasterKeyId']);

/** What a queue does, read from its attributes. */
export interface QueueSettings {
  readonly delay_s: number;
  readonly maxMessage_bytes: number;
  readonly retention_s: number;
  readonly wait_s: number;
  readonly visibility_s: number;
  readonly policy: PolicyDocument | undefined;
  readonly redrive: RedrivePolicy | undefined;
  readonly redriveAllow: RedriveAllowPolicy;
}

export interface RedrivePolicy {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

export interface RedriveAllowPolicy {
  readonly redrivePermission: 'allowAll' | 'denyAll' | 'byQueue';
  readonly sourceQueueArns: readonly string[];
}

export const DEFAULT_ATTRIBUTES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(NUMBERS).map(([name, [, , standard]]) => [name, String(standard)])),
  SqsManagedSseEnabled: 'true',
};

/**
 * The attributes after `changes` are made to `current`. Throws InvalidAttributeName, InvalidAttributeValue or, for what
 * only FIFO queues have, NotCarriedOut.
 */
export function changeAttributes(
  current: Readonly<Record<string, string>>,
  changes: Readonly<Record<string, string>>,
): Record<string, string> {
  const changed: Record<string, string> = { ...current };
  for (const [name, value] of Object.entries(changes)) {
    if (value === '' && REMOVABLE.has(name)) delete changed[name];
    else changed[name] = checkAttribute(name, value);
  }
  // SSE-SQS and SSE-KMS exclude each other; the later wish wins (SQS Developer Guide, "Encryption at rest in Amazon SQS").
  if (changes['KmsMasterKeyId'] !== undefined && changes['KmsMasterKeyId'] !== '') changed['SqsManagedSseEnabled'] = 'false';
  else if (changes['SqsManagedSseEnabled'] === 'true') delete changed['KmsMasterKeyId'];
  return changed;
}

function checkAttribute(name: string, value: string): string {
  if (FIFO_ONLY.has(name)) throw new NotCarriedOut(`FIFO queues of SQS (the attribute ${name})`);
  const range = Object.hasOwn(NUMBERS, name) ? NUMBERS[name] : undefined;
  if (range !== undefined) return checkNumber(name, value, range[0], range[1]);
  switch (name) {
    case 'KmsDataKeyReusePeriodSeconds':
      return checkNumber(name, value, ...KMS_REUSE_S);
    case 'KmsMasterKeyId':
      return value;
    case 'SqsManagedSseEnabled':
      if (value !== 'true' && value !== 'false') throw invalidAttribute(name, 'Must be true or false.');
      return value;
    case 'Policy':
      if (!policyDocumentOrJson.safeParse(value).success) throw invalidAttribute(name, 'Must be a valid policy.');
      return value;
    case 'RedrivePolicy':
      readRedrivePolicy(value);
      return value;
    case 'RedriveAllowPolicy':
      readRedriveAllowPolicy(value);
      return value;
    default:
      throw new AwsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
  }
}

function checkNumber(name: string, value: string, min: number, max: number): string {
  if (!/^\d{1,7}$/.test(value) || Number(value) < min || Number(value) > max)
    throw invalidAttribute(name, `Must be between ${min} and ${max}.`);
  return String(Number(value));
}

function invalidAttribute(name: string, reason: string): AwsError {
  return new AwsError('InvalidAttributeValue', `Invalid value for the parameter ${name}. Reason: ${reason}`);
}

/** Reads checked attributes. */
export function readSettings(attributes: Readonly<Record<string, string>>): QueueSettings {
  const number = (name: string) => Number(attributes[name] ?? DEFAULT_ATTRIBUTES[name]);
  const { Policy: policy, RedrivePolicy: redrive, RedriveAllowPolicy: redriveAllow } = attributes;
  return {
    delay_s: number('DelaySeconds'),
    maxMessage_bytes: number('MaximumMessageSize'),
    retention_s: number('MessageRetentionPeriod'),
    wait_s: number('ReceiveMessageWaitTimeSeconds'),
    visibility_s: number('VisibilityTimeout'),
    policy: policy === undefined ? undefined : policyDocumentOrJson.parse(policy),
    redrive: redrive === undefined ? undefined : readRedrivePolicy(redrive),
    redriveAllow:
      redriveAllow === undefined ? { redrivePermission: 'allowAll', sourceQueueArns: [] } : readRedriveAllowPolicy(redriveAllow),
  };
}

function readRedrivePolicy(text: string): RedrivePolicy {
  const { deadLetterTargetArn, maxReceiveCount = 10, ...rest } = readObject('RedrivePolicy', text);
  const count = Number(maxReceiveCount);
  const valid =
    typeof deadLetterTargetArn === 'string' &&
    /^arn:aws:sqs:[a-z0-9-]+:\d{12}:[\w-]+$/.test(deadLetterTargetArn) &&
    Number.isInteger(count) &&
    count >= 1 &&
    count <= 1000 &&
    Object.keys(rest).length === 0;
  if (!valid) throw invalidAttribute('RedrivePolicy', 'Needs deadLetterTargetArn, a queue, and maxReceiveCount from 1 to 1000.');
  return { deadLetterTargetArn, maxReceiveCount: count };
}

function readRedriveAllowPolicy(text: string): RedriveAllowPolicy {
  const { redrivePermission, sourceQueueArns = [], ...rest } = readObject('RedriveAllowPolicy', text);
  const arns = Array.isArray(sourceQueueArns) ? sourceQueueArns.map(String) : [];
  const byQueue = redrivePermission === 'byQueue' && arns.length >= 1 && arns.length <= 10;
  const valid =
    (byQueue || ((redrivePermission === 'allowAll' || redrivePermission === 'denyAll') && arns.length === 0)) &&
    Object.keys(rest).length === 0;
  if (!valid)
    throw invalidAttribute('RedriveAllowPolicy', 'Needs redrivePermission allowAll, denyAll, or byQueue with 1 to 10 sourceQueueArns.');
  return { redrivePermission, sourceQueueArns: arns };
}

function readObject(name: string, text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Falls through to the error below.
  }
  throw invalidAttribute(name, 'Must be a JSON object.');
}
