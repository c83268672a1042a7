import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import type { PolicyDocument } from '../../kernel/policy-document.ts';
import type { Authorization, Scope } from '../../kernel/service.ts';
import { perScope } from '../../kernel/state.ts';
import { type AliasRecord, type FunctionRecord, functionArn, parseFunctionName, type QualifierSettings } from './function-record.ts';
import { FunctionStore } from './function-store.ts';

/** A function, with the version or alias of it that a request names. */
export interface Located {
  readonly store: FunctionStore;
  /** The function itself, its `$LATEST`. */
  readonly record: FunctionRecord;
  /** The ARN as the caller qualified it. */
  readonly arn: string;
  /** An alias, a version's number or `$LATEST`; undefined when the caller named none. */
  readonly qualifier: string | undefined;
  /** Only when the qualifier is an alias. */
  readonly alias: AliasRecord | undefined;
  /** What the qualifier stands for; of an alias its main version. */
  readonly version: FunctionRecord;
}

/** The functions of every account and region, found by what a request calls them. */
export class Functions {
  readonly cloud: Cloud;
  readonly in: (scope: Scope) => FunctionStore;

  constructor(cloud: Cloud) {
    this.cloud = cloud;
    this.in = perScope((scope) => new FunctionStore(cloud, scope));
  }

  /** Throws ResourceNotFoundException when there is none, ValidationException when it is no function's name. */
  locate(functionName: string, context: Scope, qualifier?: string): Located {
    const reference = parseFunctionName(functionName, context, qualifier);
    const arn = qualified(functionArn(reference.scope, reference.name), reference.qualifier);
    const located = this.#isKnown(reference.scope, context) ? this.find(reference.scope, reference.name, reference.qualifier) : undefined;
    if (located === undefined) throw new AwsError('ResourceNotFoundException', `Function not found: ${arn}`, 404, { Type: 'User' });
    return located;
  }

  /** Undefined when there is no such function, or no such version or alias of it. */
  find(scope: Scope, name: string, qualifier: string | undefined): Located | undefined {
    const store = this.in(scope);
    const record = store.find(name);
    if (record === undefined) return undefined;
    const alias = qualifier === undefined ? undefined : store.qualifiers.alias(name, qualifier);
    const number = alias?.functionVersion ?? qualifier;
    const version = numbered(store, record, number);
    return version === undefined ? undefined : { store, record, arn: qualified(record.arn, qualifier), qualifier, alias, version };
  }

  /**
   * What runs this time: an alias with weights chooses anew for each invocation (Lambda Developer Guide, "Implement Lambda canary deployments using a
   * weighted alias").
   */
  chosen({ store, record, alias, version }: Located): FunctionRecord {
    const [other] = Object.entries(alias?.additionalWeights ?? {});
    if (other === undefined || Math.random() >= other[1]) return version;
    return numbered(store, record, other[0]) ?? version;
  }

  /** Keeps what a qualifier has of its own: with the alias, the version or the function itself. */
  keep({ store, record, alias, version }: Located, settings: QualifierSettings): void {
    if (alias !== undefined) store.qualifiers.putAlias({ ...alias, ...settings });
    else if (version.version !== undefined) store.qualifiers.putVersion({ ...version, ...settings });
    else store.put({ ...record, ...settings });
  }

  /**
   * What must be allowed for an action on a function, whether it exists or not; with the policy of just that function, version or alias (Lambda
   * Developer Guide, "Using Lambda aliases in event sources and permissions policies").
   */
  authorization(
    action: string,
    functionName: string,
    context: Scope,
    options: { qualifier?: string | undefined; conditions?: Readonly<Record<string, string>> } = {},
  ): Authorization {
    const { scope, name, qualifier } = parseFunctionName(functionName, context, options.qualifier);
    const located = this.#isKnown(scope, context) ? this.find(scope, name, qualifier) : undefined;
    return {
      action: `lambda:${action}`,
      resource: qualified(functionArn(scope, name), qualifier),
      resourcePolicy: located === undefined ? undefined : resourcePolicyOf(settingsOf(located)),
      ...(options.conditions === undefined ? {} : { conditions: options.conditions }),
    };
  }

  #isKnown(scope: Scope, context: Scope): boolean {
    if (scope.account === context.account && scope.region === context.region) return true;
    // Another account's name alone must not make a folder for it on disk.
    return this.cloud.state.scopesOf('lambda').some(({ account, region }) => account === scope.account && region === scope.region);
  }
}

/** What the qualifier has of its own. */
export function settingsOf({ alias, version }: Located): QualifierSettings {
  return alias ?? version;
}

/** The policy of a function, version or alias, as IAM evaluates it. */
export function resourcePolicyOf({ policy }: QualifierSettings): PolicyDocument | undefined {
  return policy === undefined ? undefined : { Version: '2012-10-17', Id: 'default', Statement: [...policy.statements] };
}

function qualified(arn: string, qualifier: string | undefined): string {
  return qualifier === undefined ? arn : `${arn}:${qualifier}`;
}

/** Concurrency is the function's: a version has no share of its own. */
function numbered(store: FunctionStore, record: FunctionRecord, version: string | undefined): FunctionRecord | undefined {
  if (version === undefined || version === '$LATEST') return record;
  const found = store.qualifiers.version(record.name, version);
  return found === undefined ? undefined : { ...found, reservedConcurrency: record.reservedConcurrency };
}
