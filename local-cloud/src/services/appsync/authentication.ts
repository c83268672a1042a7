import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import type { Caller } from '../../kernel/service.ts';
import { compileUserPattern } from '../../kernel/user-pattern.ts';
import { InvalidUserToken, type UserToken, verifyUserToken } from '../cognito-idp/verify-user-token.ts';
import type { ApiRuntime } from './api-runtime.ts';
import { type AuthenticationProvider, apiArn } from './api-store.ts';
import { cognitoCaller, type GraphqlCaller, iamCaller } from './caller.ts';
import type { FieldPlan } from './execution/plan.ts';

/** Names in small letters, as Node gives them. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Who isn't let in at all: HTTP 401 or 403, or the end of a connection. */
export class NotLetIn extends Error {
  readonly errorType: string;
  readonly httpStatus: number;

  constructor(errorType: string, message: string, httpStatus: number) {
    super(message);
    this.errorType = errorType;
    this.httpStatus = httpStatus;
  }
}

const unauthorized = (message: string) => new NotLetIn('UnauthorizedException', message, 401);
/** For want of a header, and for one that fits no way of authentication of the API. */
const notProvided = () => unauthorized('Valid authorization header not provided.');

/**
 * Who sends these headers: a token of one of the API's user pools, or a signature where the API takes IAM (AWS AppSync Developer
 * Guide, "Configuring authorization and authentication to secure your GraphQL APIs"). Rejects with NotLetIn.
 */
export async function authenticate(cloud: Cloud, { api }: ApiRuntime, headers: RequestHeaders): Promise<GraphqlCaller> {
  const header = text(headers, 'authorization');
  if (header === undefined) throw notProvided();
  if (header.startsWith('AWS4-HMAC-SHA256')) {
    if (!api.providers.some(({ authenticationType }) => authenticationType === 'AWS_IAM')) throw notProvided();
    return iamCaller(signer(cloud, header, text(headers, 'x-amz-security-token')));
  }
  const token = await verified(cloud, header.replace(/^Bearer /i, ''));
  if (!api.providers.some((provider) => takes(provider, token))) throw notProvided();
  return cognitoCaller(token);
}

function signer(cloud: Cloud, header: string, sessionToken: string | undefined) {
  const [accessKeyId = '', , , service] = (/Credential=([^,\s]+)/.exec(header)?.[1] ?? '').split('/');
  if (service !== 'appsync') throw new NotLetIn('SignatureDoesNotMatch', "Credential should be scoped to correct service: 'appsync'.", 403);
  try {
    return cloud.authorizer.identify(accessKeyId, sessionToken);
  } catch (error) {
    if (error instanceof AwsError && !(error instanceof NotCarriedOut)) throw new NotLetIn(error.code, error.message, error.httpStatus);
    throw error;
  }
}

async function verified(cloud: Cloud, token: string): Promise<UserToken> {
  try {
    return await verifyUserToken(cloud, token);
  } catch (error) {
    if (!(error instanceof InvalidUserToken)) throw error;
    throw error.reason === 'expired' ? unauthorized('Token has expired.') : notProvided();
  }
}

function takes(provider: AuthenticationProvider, token: UserToken): boolean {
  if (provider.authenticationType !== 'AMAZON_COGNITO_USER_POOLS') return false;
  const { userPoolId, awsRegion, appIdClientRegex } = provider.userPoolConfig;
  if (token.userPoolId !== userPoolId || token.scope.region !== awsRegion) return false;
  return appIdClientRegex === undefined || compileUserPattern(appIdClientRegex).matchesWhole(token.clientId);
}

/**
 * Which of an operation's top fields IAM refuses: each needs appsync:GraphQL on `…/types/<type>/fields/<field>`. Who may have none of
 * them isn't let in. Throws NotLetIn.
 */
export function refusedByIam(
  cloud: Cloud,
  { scope, api }: ApiRuntime,
  caller: GraphqlCaller,
  fields: readonly FieldPlan[],
): ReadonlySet<FieldPlan> {
  if (caller.mode !== 'AWS_IAM') return NONE;
  const { principal } = caller;
  const asking: Caller = { principal, account: principal.account, region: scope.region };
  const asked = fields.filter(({ name }) => !name.startsWith('__'));
  const refused = new Set(
    asked.filter((field) => !isAllowed(cloud, asking, `${apiArn(scope, api.apiId)}/types/${field.parent}/fields/${field.name}`)),
  );
  if (refused.size > 0 && refused.size === asked.length) throw unauthorized('Permission denied');
  return refused;
}

const NONE: ReadonlySet<FieldPlan> = new Set();

function isAllowed(cloud: Cloud, caller: Caller, resource: string): boolean {
  try {
    cloud.authorizer.authorize(caller, { action: 'appsync:GraphQL', resource });
    return true;
  } catch (error) {
    if (error instanceof AwsError && error.code === 'AccessDeniedException') return false;
    throw error;
  }
}

function text(headers: RequestHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
