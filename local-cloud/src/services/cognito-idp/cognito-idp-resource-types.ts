import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import {
  cfnBoolean,
  cfnNumber,
  type ResourceContext,
  type ResourceState,
  type ResourceType,
  resourceType,
  unlessCode,
} from '../../kernel/resource-type.ts';
import type { SchemaAttribute } from './user-attributes.ts';

/** Carries on when what should go is gone already. */
const unlessGone = unlessCode('ResourceNotFoundException');

const text = z.string();
const schemaProperty = z.strictObject({
  Name: text,
  AttributeDataType: text.optional(),
  Mutable: cfnBoolean.optional(),
  Required: cfnBoolean.optional(),
  StringAttributeConstraints: z.strictObject({ MinLength: text.optional(), MaxLength: text.optional() }).optional(),
  NumberAttributeConstraints: z.strictObject({ MinValue: text.optional(), MaxValue: text.optional() }).optional(),
});
const poolProperties = z.strictObject({
  UserPoolName: text.optional(),
  AccountRecoverySetting: z.strictObject({ RecoveryMechanisms: z.array(z.strictObject({ Name: text, Priority: cfnNumber })) }).optional(),
  AdminCreateUserConfig: z
    .strictObject({
      AllowAdminCreateUserOnly: cfnBoolean.optional(),
      InviteMessageTemplate: z
        .strictObject({ EmailMessage: text.optional(), EmailSubject: text.optional(), SMSMessage: text.optional() })
        .optional(),
    })
    .optional(),
  AutoVerifiedAttributes: z.array(text).optional(),
  DeletionProtection: text.optional(),
  EmailVerificationMessage: text.optional(),
  EmailVerificationSubject: text.optional(),
  LambdaConfig: z
    .strictObject({
      PreTokenGeneration: text.optional(),
      PreTokenGenerationConfig: z.strictObject({ LambdaArn: text, LambdaVersion: text }).optional(),
    })
    .optional(),
  MfaConfiguration: text.optional(),
  Policies: z
    .strictObject({
      PasswordPolicy: z
        .strictObject({
          MinimumLength: cfnNumber.optional(),
          RequireLowercase: cfnBoolean.optional(),
          RequireNumbers: cfnBoolean.optional(),
          RequireSymbols: cfnBoolean.optional(),
          RequireUppercase: cfnBoolean.optional(),
          TemporaryPasswordValidityDays: cfnNumber.optional(),
        })
        .optional(),
    })
    .optional(),
  Schema: z.array(schemaProperty).optional(),
  SmsVerificationMessage: text.optional(),
  UserAttributeUpdateSettings: z.strictObject({ AttributesRequireVerificationBeforeUpdate: z.array(text) }).optional(),
  UserPoolTags: z.record(text, text).optional(),
  UserPoolTier: text.optional(),
  UsernameAttributes: z.array(text).optional(),
  UsernameConfiguration: z.strictObject({ CaseSensitive: cfnBoolean }).optional(),
  VerificationMessageTemplate: z
    .strictObject({
      DefaultEmailOption: text.optional(),
      EmailMessage: text.optional(),
      EmailSubject: text.optional(),
      SmsMessage: text.optional(),
    })
    .optional(),
});
type PoolProperties = z.output<typeof poolProperties>;

