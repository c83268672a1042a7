import { z } from 'zod';
import { policyDocument } from '../../kernel/policy-document.ts';
import { cfnNumber, cfnTags, type ResourceContext, resourceType, unlessCode } from '../../kernel/resource-type.ts';

/** Carries on when what should go is gone already. */
const unlessGone = unlessCode('NoSuchEntity');

const document = policyDocument;
const inlinePolicies = z.array(z.strictObject({ PolicyName: z.string(), PolicyDocument: document }));

const roleProperties = z.strictObject({
  RoleName: z.string().optional(),
  AssumeRolePolicyDocument: document,
  Description: z.string().optional(),
  Path: z.string().optional(),
  MaxSessionDuration: cfnNumber.optional(),
  ManagedPolicyArns: z.array(z.string()).default([]),
  Policies: inlinePolicies.default([]),
  Tags: cfnTags.optional(),
});

type RoleProperties = z.output<typeof roleProperties>;

async function syncRole(
  RoleName: string,
  next: RoleProperties,
  previous: RoleProperties | undefined,
  context: ResourceContext,
): Promise<void> {
  for (const { PolicyName, PolicyDocument } of next.Policies)
    await context.call('iam', 'PutRolePolicy', { RoleName, PolicyName, PolicyDocument });
  for (const PolicyArn of next.ManagedPolicyArns) await context.call('iam', 'AttachRolePolicy', { RoleName, PolicyArn });
  for (const { PolicyName } of previous?.Policies ?? []) {
    if (!next.Policies.some((policy) => policy.PolicyName === PolicyName))
      await unlessGone(context.call('iam', 'DeleteRolePolicy', { RoleName, PolicyName }));
  }
  for (const PolicyArn of previous?.ManagedPolicyArns ?? []) {
    if (!next.ManagedPolicyArns.includes(PolicyArn)) await unlessGone(context.call('iam', 'DetachRolePolicy', { RoleName, PolicyArn }));
  }
}

async function roleState(RoleName: string, context: ResourceContext) {
  const { Role } = await context.call<{ Role: { Arn: string; RoleId: string } }>('iam', 'GetRole', { RoleName });
  return { physicalId: RoleName, attributes: { Arn: Role.Arn, RoleId: Role.RoleId } };
}

const role = resourceType<RoleProperties>({
  type: 'AWS::IAM::Role',
  properties: roleProperties,
  replaceOn: ['RoleName', 'Path'],
  async create(properties, context) {
    const RoleName = properties.RoleName ?? context.uniqueName({ maxLength: 64 });
    await context.call('iam', 'CreateRole', {
      RoleName,
      AssumeRolePolicyDocument: properties.AssumeRolePolicyDocument,
      Path: properties.Path,
      Description: properties.Description,
      MaxSessionDuration: properties.MaxSessionDuration,
      Tags: tags(properties, context),
    });
    await syncRole(RoleName, properties, undefined, context);
    return roleState(RoleName, context);
  },
  async update(RoleName, properties, previous, context) {
    await context.call('iam', 'UpdateAssumeRolePolicy', { RoleName, PolicyDocument: properties.AssumeRolePolicyDocument });
    await context.call('iam', 'UpdateRole', {
      RoleName,
      Description: properties.Description ?? '',
      MaxSessionDuration: properties.MaxSessionDuration ?? 3600,
    });
    await syncRole(RoleName, properties, previous, context);
    const gone = (previous.Tags ?? []).map(({ Key }) => Key).filter((key) => !(properties.Tags ?? []).some(({ Key }) => Key === key));
    if (gone.length > 0) await context.call('iam', 'UntagRole', { RoleName, TagKeys: gone });
    await context.call('iam', 'TagRole', { RoleName, Tags: tags(properties, context) });
    return roleState(RoleName, context);
  },
  async delete(RoleName, _, context) {
    // CloudFormation empties a role of what it put there itself; a policy from elsewhere makes DeleteRole fail, as on AWS.
    await unlessGone(
      (async () => {
        const { PolicyNames } = await context.call<{ PolicyNames: string[] }>('iam', 'ListRolePolicies', { RoleName });
        for (const PolicyName of PolicyNames) await context.call('iam', 'DeleteRolePolicy', { RoleName, PolicyName });
        const { AttachedPolicies } = await context.call<{ AttachedPolicies: { PolicyArn: string }[] }>('iam', 'ListAttachedRolePolicies', {
          RoleName,
        });
        for (const { PolicyArn } of AttachedPolicies) await context.call('iam', 'DetachRolePolicy', { RoleName, PolicyArn });
        await context.call('iam', 'DeleteRole', { RoleName });
      })(),
    );
  },
});

function tags(properties: RoleProperties, context: ResourceContext): { Key: string; Value: string }[] {
  const merged = { ...context.stackTags, ...Object.fromEntries((properties.Tags ?? []).map(({ Key, Value }) => [Key, Value])) };
  return Object.entries(merged).map(([Key, Value]) => ({ Key, Value }));
}

