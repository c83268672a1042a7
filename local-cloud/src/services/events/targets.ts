import { z } from 'zod';
import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import type { Caller } from '../../kernel/service.ts';

/** A rule's target (EventBridge API Reference, "Target"), as far as targets of these kinds have members. */
export const targetSchema = z.strictObject({
  Id: z.string().regex(/^[.\w-]{1,64}$/, 'must be 1 to 64 of letters, digits and .-_'),
  Arn: z.string().min(1).max(1600),
  RoleArn: z.string().optional(),
  Input: z.string().max(8192).optional(),
  InputPath: z.string().max(256).optional(),
  InputTransformer: z
    .strictObject({
      InputPathsMap: z.record(z.string().regex(/^[\w.-]+$/), z.string().max(256)).optional(),
      InputTemplate: z.string().min(1).max(8192),
    })
    .optional(),
  DeadLetterConfig: z.strictObject({ Arn: z.string().optional() }).optional(),
  RetryPolicy: z
    .strictObject({
      MaximumRetryAttempts: z.number().int().min(0).max(185).optional(),
      MaximumEventAgeInSeconds: z.number().int().min(60).max(86_400).optional(),
    })
    .optional(),
});
export type Target = z.output<typeof targetSchema>;

/** What one delivery hands over. */
interface Delivery {
  readonly target: Target;
  /** The text for the target; JSON unless an input transformer made something else. */
  readonly input: string;
  readonly caller: Caller;
  readonly cloud: Cloud;
}

interface Kind {
  readonly arn: RegExp;
  /** Kinds that AWS reaches through the rule's role; others have a policy of their own that lets `events.amazonaws.com` in. */
  readonly needsRole: boolean;
  deliver(delivery: Delivery): Promise<unknown>;
}

/** EventBridge User Guide, "Event bus targets in Amazon EventBridge", and what each target's API is called with. */
const KINDS: readonly Kind[] = [
  {
    arn: /^arn:aws:codepipeline:[a-z0-9-]+:\d{12}:([\w.@-]{1,100})$/,
    needsRole: true,
    deliver: ({ target, input, caller, cloud }) =>
      cloud.call('codepipeline', 'StartPipelineExecution', { name: nameIn(target), ...ownInput(target, input) }, caller),
  },
  {
    arn: /^arn:aws:codebuild:[a-z0-9-]+:\d{12}:project\/([\w-]{2,255})$/,
    needsRole: true,
    deliver: ({ target, input, caller, cloud }) =>
      cloud.call('codebuild', 'StartBuild', { projectName: nameIn(target), ...ownInput(target, input) }, caller),
  },
  {
    arn: /^arn:aws:sns:[a-z0-9-]+:\d{12}:([\w-]{1,256})$/,
    needsRole: false,
    deliver: ({ target, input, caller, cloud }) => cloud.call('sns', 'Publish', { TopicArn: target.Arn, Message: input }, caller),
  },
  {
    arn: /^arn:aws:sqs:[a-z0-9-]+:\d{12}:([\w-]{1,80})$/,
    needsRole: false,
    deliver: ({ target, input, caller, cloud }) => sendToQueue(cloud, target.Arn, input, caller),
  },
  {
    arn: /^arn:aws:lambda:[a-z0-9-]+:\d{12}:function:([\w-]{1,64})(?::[\w$-]{1,128})?$/,
    needsRole: false,
    deliver: ({ target, input, caller, cloud }) =>
      cloud.call('lambda', 'Invoke', { FunctionName: target.Arn, InvocationType: 'Event', Payload: Buffer.from(input) }, caller),
  },
];

/** Throws ValidationException for a target without the role that it needs, NotCarriedOut for a kind that isn't known here. */
export function checkTarget(target: Target): void {
  const { needsRole } = kindOf(target);
  if (needsRole && target.RoleArn === undefined) throw new AwsError('ValidationException', `RoleArn is required for target ${target.Arn}.`);
  const deadLetters = target.DeadLetterConfig?.Arn;
  if (deadLetters !== undefined && !/^arn:aws:sqs:[a-z0-9-]+:\d{12}:[\w-]{1,80}$/.test(deadLetters))
    throw new AwsError('ValidationException', `Invalid ARN for the dead-letter queue of target ${target.Id}: ${deadLetters}`);
}

/** Makes one delivery as `caller`. Rejects with what the target's service answers. */
export async function deliver(delivery: Delivery): Promise<void> {
  await kindOf(delivery.target).deliver(delivery);
}

/** Sends a text to the queue of this ARN. */
export async function sendToQueue(cloud: Cloud, queueArn: string, text: string, caller: Caller): Promise<void> {
  const [, , , , account, name] = queueArn.split(':');
  await cloud.call('sqs', 'SendMessage', { QueueUrl: `${cloud.endpoint}/${account}/${name}`, MessageBody: text }, caller);
}

function kindOf({ Arn }: Target): Kind {
  const kind = KINDS.find(({ arn }) => arn.test(Arn));
  if (kind !== undefined) return kind;
  if (!Arn.startsWith('arn:aws:')) throw new AwsError('ValidationException', `Provided Arn is not in correct format: ${Arn}`);
  throw new NotCarriedOut(`EventBridge targets such as ${Arn}`);
}

function nameIn(target: Target): string {
  return kindOf(target).arn.exec(target.Arn)?.[1] ?? '';
}

/** Parameters of the target's API stand in what the rule makes itself: the bare event has none (EventBridge User Guide, "Event bus targets"). */
function ownInput(target: Target, input: string): Record<string, unknown> {
  if (target.Input === undefined && target.InputPath === undefined && target.InputTransformer === undefined) return {};
  let parameters: unknown;
  try {
    parameters = JSON.parse(input);
  } catch {
    parameters = undefined;
  }
  if (typeof parameters !== 'object' || parameters === null || Array.isArray(parameters))
    throw new AwsError('ValidationException', `The input for ${target.Arn} is not a JSON object: ${input}`);
  return { ...parameters };
}
