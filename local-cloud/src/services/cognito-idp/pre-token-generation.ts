import { z } from 'zod';
import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import { servicePrincipal } from '../../kernel/principal.ts';
import type { Scope } from '../../kernel/service.ts';
import { poolArn, type User, type UserPool } from './user-pool-store.ts';

/** Cognito Developer Guide, "Important considerations" of Lambda triggers: 5 s for an answer, which can't be changed, and three attempts. */
export const TRIGGER_TIMEOUT_MS = 5_000;
const ATTEMPTS = 3;

export type TriggerSource = 'TokenGeneration_Authentication' | 'TokenGeneration_NewPasswordChallenge' | 'TokenGeneration_RefreshTokens';

/** What the trigger is told besides the user. */
export interface TokenRequest {
  readonly triggerSource: TriggerSource;
  readonly clientId: string;
  readonly groups: readonly string[];
  readonly scopes: readonly string[];
  readonly clientMetadata?: Readonly<Record<string, string>> | undefined;
}

const claims = z.record(z.string(), z.unknown()).nullish();
const names = z.array(z.string()).nullish();
const overrides = z.object({
  idTokenGeneration: z.object({ claimsToAddOrOverride: claims, claimsToSuppress: names }).nullish(),
  accessTokenGeneration: z
    .object({ claimsToAddOrOverride: claims, claimsToSuppress: names, scopesToAdd: names, scopesToSuppress: names })
    .nullish(),
  groupOverrideDetails: z
    .object({ groupsToOverride: names, iamRolesToOverride: names, preferredRole: z.string().nullish() })
    .nullable()
    .optional(),
});
/** What a trigger wants changed in the tokens (Cognito Developer Guide, "Pre token generation Lambda trigger", version two). */
export type TokenOverrides = z.output<typeof overrides>;

const answer = z.object({
  version: z.string(),
  triggerSource: z.string(),
  userPoolId: z.string(),
  response: z.object({ claimsAndScopeOverrideDetails: overrides.nullish() }),
});
const invoked = z.object({ FunctionError: z.string().optional(), Payload: z.instanceof(Uint8Array) });

/**
 * Asks the pool's pre token generation trigger, if it has one, as the service that acts for the pool: the function's own policy has to allow it. Throws
 * UserLambdaValidationException, UnexpectedLambdaException, InvalidLambdaResponseException.
 */
export async function preTokenGeneration(
  cloud: Cloud,
  scope: Scope,
  pool: UserPool,
  user: User,
  request: TokenRequest,
  timeout_ms: number,
): Promise<TokenOverrides | undefined> {
  const functionArn = pool.settings.LambdaConfig?.PreTokenGenerationConfig?.LambdaArn;
  if (functionArn === undefined) return undefined;
  const event = {
    version: '2',
    triggerSource: request.triggerSource,
    region: scope.region,
    userPoolId: pool.id,
    userName: user.username,
    callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId: request.clientId },
    request: {
      userAttributes: { ...user.attributes, 'cognito:user_status': user.status },
      groupConfiguration: { groupsToOverride: request.groups, iamRolesToOverride: [], preferredRole: null },
      scopes: request.scopes,
      ...(request.clientMetadata === undefined ? {} : { clientMetadata: request.clientMetadata }),
    },
    response: { claimsAndScopeOverrideDetails: null },
  };
  const { FunctionError, Payload } = await invoke(cloud, scope, poolArn(scope, pool.id), functionArn, event, timeout_ms);
  const output = readJson(Payload);
  if (FunctionError !== undefined) {
    const { errorMessage = '' } = z.object({ errorMessage: z.string() }).partial().safeParse(output).data ?? {};
    throw new AwsError('UserLambdaValidationException', `PreTokenGeneration failed with error ${errorMessage}.`);
  }
  const parsed = answer.safeParse(output);
  if (!parsed.success) throw new AwsError('InvalidLambdaResponseException', 'Unrecognizable lambda output');
  return parsed.data.response.claimsAndScopeOverrideDetails ?? undefined;
}

async function invoke(cloud: Cloud, scope: Scope, sourceArn: string, functionArn: string, event: unknown, timeout_ms: number) {
  const principal = servicePrincipal('cognito-idp.amazonaws.com', scope.account, sourceArn);
  const input = { FunctionName: functionArn, InvocationType: 'RequestResponse', Payload: Buffer.from(JSON.stringify(event)) };
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    try {
      const output = await within(timeout_ms, cloud.call('lambda', 'Invoke', input, { ...scope, principal }));
      if (output !== undefined) return invoked.parse(output);
    } catch (error) {
      if (!(error instanceof AwsError) || error instanceof NotCarriedOut) throw error;
      throw new AwsError('UnexpectedLambdaException', `PreTokenGeneration invocation failed due to error ${error.code}.`);
    }
  }
  throw new AwsError('UnexpectedLambdaException', `${functionArn} failed with error Socket timeout while invoking Lambda function.`);
}

/** What the work yields, or undefined when it takes longer; it goes on then, unheard. */
async function within<T>(timeout_ms: number, work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, timeout_ms, undefined);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
}

function readJson(payload: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(payload).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
