import { acknowledge } from '@enstratus/platform/cdk';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  AccountRecovery,
  type CfnUserPool,
  type CfnUserPoolClient,
  ClientAttributes,
  FeaturePlan,
  Mfa,
  StringAttribute,
  UserPool,
  type UserPoolClient,
} from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';

/** Who may sign in, as what: the personas, each a group, the most powerful first. */
export const personas = ['admin', 'partner', 'dealer', 'customer'] as const;

/**
 * The people of the dashboard: signed in by e-mail, let in by an administrator only. `custom:user_id` is an id of ours that can't be changed:
 * every record names people by it and never by Cognito's `sub`, which no restore brings back.
 */
export class People extends Construct {
  readonly userPool: UserPool;
  readonly client: UserPoolClient;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.userPool = new UserPool(this, 'UserPool', {
      featurePlan: FeaturePlan.ESSENTIALS,
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      signInCaseSensitive: false,
      standardAttributes: { email: { required: true, mutable: true } },
      customAttributes: { user_id: new StringAttribute({ mutable: false, minLen: 1, maxLen: 64 }) },
      // A changed address counts only once it is confirmed, so that nobody takes over an account by a typing mistake.
      keepOriginal: { email: true },
      autoVerify: { email: true },
      passwordPolicy: {
        minLength: 12,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
        tempPasswordValidity: Duration.days(7),
      },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      mfa: Mfa.OFF,
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    acknowledge(this.userPool, {
      'AwsSolutions-COG2': 'A second factor comes with the sign-in pages of the dashboard, which have to enrol people for it.',
      'AwsSolutions-COG8':
        'The plus plan is paid by the user and month; what it adds (risk scores, leaked passwords) is not worth that for an invited group.',
    });
    personas.forEach((persona, precedence) => {
      this.userPool.addGroup(`${persona}Group`, { groupName: persona, precedence });
    });
    this.client = this.userPool.addClient('Dashboard', {
      authFlows: { userSrp: true },
      generateSecret: false,
      disableOAuth: true,
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      // The place in the organization tree is read from the token, so this is how long a change of it may take to be felt.
      accessTokenValidity: Duration.hours(1),
      idTokenValidity: Duration.hours(1),
      refreshTokenValidity: Duration.days(30),
      readAttributes: new ClientAttributes().withStandardAttributes({ email: true, emailVerified: true }).withCustomAttributes('user_id'),
      writeAttributes: new ClientAttributes().withStandardAttributes({ email: true }),
    });
    // A new logical id would mean a new pool without its people, and a client id that no dashboard knows.
    (this.userPool.node.defaultChild as CfnUserPool).overrideLogicalId('UserPool');
    (this.client.node.defaultChild as CfnUserPoolClient).overrideLogicalId('UserPoolClient');
  }
}
