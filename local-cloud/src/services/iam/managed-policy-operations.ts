import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import { policyDocumentOrJson } from '../../kernel/policy-document.ts';
import type { CallContext, Operation } from '../../kernel/service.ts';
import { operation } from '../../kernel/service.ts';
import { iamStore, type ManagedPolicy } from './iam-store.ts';
import { encodeDocument, iamId, iamPath, iamTags } from './role-operations.ts';

/** A managed policy keeps at most five versions (IAM User Guide, "IAM and AWS STS quotas"). */
const MAX_VERSIONS = 5;

function policyOf(context: CallContext, arn: string): ManagedPolicy {
  const policy = iamStore(context.cloud, context.account).policies.get(arn);
  if (policy === undefined) throw new AwsError('NoSuchEntity', `Policy ${arn} was not found.`, 404);
  return policy;
}

function attachments(context: CallContext, arn: string): number {
  return iamStore(context.cloud, context.account)
    .roles.list()
    .filter((role) => role.attached.includes(arn)).length;
}

function shown(context: CallContext, policy: ManagedPolicy): Record<string, unknown> {
  return {
    PolicyName: policy.PolicyName,
    PolicyId: policy.PolicyId,
    Arn: policy.Arn,
    Path: policy.Path,
    DefaultVersionId: policy.defaultVersion,
    AttachmentCount: attachments(context, policy.Arn),
    IsAttachable: true,
    Description: policy.Description,
    CreateDate: new Date(policy.CreateDate),
    UpdateDate: new Date(policy.CreateDate),
    Tags: Object.entries(policy.Tags ?? {}).map(([Key, Value]) => ({ Key, Value })),
  };
}

const byArn = { PolicyArn: z.string() };

/** IAM's operations on customer managed policies (IAM API Reference). */
export const managedPolicyOperations: Readonly<Record<string, Operation<never, unknown>>> = {
  CreatePolicy: operation({
    input: z.strictObject({
      PolicyName: z.string().regex(/^[\w+=,.@-]{1,128}$/),
      PolicyDocument: policyDocumentOrJson,
      Path: iamPath.default('/'),
      Description: z.string().max(1000).optional(),
      Tags: iamTags.default([]),
    }),
    authorize: ({ PolicyName, Path }, { account }) => [
      { action: 'iam:CreatePolicy', resource: `arn:aws:iam::${account}:policy${Path}${PolicyName}` },
    ],
    run(input, context) {
      const Arn = `arn:aws:iam::${context.account}:policy${input.Path}${input.PolicyName}`;
      const { policies } = iamStore(context.cloud, context.account);
      if (policies.get(Arn) !== undefined)
        throw new AwsError(
          'EntityAlreadyExists',
          `A policy called ${input.PolicyName} already exists. Duplicate names are not allowed.`,
          409,
        );
      const policy: ManagedPolicy = {
        PolicyName: input.PolicyName,
        PolicyId: iamId('ANPA'),
        Arn,
        Path: input.Path,
        ...(input.Description === undefined ? {} : { Description: input.Description }),
        CreateDate: context.cloud.clock(),
        versions: { v1: input.PolicyDocument },
        defaultVersion: 'v1',
        Tags: Object.fromEntries(input.Tags.map(({ Key, Value }) => [Key, Value])),
      };
      policies.put(Arn, policy);
      return { Policy: shown(context, policy) };
    },
  }),
  GetPolicy: operation({
    input: z.strictObject(byArn),
    authorize: ({ PolicyArn }) => [{ action: 'iam:GetPolicy', resource: PolicyArn }],
    run: ({ PolicyArn }, context) => ({ Policy: shown(context, policyOf(context, PolicyArn)) }),
  }),
  GetPolicyVersion: operation({
    input: z.strictObject({ ...byArn, VersionId: z.string() }),
    authorize: ({ PolicyArn }) => [{ action: 'iam:GetPolicyVersion', resource: PolicyArn }],
    run({ PolicyArn, VersionId }, context) {
      const policy = policyOf(context, PolicyArn);
      const document = Object.hasOwn(policy.versions, VersionId) ? policy.versions[VersionId] : undefined;
      if (document === undefined)
        throw new AwsError('NoSuchEntity', `Policy ${PolicyArn} version ${VersionId} does not exist or is not attachable.`, 404);
      return { PolicyVersion: { Document: encodeDocument(document), VersionId, IsDefaultVersion: VersionId === policy.defaultVersion } };
    },
  }),
  ListPolicyVersions: operation({
    input: z.strictObject(byArn),
    authorize: ({ PolicyArn }) => [{ action: 'iam:ListPolicyVersions', resource: PolicyArn }],
    run({ PolicyArn }, context) {
      const policy = policyOf(context, PolicyArn);
      return {
        Versions: Object.keys(policy.versions).map((VersionId) => ({ VersionId, IsDefaultVersion: VersionId === policy.defaultVersion })),
        IsTruncated: false,
      };
    },
  }),
  CreatePolicyVersion: operation({
    input: z.strictObject({
      ...byArn,
      PolicyDocument: policyDocumentOrJson,
      SetAsDefault: z.enum(['true', 'false']).or(z.boolean()).optional(),
    }),
    authorize: ({ PolicyArn }) => [{ action: 'iam:CreatePolicyVersion', resource: PolicyArn }],
    run({ PolicyArn, PolicyDocument, SetAsDefault }, context) {
      const policy = policyOf(context, PolicyArn);
      const numbers = Object.keys(policy.versions).map((version) => Number(version.slice(1)));
      if (numbers.length >= MAX_VERSIONS) {
        throw new AwsError(
          'LimitExceeded',
          `A managed policy can have up to ${MAX_VERSIONS} versions. Before you create a new version, you must delete an existing version.`,
          409,
        );
      }
      const version = `v${Math.max(...numbers) + 1}`;
      const isDefault = String(SetAsDefault) === 'true';
      iamStore(context.cloud, context.account).policies.put(PolicyArn, {
        ...policy,
        versions: { ...policy.versions, [version]: PolicyDocument },
        defaultVersion: isDefault ? version : policy.defaultVersion,
      });
      return { PolicyVersion: { VersionId: version, IsDefaultVersion: isDefault } };
    },
  }),
  DeletePolicyVersion: operation({
    input: z.strictObject({ ...byArn, VersionId: z.string() }),
    authorize: ({ PolicyArn }) => [{ action: 'iam:DeletePolicyVersion', resource: PolicyArn }],
    run({ PolicyArn, VersionId }, context) {
      const policy = policyOf(context, PolicyArn);
      if (VersionId === policy.defaultVersion) throw new AwsError('DeleteConflict', 'Cannot delete the default version of a policy.', 409);
      iamStore(context.cloud, context.account).policies.put(PolicyArn, {
        ...policy,
        versions: Object.fromEntries(Object.entries(policy.versions).filter(([version]) => version !== VersionId)),
      });
    },
  }),
  DeletePolicy: operation({
    input: z.strictObject(byArn),
    authorize: ({ PolicyArn }) => [{ action: 'iam:DeletePolicy', resource: PolicyArn }],
    run({ PolicyArn }, context) {
      const policy = policyOf(context, PolicyArn);
      if (attachments(context, PolicyArn) > 0) throw new AwsError('DeleteConflict', 'Cannot delete a policy attached to entities.', 409);
      if (Object.keys(policy.versions).length > 1)
        throw new AwsError(
          'DeleteConflict',
          "This policy has more than one version. Before you delete a policy, you must delete the policy's versions.",
          409,
        );
      iamStore(context.cloud, context.account).policies.delete(PolicyArn);
    },
  }),
};
