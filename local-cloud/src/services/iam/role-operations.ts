import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import { type PolicyDocument, policyDocumentOrJson } from '../../kernel/policy-document.ts';
import type { CallContext, Operation } from '../../kernel/service.ts';
import { operation } from '../../kernel/service.ts';
import { awsManagedPolicy } from './aws-managed-policies.ts';
import { iamStore, parseIamArn, type Role } from './iam-store.ts';

const roleName = z.string().regex(/^[\w+=,.@-]{1,64}$/, 'must be 1 to 64 of letters, digits and +=,.@-_');
const policyName = z.string().regex(/^[\w+=,.@-]{1,128}$/, 'must be 1 to 128 of letters, digits and +=,.@-_');
export const iamPath = z.string().regex(/^\/(?:[\u0021-\u007E]+\/)?$/, 'must begin and end with /');
export const iamTags = z.array(z.strictObject({ Key: z.string(), Value: z.string() }));
const paging = {
  Marker: z
    .string()
    .regex(/^\d{1,9}$/, 'Invalid Marker.')
    .optional(),
  MaxItems: z.coerce.number().int().min(1).max(1000).optional(),
};
/** IAM API Reference, ListRoles and the other lists: 100 an answer when MaxItems isn't given. */
const PAGE_SIZE = 100;

/** One page of a list under its member's name. The marker is the number of entries that were answered before. */
function listed<T>(
  member: string,
  all: readonly T[],
  { Marker = '0', MaxItems = PAGE_SIZE }: { readonly Marker?: string | undefined; readonly MaxItems?: number | undefined },
): Record<string, unknown> {
  const end = Number(Marker) + MaxItems;
  const more = end < all.length;
  return { [member]: all.slice(Number(Marker), end), IsTruncated: more, ...(more ? { Marker: String(end) } : {}) };
}

/** An id as IAM makes them: a prefix of four letters and 17 of base 32 (IAM User Guide, "IAM identifiers"). */
export function iamId(prefix: string): string {
  return prefix + [...randomBytes(17)].map((byte) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[byte % 32]).join('');
}

export function noSuchEntity(kind: string, name: string): AwsError {
  return new AwsError('NoSuchEntity', `The ${kind} with name ${name} cannot be found.`, 404);
}

function roleOf(context: CallContext, name: string): Role {
  const role = iamStore(context.cloud, context.account).roles.get(name);
  if (role === undefined) throw noSuchEntity('role', name);
  return role;
}

function save(context: CallContext, role: Role): void {
  iamStore(context.cloud, context.account).roles.put(role.RoleName, role);
}

function arnOf(context: CallContext, name: string): string {
  return iamStore(context.cloud, context.account).roles.get(name)?.Arn ?? `arn:aws:iam::${context.account}:role/${name}`;
}

/**
 * An operation on one role, named by RoleName, which is also what is authorized; where it names a managed policy, with the condition key `iam:PolicyARN` (Service Authorization
 * Reference, "Actions, resources, and condition keys for AWS Identity and Access Management").
 */
function onRole<Shape extends z.ZodRawShape, Out>(
  name: string,
  shape: Shape,
  run: (role: Role, input: z.output<z.ZodObject<Shape & { RoleName: typeof roleName }>>, context: CallContext) => Out,
): Operation<never, unknown> {
  const input = z.strictObject({ ...shape, RoleName: roleName });
  return operation<{ RoleName: string; PolicyArn?: string }, Out>({
    input: input as unknown as z.ZodType<{ RoleName: string; PolicyArn?: string }>,
    authorize: ({ RoleName, PolicyArn }, context) => [
      {
        action: `iam:${name}`,
        resource: arnOf(context, RoleName),
        ...(PolicyArn === undefined ? {} : { conditions: { 'iam:PolicyARN': PolicyArn } }),
      },
    ],
    run: (value, context) => run(roleOf(context, value.RoleName), value as never, context),
  });
}

/** The members of a role that API answers show; a policy document is URL-encoded JSON in them. */
function shown(role: Role): Record<string, unknown> {
  return {
    Path: role.Path,
    RoleName: role.RoleName,
    RoleId: role.RoleId,
    Arn: role.Arn,
    CreateDate: new Date(role.CreateDate),
    AssumeRolePolicyDocument: encodeDocument(role.AssumeRolePolicyDocument),
    Description: role.Description,
    MaxSessionDuration: role.MaxSessionDuration,
    Tags: Object.entries(role.Tags).map(([Key, Value]) => ({ Key, Value })),
  };
}

export function encodeDocument(document: PolicyDocument): string {
  return encodeURIComponent(JSON.stringify(document));
}

const createRole = operation({
  input: z.strictObject({
    RoleName: roleName,
    AssumeRolePolicyDocument: policyDocumentOrJson,
    Path: iamPath.default('/'),
    Description: z.string().max(1000).optional(),
    MaxSessionDuration: z.coerce.number().min(3600).max(43_200).default(3600),
    Tags: iamTags.default([]),
  }),
  authorize: ({ RoleName, Path }, { account }) => [
    { action: 'iam:CreateRole', resource: `arn:aws:iam::${account}:role${Path}${RoleName}` },
  ],
  run(input, context) {
    const { roles } = iamStore(context.cloud, context.account);
    if (roles.get(input.RoleName) !== undefined)
      throw new AwsError('EntityAlreadyExists', `Role with name ${input.RoleName} already exists.`, 409);
    const role: Role = {
      RoleName: input.RoleName,
      RoleId: iamId('AROA'),
      Arn: `arn:aws:iam::${context.account}:role${input.Path}${input.RoleName}`,
      Path: input.Path,
      CreateDate: context.cloud.clock(),
      ...(input.Description === undefined ? {} : { Description: input.Description }),
      MaxSessionDuration: input.MaxSessionDuration,
      AssumeRolePolicyDocument: input.AssumeRolePolicyDocument,
      Tags: Object.fromEntries(input.Tags.map(({ Key, Value }) => [Key, Value])),
      inline: {},
      attached: [],
    };
    save(context, role);
    return { Role: shown(role) };
  },
});

