import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import { type CallContext, operation, type Scope } from '../../kernel/service.ts';
import { findKey } from './find-key.ts';
import { onKey } from './key-access.ts';
import { scopeOf } from './key-operations.ts';
import { kmsStore } from './kms-store.ts';
import { page } from './pages.ts';

const aliasName = z
  .string()
  .max(256)
  .regex(/^alias\/[a-zA-Z0-9/_-]+$/, 'must begin with alias/ and hold letters, digits, /, _ and - alone');
const ownAliasName = aliasName.refine((name) => !name.startsWith('alias/aws/'), 'alias/aws/ is reserved for AWS managed keys');

/** Aliases. Each operation is on the alias and on the key behind it (KMS Developer Guide, "Controlling access to aliases"). */
export function aliasOperations() {
  const onAlias = (action: string, name: string, context: CallContext) => ({ action: `kms:${action}`, resource: aliasArn(context, name) });
  const keyBehind = (name: string, context: CallContext) => {
    const alias = kmsStore(context.cloud, context).aliases.get(name);
    if (alias === undefined) throw new AwsError('NotFoundException', `Alias ${aliasArn(context, name)} is not found.`);
    return findKey(context.cloud, alias.keyId, context);
  };
  const put = (name: string, keyName: string, context: CallContext) => {
    const key = findKey(context.cloud, keyName, context);
    if (scopeOf(key).account !== context.account) throw new AwsError('NotFoundException', `Key '${key.arn}' does not exist`);
    const { aliases } = kmsStore(context.cloud, context);
    const now = context.cloud.clock();
    aliases.put(name, { name, keyId: key.keyId, created_ms: aliases.get(name)?.created_ms ?? now, updated_ms: now });
    return {};
  };

  return {
    CreateAlias: operation({
      input: z.strictObject({ AliasName: ownAliasName, TargetKeyId: z.string().min(1) }),
      authorize: (input, context) => [
        onAlias('CreateAlias', input.AliasName, context),
        onKey(findKey(context.cloud, input.TargetKeyId, context), 'CreateAlias', context),
      ],
      run: (input, context) => {
        if (kmsStore(context.cloud, context).aliases.get(input.AliasName) !== undefined) {
          throw new AwsError('AlreadyExistsException', `An alias with the name ${aliasArn(context, input.AliasName)} already exists`);
        }
        return put(input.AliasName, input.TargetKeyId, context);
      },
    }),

    UpdateAlias: operation({
      input: z.strictObject({ AliasName: ownAliasName, TargetKeyId: z.string().min(1) }),
      authorize: (input, context) => [
        onAlias('UpdateAlias', input.AliasName, context),
        onKey(keyBehind(input.AliasName, context), 'UpdateAlias', context),
        onKey(findKey(context.cloud, input.TargetKeyId, context), 'UpdateAlias', context),
      ],
      run: (input, context) => put(input.AliasName, input.TargetKeyId, context),
    }),

    DeleteAlias: operation({
      input: z.strictObject({ AliasName: aliasName }),
      authorize: (input, context) => [
        onAlias('DeleteAlias', input.AliasName, context),
        onKey(keyBehind(input.AliasName, context), 'DeleteAlias', context),
      ],
      run: (input, context) => {
        kmsStore(context.cloud, context).aliases.delete(input.AliasName);
        return {};
      },
    }),

    ListAliases: operation({
      input: z.strictObject({
        KeyId: z.string().optional(),
        Limit: z.number().int().min(1).max(100).default(50),
        Marker: z.string().optional(),
      }),
      authorize: () => [{ action: 'kms:ListAliases', resource: '*' }],
      run: (input, context) => {
        const keyId = input.KeyId === undefined ? undefined : findKey(context.cloud, input.KeyId, context).keyId;
        const aliases = kmsStore(context.cloud, context)
          .aliases.list()
          .filter((alias) => keyId === undefined || alias.keyId === keyId)
          .map((alias) => ({
            AliasName: alias.name,
            AliasArn: aliasArn(context, alias.name),
            TargetKeyId: alias.keyId,
            CreationDate: new Date(alias.created_ms),
            LastUpdatedDate: new Date(alias.updated_ms),
          }));
        return page('Aliases', aliases, input.Limit, input.Marker);
      },
    }),
  };
}

function aliasArn({ account, region }: Scope, name: string): string {
  return `arn:aws:kms:${region}:${account}:${name}`;
}
