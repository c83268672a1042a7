import { fileURLToPath } from 'node:url';
import { personas } from '@enstratus/contract';
import { acknowledge, ServiceFunction } from '@enstratus/platform/cdk';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  AccountRecovery,
  type CfnUserPool,
  type CfnUserPoolClient,
  ClientAttributes,
  FeaturePlan,
  LambdaVersion,
  Mfa,
  StringAttribute,
  UserPool,
  type UserPoolClient,
  UserPoolOperation,
} from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';

export interface PeopleProps {
  /** Where it stands who somebody is. */
  readonly tableName: string;
}

/**
 * The people of the dashboard: signed in by e-mail, let in by an administrator only. `custom:user_id` is an id of ours that can't be changed:
 * every record names people by it and never by Cognito's `sub`, which no restore brings back. Each persona is a group; what somebody may see is in their
 * tokens, put there by `addClaims` from their item in the table.
 */
export class People extends Construct {
  readonly userPool: UserPool;
  readonly client: UserPoolClient;
  readonly addClaims: ServiceFunction;

  constructor(scope: Construct, id: string, { tableName }: PeopleProps) {
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
      userInvitation: {
        emailSubject: 'Your access to ENStratus',
        emailBody:
          'You can sign in to ENStratus as {username}. Your first password, for seven days, is {####} and you choose your own when you use it.',
      },
      userVerification: {
        emailSubject: 'Your code for ENStratus',
        emailBody: 'Your code for ENStratus is {####}. If you did not ask for it, leave it unused: nothing is changed.',
      },
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
      'AwsSolutions-COG2':
        'A second factor is not offered yet: the dashboard has no pages to enrol people for one, and a required one would lock everybody out.',
      'AwsSolutions-COG8':
        'The plus plan is paid by the user and month; what it adds (risk scores, leaked passwords) is not worth that for an invited group.',
    });
    this.addClaims = new ServiceFunction(this, 'AddClaims', {
      repo: 'infra-repo',
      name: 'add-claims',
      entry: fileURLToPath(new URL('../src/people/add-claims.lambda.ts', import.meta.url)),
      description: 'Puts user id, persona and organization path into the tokens of whoever signs in',
      // Cognito waits 5 seconds, whatever stands here (Cognito Developer Guide, "Customizing user pool workflows with Lambda triggers").
      timeout: Duration.seconds(4),
      takenBackBy: 'what the stack says',
    }).usesTable(tableName, ['dynamodb:GetItem']);
    this.userPool.addTrigger(UserPoolOperation.PRE_TOKEN_GENERATION_CONFIG, this.addClaims.live, LambdaVersion.V2_0);
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