/** AWS::Cognito::UserPool (CloudFormation Template Reference): Ref is the pool's id. */
const poolType = resourceType({
  type: 'AWS::Cognito::UserPool',
  properties: poolProperties,
  inert: {
    AutoVerifiedAttributes: 'nobody signs up here: an administrator says which addresses are verified',
    SmsVerificationMessage: 'the local cloud sends no SMS',
    VerificationMessageTemplate: 'its e-mail texts are used; no SMS is sent, and nobody signs up by a link',
  },
  create: async (properties, context) => {
    const { UserPool } = await context.call<{ UserPool: { Id: string } }>('cognito-idp', 'CreateUserPool', {
      ...settingsOf(properties, context),
      PoolName: properties.UserPoolName ?? context.uniqueName({ maxLength: 128 }),
      Schema: properties.Schema,
      UsernameAttributes: properties.UsernameAttributes,
      UsernameConfiguration: properties.UsernameConfiguration,
    });
    return poolState(UserPool.Id, context);
  },
  update: async (UserPoolId, properties, previous, context) => {
    const { UserPool: actual } = await context.call<{ UserPool: ActualPool }>('cognito-idp', 'DescribeUserPool', { UserPoolId });
    checkSignInNames(properties, actual);
    const added = addedAttributes(properties.Schema ?? [], previous.Schema ?? [], actual.SchemaAttributes);
    await context.call('cognito-idp', 'UpdateUserPool', {
      ...settingsOf(properties, context),
      UserPoolId,
      ...(properties.UserPoolName === undefined ? {} : { PoolName: properties.UserPoolName }),
    });
    if (added.length > 0) await context.call('cognito-idp', 'AddCustomAttributes', { UserPoolId, CustomAttributes: added });
    return poolState(UserPoolId, context);
  },
  delete: async (UserPoolId, _properties, context) => {
    await unlessGone(context.call('cognito-idp', 'DeleteUserPool', { UserPoolId }));
  },
});

function settingsOf(properties: PoolProperties, { stackTags }: ResourceContext): Record<string, unknown> {
  const {
    UserPoolName: _name,
    Schema: _schema,
    UsernameAttributes: _attributes,
    UsernameConfiguration: _configuration,
    ...settings
  } = properties;
  return { ...settings, UserPoolTags: { ...stackTags, ...properties.UserPoolTags } };
}

interface ActualPool {
  readonly UsernameAttributes?: readonly string[];
  readonly UsernameConfiguration: { readonly CaseSensitive: boolean };
  readonly SchemaAttributes: readonly SchemaAttribute[];
}

/** Settings that can't be changed (Cognito Developer Guide, "Updating user pool and app client configuration"). */
function checkSignInNames({ UsernameAttributes = [], UsernameConfiguration }: PoolProperties, actual: ActualPool): void {
  const refuse = (name: string) => new AwsError('InvalidParameterException', `${name} of a user pool can't be changed after its creation.`);
  if (UsernameAttributes.join() !== (actual.UsernameAttributes ?? []).join()) throw refuse('UsernameAttributes');
  if ((UsernameConfiguration?.CaseSensitive ?? false) !== actual.UsernameConfiguration.CaseSensitive) throw refuse('UsernameConfiguration');
}

type SchemaProperty = z.output<typeof schemaProperty>;

/**
 * The attributes to be added: those that are there can't be changed or taken away. Measured by the pool as it is, because a
 * rollback comes from a template that never took effect.
 */
function addedAttributes(
  wanted: readonly SchemaProperty[],
  before: readonly SchemaProperty[],
  actual: readonly SchemaAttribute[],
): SchemaProperty[] {
  const find = (name: string) => actual.find(({ Name }) => Name === name || Name === `custom:${name}`);
  const gone = before.some(({ Name }) => find(Name)?.Name.startsWith('custom:') && !wanted.some((attribute) => attribute.Name === Name));
  if (gone || wanted.some((attribute) => differs(attribute, find(attribute.Name)))) {
    throw new AwsError('InvalidParameterException', 'Existing schema attributes cannot be modified or deleted.');
  }
  return wanted.filter(({ Name }) => find(Name) === undefined);
}

function differs(wanted: SchemaProperty, actual: SchemaAttribute | undefined): boolean {
  if (actual === undefined) return false;
  const { StringAttributeConstraints: text, NumberAttributeConstraints: number } = wanted;
  return (
    (wanted.AttributeDataType ?? actual.AttributeDataType) !== actual.AttributeDataType ||
    (wanted.Mutable ?? true) !== actual.Mutable ||
    (wanted.Required ?? false) !== actual.Required ||
    (text !== undefined &&
      (text.MinLength !== actual.StringAttributeConstraints?.MinLength ||
        text.MaxLength !== actual.StringAttributeConstraints?.MaxLength)) ||
    (number !== undefined &&
      (number.MinValue !== actual.NumberAttributeConstraints?.MinValue || number.MaxValue !== actual.NumberAttributeConstraints?.MaxValue))
  );
}

