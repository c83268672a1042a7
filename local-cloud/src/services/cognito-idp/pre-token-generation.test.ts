import {
  AdminAddUserToGroupCommand,
  CreateGroupCommand,
  GetTokensFromRefreshTokenCommand,
  RespondToAuthChallengeCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import {
  AddPermissionCommand,
  CreateAliasCommand,
  DeleteFunctionCommand,
  PublishVersionCommand,
  UpdateFunctionCodeCommand,
} from '@aws-sdk/client-lambda';
import { decodeJwt } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ACCOUNT, REGION } from '../../testing/test-cloud.ts';
import { type LambdaCloud, startLambdaCloud } from '../lambda/testing/lambda-cloud.ts';
import { zipFile } from '../lambda/testing/zip-file.ts';
import { createCognitoIdp } from './cognito-idp-service.ts';
import { ADA, Bench, PASSWORD } from './testing/signing-in.ts';

const FUNCTION_ARN = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:trigger`;

let lambda: LambdaCloud;
let bench: Bench;

beforeEach(async () => {
  lambda = await startLambdaCloud({ stopGrace_ms: 0, services: [(cloud) => createCognitoIdp(cloud, { triggerTimeout_ms: 1_000 })] });
  const LambdaConfig = { PreTokenGenerationConfig: { LambdaArn: FUNCTION_ARN, LambdaVersion: 'V2_0' as const } };
  bench = await Bench.make(lambda.test, { LambdaConfig });
});

afterEach(async () => {
  bench.stop();
  await lambda.test.stop();
});

/** A trigger whose handler has this body; it is given `event`, and what it leaves there is answered. */
async function trigger(body: string, { allowed = true } = {}): Promise<void> {
  await lambda.create('trigger', `exports.handler = async (event) => { ${body}; return event; };`);
  if (allowed) await allow();
}

function allow(SourceArn = `arn:aws:cognito-idp:${REGION}:${ACCOUNT}:userpool/${bench.poolId}`, FunctionName = 'trigger') {
  return lambda.lambda.send(
    new AddPermissionCommand({
      FunctionName,
      StatementId: 'pool',
      Action: 'lambda:InvokeFunction',
      Principal: 'cognito-idp.amazonaws.com',
      SourceArn,
    }),
  );
}

const wanted = (details: object) => `event.response = { claimsAndScopeOverrideDetails: ${JSON.stringify(details)} }`;

/** Makes the event itself a claim of the access token. */
const TELLS_ITS_EVENT = `event.response = { claimsAndScopeOverrideDetails: { accessTokenGeneration: {
  claimsToAddOrOverride: { event: JSON.parse(JSON.stringify(event)) } } } }`;

async function claims(): Promise<{ access: Record<string, unknown>; id: Record<string, unknown> }> {
  const { access, id } = await bench.tokens();
  return { access: decodeJwt(access), id: decodeJwt(id) };
}

describe('the trigger', () => {
  it('may be an alias, whose own policy lets the pool in', async () => {
    await trigger(wanted({ accessTokenGeneration: { claimsToAddOrOverride: { by: 'version 1' } } }), { allowed: false });
    await lambda.lambda.send(new PublishVersionCommand({ FunctionName: 'trigger' }));
    await lambda.lambda.send(new CreateAliasCommand({ FunctionName: 'trigger', Name: 'live', FunctionVersion: '1' }));
    const ZipFile = zipFile({ 'index.js': "exports.handler = async () => { throw new Error('$LATEST'); };" });
    await lambda.lambda.send(new UpdateFunctionCodeCommand({ FunctionName: 'trigger', ZipFile }));
    bench.stop();
    const LambdaConfig = { PreTokenGenerationConfig: { LambdaArn: `${FUNCTION_ARN}:live`, LambdaVersion: 'V2_0' as const } };
    bench = await Bench.make(lambda.test, { LambdaConfig });
    await bench.createUser(ADA);
    await allow();
    await expect(bench.tokens()).rejects.toMatchObject({ name: 'UnexpectedLambdaException' });
    await allow(undefined, `${FUNCTION_ARN}:live`);
    expect((await claims()).access['by']).toBe('version 1');
  });

  it('is told who signs in, through which client, with which groups and scopes', async () => {
    await trigger(TELLS_ITS_EVENT);
    const sub = await bench.createUser(ADA, { email_verified: 'true', 'custom:secret': 'not readable by the client' });
    await bench.cognito.send(new CreateGroupCommand({ UserPoolId: bench.poolId, GroupName: 'admin' }));
    await bench.cognito.send(new AdminAddUserToGroupCommand({ UserPoolId: bench.poolId, Username: ADA, GroupName: 'admin' }));
    expect((await claims()).access['event']).toEqual({
      version: '2',
      triggerSource: 'TokenGeneration_Authentication',
      region: REGION,
      userPoolId: bench.poolId,
      userName: sub,
      callerContext: { awsSdkVersion: expect.any(String), clientId: bench.clientId },
      request: {
        userAttributes: {
          sub,
          email: ADA,
          email_verified: 'true',
          'custom:secret': 'not readable by the client',
          'cognito:user_status': 'CONFIRMED',
        },
        groupConfiguration: { groupsToOverride: ['admin'], iamRolesToOverride: [], preferredRole: null },
        scopes: ['aws.cognito.signin.user.admin'],
      },
      response: { claimsAndScopeOverrideDetails: null },
    });
  });

  it('is told of first passwords and refreshes, with what the client sends along', async () => {
    await trigger(TELLS_ITS_EVENT);
    await bench.inviteUser(ADA, 'Temporary-1');
    const { Session } = await bench.signIn(ADA, 'Temporary-1');
    const { AuthenticationResult: first } = await bench.cognito.send(
      new RespondToAuthChallengeCommand({
        ClientId: bench.clientId,
        ChallengeName: 'NEW_PASSWORD_REQUIRED',
        Session,
        ChallengeResponses: { USERNAME: ADA, NEW_PASSWORD: PASSWORD },
        ClientMetadata: { page: 'first' },
      }),
    );
    const { AuthenticationResult: second } = await bench.cognito.send(
      new GetTokensFromRefreshTokenCommand({
        ClientId: bench.clientId,
        RefreshToken: first?.RefreshToken ?? '',
        ClientMetadata: { page: 'second' },
      }),
    );
    const event = (token: string | undefined) => decodeJwt(token ?? '')['event'];
    expect([event(first?.AccessToken), event(second?.AccessToken)]).toMatchObject([
      { triggerSource: 'TokenGeneration_NewPasswordChallenge', request: { clientMetadata: { page: 'first' } } },
      { triggerSource: 'TokenGeneration_RefreshTokens', request: { clientMetadata: { page: 'second' } } },
    ]);
  });

  it('adds, overrides and suppresses claims of each token, of any JSON type, and scopes', async () => {
    await trigger(
      wanted({
        idTokenGeneration: {
          claimsToAddOrOverride: { path: '/enfusion', email: 'changed@example.com', both: 1 },
          claimsToSuppress: ['email_verified', 'both'],
        },
        accessTokenGeneration: {
          claimsToAddOrOverride: { persona: 'admin', count: 3, yes: true, list: ['a', 1], tree: { deep: { er: null } }, nothing: null },
          scopesToAdd: ['fleet/read'],
          scopesToSuppress: ['aws.cognito.signin.user.admin'],
        },
      }),
    );
    await bench.createUser();
    const { access, id } = await claims();
    expect(id).toMatchObject({ path: '/enfusion', email: 'changed@example.com' });
    expect(Object.keys(id)).not.toEqual(expect.arrayContaining(['email_verified']));
    expect(Object.keys(id)).not.toEqual(expect.arrayContaining(['both']));
    expect(access).toMatchObject({
      persona: 'admin',
      count: 3,
      yes: true,
      list: ['a', 1],
      tree: { deep: { er: null } },
      scope: 'fleet/read',
    });
    expect([access['path'], id['persona'], 'nothing' in access]).toEqual([undefined, undefined, false]);
  });

  it('cannot change what tells whose token it is', async () => {
    const fixed = [
      'sub',
      'iss',
      'exp',
      'iat',
      'auth_time',
      'jti',
      'origin_jti',
      'token_use',
      'event_id',
      'client_id',
      'username',
      'cognito:username',
      'aud',
      'cognito:other',
    ];
    const generation = { claimsToAddOrOverride: Object.fromEntries(fixed.map((name) => [name, 'forged'])), claimsToSuppress: fixed };
    await trigger(
      wanted({
        idTokenGeneration: generation,
        accessTokenGeneration: { ...generation, claimsToAddOrOverride: { ...generation.claimsToAddOrOverride, scope: 'forged' } },
      }),
    );
    const sub = await bench.createUser();
    const { access, id } = await claims();
    expect(JSON.stringify([access, id])).not.toContain('forged');
    expect(id).toMatchObject({ sub, aud: bench.clientId, token_use: 'id', 'cognito:username': sub, jti: expect.any(String) });
    expect(access).toMatchObject({
      sub,
      client_id: bench.clientId,
      token_use: 'access',
      username: sub,
      scope: 'aws.cognito.signin.user.admin',
    });
  });

  it.each([
    [{ groupOverrideDetails: { groupsToOverride: ['other'], iamRolesToOverride: ['arn:role'], preferredRole: 'arn:role' } }, ['other']],
    [{ groupOverrideDetails: {} }, undefined],
    [{}, ['admin']],
  ])('changes groups in both tokens by %j', async (details, groups) => {
    await trigger(wanted(details));
    await bench.createUser();
    await bench.cognito.send(new CreateGroupCommand({ UserPoolId: bench.poolId, GroupName: 'admin' }));
    await bench.cognito.send(new AdminAddUserToGroupCommand({ UserPoolId: bench.poolId, Username: ADA, GroupName: 'admin' }));
    const { access, id } = await claims();
    expect([access['cognito:groups'], id['cognito:groups']]).toEqual([groups, groups]);
    if (groups?.[0] === 'other') expect(id).toMatchObject({ 'cognito:roles': ['arn:role'], 'cognito:preferred_role': 'arn:role' });
  });
});

describe('nobody gets in', () => {
  it.each([
    [
      'refuses',
      "throw new Error('This account is not known')",
      'UserLambdaValidationException',
      'PreTokenGeneration failed with error This account is not known.',
    ],
    ['answers nothing', 'event = undefined', 'InvalidLambdaResponseException', 'Unrecognizable lambda output'],
    ['answers something else', 'event = { response: {} }', 'InvalidLambdaResponseException', 'Unrecognizable lambda output'],
    [
      'answers claims of a wrong shape',
      wanted({ idTokenGeneration: { claimsToSuppress: 'email' } }),
      'InvalidLambdaResponseException',
      'Unrecognizable lambda output',
    ],
  ])('where the trigger %s', async (_, body, name, message) => {
    await trigger(body);
    await bench.createUser();
    await expect(bench.signIn()).rejects.toMatchObject({ name, message });
  });

  it('where the pool may not call the trigger, or another pool alone may', async () => {
    await trigger(wanted({}), { allowed: false });
    await bench.createUser();
    const denied = {
      name: 'UnexpectedLambdaException',
      message: 'PreTokenGeneration invocation failed due to error AccessDeniedException.',
    };
    await expect(bench.signIn()).rejects.toMatchObject(denied);
    await allow(`arn:aws:cognito-idp:${REGION}:${ACCOUNT}:userpool/${REGION}_Other1234`);
    await expect(bench.signIn()).rejects.toMatchObject(denied);
  });

  it('where the trigger is gone', async () => {
    await trigger(wanted({}));
    await bench.createUser();
    const { refresh } = await bench.tokens();
    await lambda.lambda.send(new DeleteFunctionCommand({ FunctionName: 'trigger' }));
    const failed = { name: 'UnexpectedLambdaException' };
    await expect(bench.signIn()).rejects.toMatchObject(failed);
    await expect(bench.refresh(refresh)).rejects.toMatchObject(failed);
  });

  it('where the trigger takes too long, three times', async () => {
    await trigger('await new Promise((resolve) => setTimeout(resolve, 60_000))');
    await bench.createUser();
    await expect(bench.signIn()).rejects.toMatchObject({
      name: 'UnexpectedLambdaException',
      message: `${FUNCTION_ARN} failed with error Socket timeout while invoking Lambda function.`,
    });
  });
});
