import {
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  type CreateUserPoolClientCommandInput,
  CreateUserPoolCommand,
  type CreateUserPoolCommandInput,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type { TestCloud } from '../../../testing/test-cloud.ts';
import { SrpClient } from './srp-client.ts';

export const PASSWORD = 'Correct-Horse-1';
export const ADA = 'ada@example.com';

/** For tests: a pool such as infra-repo's with a client, and people in it. */
export class Bench {
  readonly cognito: CognitoIdentityProviderClient;
  readonly poolId: string;
  readonly clientId: string;

  private constructor(cognito: CognitoIdentityProviderClient, poolId: string, clientId: string) {
    this.cognito = cognito;
    this.poolId = poolId;
    this.clientId = clientId;
  }

  static async make(
    test: TestCloud,
    pool: Partial<CreateUserPoolCommandInput> = {},
    client: Partial<CreateUserPoolClientCommandInput> = {},
  ): Promise<Bench> {
    const cognito = new CognitoIdentityProviderClient(test.client);
    const { UserPool } = await cognito.send(
      new CreateUserPoolCommand({
        PoolName: 'people',
        UsernameAttributes: ['email'],
        Schema: [
          { Name: 'email', Required: true, Mutable: true },
          { Name: 'user_id', AttributeDataType: 'String', Mutable: false },
          { Name: 'secret', AttributeDataType: 'String' },
        ],
        AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'verified_email', Priority: 1 }] },
        ...pool,
      }),
    );
    const poolId = UserPool?.Id ?? '';
    const bench = new Bench(cognito, poolId, '');
    return new Bench(cognito, poolId, await bench.createClient(client));
  }

  /** The same on a cloud after its restart. */
  on(test: TestCloud): Bench {
    this.cognito.destroy();
    return new Bench(new CognitoIdentityProviderClient(test.client), this.poolId, this.clientId);
  }

  async createClient(client: Partial<CreateUserPoolClientCommandInput> = {}): Promise<string> {
    const { UserPoolClient } = await this.cognito.send(
      new CreateUserPoolClientCommand({
        UserPoolId: this.poolId,
        ClientName: 'dashboard',
        ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
        PreventUserExistenceErrors: 'ENABLED',
        ReadAttributes: ['email', 'email_verified', 'custom:user_id'],
        ...client,
      }),
    );
    return UserPoolClient?.ClientId ?? '';
  }

  /** A user who may sign in at once. Answers the `sub`. */
  async createUser(name = ADA, attributes: Readonly<Record<string, string>> = { email_verified: 'true' }): Promise<string> {
    const sub = await this.inviteUser(name, PASSWORD, attributes);
    await this.cognito.send(
      new AdminSetUserPasswordCommand({ UserPoolId: this.poolId, Username: name, Password: PASSWORD, Permanent: true }),
    );
    return sub;
  }

  /** A user with a temporary password and no invitation. */
  async inviteUser(name = ADA, TemporaryPassword = PASSWORD, attributes: Readonly<Record<string, string>> = {}): Promise<string> {
    const { User } = await this.cognito.send(
      new AdminCreateUserCommand({
        UserPoolId: this.poolId,
        Username: name,
        TemporaryPassword,
        MessageAction: 'SUPPRESS',
        UserAttributes: Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
      }),
    );
    return User?.Attributes?.find(({ Name }) => Name === 'sub')?.Value ?? '';
  }

  /** The first step of SRP. */
  async begin(name = ADA, ClientId = this.clientId) {
    const srp = new SrpClient(this.poolId);
    const challenge = await this.cognito.send(
      new InitiateAuthCommand({ ClientId, AuthFlow: 'USER_SRP_AUTH', AuthParameters: { USERNAME: name, SRP_A: srp.A } }),
    );
    return { srp, parameters: challenge.ChallengeParameters ?? {}, name: challenge.ChallengeName };
  }

  /** Both steps of SRP. */
  async signIn(name = ADA, password = PASSWORD, ClientId = this.clientId) {
    const { srp, parameters } = await this.begin(name, ClientId);
    return this.cognito.send(
      new RespondToAuthChallengeCommand({
        ClientId,
        ChallengeName: 'PASSWORD_VERIFIER',
        ChallengeResponses: srp.answer(parameters, password),
      }),
    );
  }

  /** Signs in and answers the tokens. */
  async tokens(name = ADA, password = PASSWORD, ClientId = this.clientId) {
    const { AuthenticationResult: result } = await this.signIn(name, password, ClientId);
    return {
      access: result?.AccessToken ?? '',
      id: result?.IdToken ?? '',
      refresh: result?.RefreshToken ?? '',
      expiresIn_s: result?.ExpiresIn,
    };
  }

  refresh(RefreshToken: string, ClientId = this.clientId) {
    return this.cognito.send(
      new InitiateAuthCommand({ ClientId, AuthFlow: 'REFRESH_TOKEN_AUTH', AuthParameters: { REFRESH_TOKEN: RefreshToken } }),
    );
  }

  stop(): void {
    this.cognito.destroy();
  }
}
