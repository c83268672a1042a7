import type { Principal } from '../../kernel/principal.ts';
import type { UserToken } from '../cognito-idp/verify-user-token.ts';
import type { CallerMode } from './schema/field-access.ts';

/** Who calls a GraphQL API, and how that was proven. */
export type GraphqlCaller = { readonly mode: CallerMode; readonly groups: readonly string[] } & (
  | { readonly mode: 'AMAZON_COGNITO_USER_POOLS'; readonly token: UserToken; readonly identity: CognitoIdentity }
  | { readonly mode: 'AWS_IAM'; readonly principal: Principal; readonly identity: IamIdentity }
);

/** `identity` of a resolver's context, without the address (AWS AppSync Developer Guide, "JavaScript resolver context object reference"). */
export interface CognitoIdentity {
  readonly claims: Readonly<Record<string, unknown>>;
  readonly defaultAuthStrategy: 'ALLOW';
  readonly groups: readonly string[] | null;
  readonly issuer: string;
  readonly sub: string;
  readonly username: string;
}

export interface IamIdentity {
  readonly accountId: string;
  readonly cognitoIdentityAuthProvider: null;
  readonly cognitoIdentityAuthType: null;
  readonly cognitoIdentityId: null;
  readonly cognitoIdentityPoolId: null;
  readonly userArn: string;
  readonly username: string;
}

const known = new WeakMap<UserToken, GraphqlCaller>();

/** The caller that a verified token stands for, made once a token. */
export function cognitoCaller(token: UserToken): GraphqlCaller {
  let caller = known.get(token);
  if (caller === undefined) {
    const { claims, tokenUse } = token;
    const listed = claims['cognito:groups'];
    const groups = Array.isArray(listed) ? listed.map(String) : null;
    const identity: CognitoIdentity = {
      claims,
      defaultAuthStrategy: 'ALLOW',
      groups,
      issuer: claims.iss ?? '',
      sub: claims.sub ?? '',
      username: String(claims[tokenUse === 'id' ? 'cognito:username' : 'username'] ?? ''),
    };
    caller = { mode: 'AMAZON_COGNITO_USER_POOLS', token, identity, groups: groups ?? [] };
    known.set(token, caller);
  }
  return caller;
}

export function iamCaller(principal: Principal): GraphqlCaller {
  const identity: IamIdentity = {
    accountId: principal.account,
    cognitoIdentityAuthProvider: null,
    cognitoIdentityAuthType: null,
    cognitoIdentityId: null,
    cognitoIdentityPoolId: null,
    userArn: principal.arn,
    username: principal.userId,
  };
  return { mode: 'AWS_IAM', principal, identity, groups: [] };
}