const listRoles = operation({
  input: z.strictObject({ PathPrefix: iamPath.default('/'), ...paging }),
  authorize: (_, { account }) => [{ action: 'iam:ListRoles', resource: `arn:aws:iam::${account}:role/` }],
  run: ({ PathPrefix, ...wanted }, context) =>
    listed(
      'Roles',
      iamStore(context.cloud, context.account)
        .roles.list()
        .filter((role) => role.Path.startsWith(PathPrefix))
        .map(shown),
      wanted,
    ),
});

function withoutKey<T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
}

/** IAM's operations on roles (IAM API Reference). */
export const roleOperations: Readonly<Record<string, Operation<never, unknown>>> = {
  CreateRole: createRole,
  ListRoles: listRoles,
  GetRole: onRole('GetRole', {}, (role) => ({ Role: shown(role) })),
  DeleteRole: onRole('DeleteRole', {}, (role, _, context) => {
    if (Object.keys(role.inline).length > 0) throw new AwsError('DeleteConflict', 'Cannot delete entity, must delete policies first.', 409);
    if (role.attached.length > 0) throw new AwsError('DeleteConflict', 'Cannot delete entity, must detach all policies first.', 409);
    iamStore(context.cloud, context.account).roles.delete(role.RoleName);
  }),
  UpdateRole: onRole(
    'UpdateRole',
    { Description: z.string().max(1000).optional(), MaxSessionDuration: z.coerce.number().min(3600).max(43_200).optional() },
    (role, { Description, MaxSessionDuration }, context) => {
      save(context, {
        ...role,
        ...(Description === undefined ? {} : { Description }),
        MaxSessionDuration: MaxSessionDuration ?? role.MaxSessionDuration,
      });
    },
  ),
  UpdateAssumeRolePolicy: onRole(
    'UpdateAssumeRolePolicy',
    { PolicyDocument: policyDocumentOrJson },
    (role, { PolicyDocument }, context) => {
      save(context, { ...role, AssumeRolePolicyDocument: PolicyDocument });
    },
  ),
  PutRolePolicy: onRole('PutRolePolicy', { PolicyName: policyName, PolicyDocument: policyDocumentOrJson }, (role, input, context) => {
    save(context, { ...role, inline: { ...role.inline, [input.PolicyName]: input.PolicyDocument } });
  }),
  GetRolePolicy: onRole('GetRolePolicy', { PolicyName: policyName }, (role, { PolicyName }) => {
    const document = Object.hasOwn(role.inline, PolicyName) ? role.inline[PolicyName] : undefined;
    if (document === undefined) throw noSuchEntity('role policy', PolicyName);
    return { RoleName: role.RoleName, PolicyName, PolicyDocument: encodeDocument(document) };
  }),
  DeleteRolePolicy: onRole('DeleteRolePolicy', { PolicyName: policyName }, (role, { PolicyName }, context) => {
    if (!Object.hasOwn(role.inline, PolicyName)) throw noSuchEntity('role policy', PolicyName);
    save(context, { ...role, inline: withoutKey(role.inline, PolicyName) });
  }),
  ListRolePolicies: onRole('ListRolePolicies', paging, (role, wanted) => listed('PolicyNames', Object.keys(role.inline), wanted)),
  AttachRolePolicy: onRole('AttachRolePolicy', { PolicyArn: z.string() }, (role, { PolicyArn }, context) => {
    const parsed = parseIamArn(PolicyArn);
    if (parsed?.account === 'aws') {
      if (awsManagedPolicy(PolicyArn) === undefined) throw new NotCarriedOut(`the AWS managed policy ${PolicyArn}`);
    } else if (iamStore(context.cloud, context.account).policies.get(PolicyArn) === undefined) {
      throw new AwsError('NoSuchEntity', `Policy ${PolicyArn} does not exist or is not attachable.`, 404);
    }
    if (!role.attached.includes(PolicyArn)) save(context, { ...role, attached: [...role.attached, PolicyArn] });
  }),
  DetachRolePolicy: onRole('DetachRolePolicy', { PolicyArn: z.string() }, (role, { PolicyArn }, context) => {
    if (!role.attached.includes(PolicyArn)) throw new AwsError('NoSuchEntity', `Policy ${PolicyArn} was not found.`, 404);
    save(context, { ...role, attached: role.attached.filter((arn) => arn !== PolicyArn) });
  }),
  ListAttachedRolePolicies: onRole('ListAttachedRolePolicies', paging, (role, wanted) =>
    listed(
      'AttachedPolicies',
      role.attached.map((PolicyArn) => ({ PolicyName: PolicyArn.slice(PolicyArn.lastIndexOf('/') + 1), PolicyArn })),
      wanted,
    ),
  ),
  TagRole: onRole('TagRole', { Tags: iamTags }, (role, { Tags }, context) => {
    save(context, { ...role, Tags: { ...role.Tags, ...Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])) } });
  }),
  UntagRole: onRole('UntagRole', { TagKeys: z.array(z.string()) }, (role, { TagKeys }, context) => {
    save(context, { ...role, Tags: Object.fromEntries(Object.entries(role.Tags).filter(([key]) => !TagKeys.includes(key))) });
  }),
  ListRoleTags: onRole('ListRoleTags', paging, (role, wanted) =>
    listed(
      'Tags',
      Object.entries(role.Tags).map(([Key, Value]) => ({ Key, Value })),
      wanted,
    ),
  ),
};
