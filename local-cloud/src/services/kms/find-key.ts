import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import type { Scope } from '../../kernel/service.ts';
import { type Key, kmsStore } from './kms-store.ts';

/** How a key is named: by id or alias within the caller's account and region, by ARN anywhere (KMS Developer Guide, "Key identifiers (KeyId)"). */
interface Named {
  readonly scope: Scope;
  /** A key id or `alias/<name>`. */
  readonly name: string;
}

function readName(text: string, caller: Scope): Named {
  const [, region, account, kind, name] = /^arn:aws:kms:([a-z0-9-]+):(\d{12}):(key|alias)\/(.+)$/.exec(text) ?? [];
  if (region === undefined || account === undefined || name === undefined) {
    if (text.startsWith('arn:')) throw new AwsError('NotFoundException', `Invalid arn ${text}`);
    return { scope: caller, name: text };
  }
  return { scope: { account, region }, name: kind === 'alias' ? `alias/${name}` : name };
}

/** The key of this id, ARN, alias or alias ARN. Throws NotFoundException. */
export function findKey(cloud: Cloud, text: string, caller: Scope): Key {
  const { scope, name } = readName(text, caller);
  if (scope.region !== caller.region) throw notFound(text, caller);
  const { keys, aliases } = kmsStore(cloud, scope);
  const keyId = name.startsWith('alias/') ? aliases.get(name)?.keyId : name;
  if (name.startsWith('alias/') && keyId === undefined) {
    throw new AwsError('NotFoundException', `Alias arn:aws:kms:${scope.region}:${scope.account}:${name} is not found.`);
  }
  const key = keys.get(keyId ?? '');
  if (key === undefined || isGone(key, cloud.clock())) throw notFound(text, caller);
  return key;
}

/** Throws what a cryptographic operation throws with a key in this state (KMS Developer Guide, "Key states of AWS KMS keys"). */
export function assertUsable(key: Key): void {
  if (key.deletion_ms !== undefined) throw new AwsError('KMSInvalidStateException', `${key.arn} is pending deletion.`);
  if (!key.enabled) throw new AwsError('DisabledException', `${key.arn} is disabled.`);
}

/** Its waiting period is over. */
export function isGone(key: Key, now_ms: number): boolean {
  return key.deletion_ms !== undefined && key.deletion_ms <= now_ms;
}

function notFound(text: string, { account, region }: Scope): AwsError {
  const arn = text.startsWith('arn:') ? text : `arn:aws:kms:${region}:${account}:${text.startsWith('alias/') ? text : `key/${text}`}`;
  return new AwsError('NotFoundException', `Key '${arn}' does not exist`);
}