/** ProviderURL is the issuer in the pool's tokens, here at this endpoint; ProviderName is the same without its scheme, as on AWS. */
function poolState(id: string, { account, region, endpoint }: ResourceContext): ResourceState {
  const issuer = `${endpoint}/${id}`;
  return {
    physicalId: id,
    attributes: {
      Arn: `arn:aws:cognito-idp:${region}:${account}:userpool/${id}`,
      ProviderName: issuer.replace(/^https?:\/\//, ''),
      ProviderURL: issuer,
      UserPoolId: id,
    },
  };
}

const validityUnits = z.strictObject({ AccessToken: text.optional(), IdToken: text.optional(), RefreshToken: text.optional() });
const clientProperties = z.strictObject({
  UserPoolId: text,
  ClientName: text.optional(),
  GenerateSecret: cfnBoolean.optional(),
  AccessTokenValidity: cfnNumber.optional(),
  IdTokenValidity: cfnNumber.optional(),
  RefreshTokenValidity: cfnNumber.optional(),
  TokenValidityUnits: validityUnits.optional(),
  AllowedOAuthFlowsUserPoolClient: cfnBoolean.optional(),
  AuthSessionValidity: cfnNumber.optional(),
  EnableTokenRevocation: cfnBoolean.optional(),
  ExplicitAuthFlows: z.array(text).optional(),
  PreventUserExistenceErrors: text.optional(),
  ReadAttributes: z.array(text).optional(),
  WriteAttributes: z.array(text).optional(),
  SupportedIdentityProviders: z.array(text).optional(),
});

/** AWS::Cognito::UserPoolClient (CloudFormation Template Reference): Ref is the client's id. */
const clientType = resourceType({
  type: 'AWS::Cognito::UserPoolClient',
  properties: clientProperties,
  replaceOn: ['UserPoolId', 'GenerateSecret'],
  create: async (properties, context) => {
    const { UserPoolClient } = await context.call<{ UserPoolClient: ShownClient }>('cognito-idp', 'CreateUserPoolClient', {
      ...properties,
      ClientName: properties.ClientName ?? context.uniqueName({ maxLength: 128 }),
    });
    return clientState(UserPoolClient);
  },
  update: async (ClientId, { GenerateSecret: _fixed, ...properties }, _previous, context) => {
    const { UserPoolClient } = await context.call<{ UserPoolClient: ShownClient }>('cognito-idp', 'UpdateUserPoolClient', {
      ...properties,
      ClientId,
    });
    return clientState(UserPoolClient);
  },
  delete: async (ClientId, { UserPoolId }, context) => {
    await unlessGone(context.call('cognito-idp', 'DeleteUserPoolClient', { UserPoolId, ClientId }));
  },
});

interface ShownClient {
  readonly ClientId: string;
  readonly ClientName: string;
  readonly ClientSecret?: string;
}

function clientState({ ClientId, ClientName, ClientSecret }: ShownClient): ResourceState {
  return { physicalId: ClientId, attributes: { ClientId, Name: ClientName, ...(ClientSecret === undefined ? {} : { ClientSecret }) } };
}

const groupProperties = z.strictObject({
  UserPoolId: text,
  GroupName: text.optional(),
  Description: text.optional(),
  Precedence: cfnNumber.optional(),
});

/** AWS::Cognito::UserPoolGroup (CloudFormation Template Reference): Ref is the group's name. */
const groupType = resourceType({
  type: 'AWS::Cognito::UserPoolGroup',
  properties: groupProperties,
  replaceOn: ['UserPoolId', 'GroupName'],
  create: async (properties, context) => {
    const GroupName = properties.GroupName ?? context.uniqueName({ maxLength: 128 });
    await context.call('cognito-idp', 'CreateGroup', { ...properties, GroupName });
    return { physicalId: GroupName, attributes: {} };
  },
  update: async (GroupName, properties, _previous, context) => {
    await context.call('cognito-idp', 'UpdateGroup', { ...properties, GroupName });
    return { physicalId: GroupName, attributes: {} };
  },
  delete: async (GroupName, { UserPoolId }, context) => {
    await unlessGone(context.call('cognito-idp', 'DeleteGroup', { UserPoolId, GroupName }));
  },
});

export const cognitoIdpResourceTypes: readonly ResourceType[] = [poolType, clientType, groupType];