const inlinePolicyProperties = z.strictObject({ PolicyName: z.string(), PolicyDocument: document, Roles: z.array(z.string()).min(1) });

type InlinePolicyProperties = z.output<typeof inlinePolicyProperties>;

async function putOnRoles({ Roles, PolicyName, PolicyDocument }: InlinePolicyProperties, context: ResourceContext): Promise<void> {
  for (const RoleName of Roles) await context.call('iam', 'PutRolePolicy', { RoleName, PolicyName, PolicyDocument });
}

const inlinePolicy = resourceType<InlinePolicyProperties>({
  type: 'AWS::IAM::Policy',
  properties: inlinePolicyProperties,
  async create(properties, context) {
    await putOnRoles(properties, context);
    return { physicalId: context.uniqueName({ maxLength: 128 }), attributes: {} };
  },
  async update(physicalId, properties, previous, context) {
    await putOnRoles(properties, context);
    for (const RoleName of previous.Roles) {
      if (!properties.Roles.includes(RoleName) || properties.PolicyName !== previous.PolicyName) {
        await unlessGone(context.call('iam', 'DeleteRolePolicy', { RoleName, PolicyName: previous.PolicyName }));
      }
    }
    return { physicalId, attributes: {} };
  },
  async delete(_, { Roles, PolicyName }, context) {
    for (const RoleName of Roles) await unlessGone(context.call('iam', 'DeleteRolePolicy', { RoleName, PolicyName }));
  },
});

const managedPolicyProperties = z.strictObject({
  ManagedPolicyName: z.string().optional(),
  PolicyDocument: document,
  Description: z.string().optional(),
  Path: z.string().optional(),
  Roles: z.array(z.string()).default([]),
});

type ManagedPolicyProperties = z.output<typeof managedPolicyProperties>;

const managedPolicy = resourceType<ManagedPolicyProperties>({
  type: 'AWS::IAM::ManagedPolicy',
  properties: managedPolicyProperties,
  replaceOn: ['ManagedPolicyName', 'Description', 'Path'],
  async create(properties, context) {
    const { Policy } = await context.call<{ Policy: { Arn: string; PolicyId: string } }>('iam', 'CreatePolicy', {
      PolicyName: properties.ManagedPolicyName ?? context.uniqueName({ maxLength: 128 }),
      PolicyDocument: properties.PolicyDocument,
      Description: properties.Description,
      Path: properties.Path,
    });
    for (const RoleName of properties.Roles) await context.call('iam', 'AttachRolePolicy', { RoleName, PolicyArn: Policy.Arn });
    return { physicalId: Policy.Arn, attributes: { PolicyArn: Policy.Arn, PolicyId: Policy.PolicyId } };
  },
  async update(PolicyArn, properties, previous, context) {
    const { Versions } = await context.call<{ Versions: { VersionId: string; IsDefaultVersion: boolean }[] }>('iam', 'ListPolicyVersions', {
      PolicyArn,
    });
    for (const { VersionId, IsDefaultVersion } of Versions)
      if (!IsDefaultVersion) await context.call('iam', 'DeletePolicyVersion', { PolicyArn, VersionId });
    await context.call('iam', 'CreatePolicyVersion', { PolicyArn, PolicyDocument: properties.PolicyDocument, SetAsDefault: true });
    for (const RoleName of properties.Roles) await context.call('iam', 'AttachRolePolicy', { RoleName, PolicyArn });
    for (const RoleName of previous.Roles) {
      if (!properties.Roles.includes(RoleName)) await unlessGone(context.call('iam', 'DetachRolePolicy', { RoleName, PolicyArn }));
    }
    const { Policy } = await context.call<{ Policy: { PolicyId: string } }>('iam', 'GetPolicy', { PolicyArn });
    return { physicalId: PolicyArn, attributes: { PolicyArn, PolicyId: Policy.PolicyId } };
  },
  async delete(PolicyArn, { Roles }, context) {
    for (const RoleName of Roles) await unlessGone(context.call('iam', 'DetachRolePolicy', { RoleName, PolicyArn }));
    await unlessGone(
      (async () => {
        const { Versions } = await context.call<{ Versions: { VersionId: string; IsDefaultVersion: boolean }[] }>(
          'iam',
          'ListPolicyVersions',
          { PolicyArn },
        );
        for (const { VersionId, IsDefaultVersion } of Versions)
          if (!IsDefaultVersion) await context.call('iam', 'DeletePolicyVersion', { PolicyArn, VersionId });
        await context.call('iam', 'DeletePolicy', { PolicyArn });
      })(),
    );
  },
});

/** CloudFormation's IAM types, as far as the system's templates use them. */
export const iamResourceTypes = [role, inlinePolicy, managedPolicy];
