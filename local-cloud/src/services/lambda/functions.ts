import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import type { PolicyDocument } from '../../kernel/policy-document.ts';
import type { Authorization, Scope } from '../../kernel/service.ts';
import { perScope } from '../../kernel/state.ts';
import { type FunctionRecord, functionArn, parseFunctionName } from './function-record.ts';
import { FunctionStore } from './function-store.ts';

/** Where a request's function is. */
export interface Located {
  readonly store: FunctionStore;
  readonly record: FunctionRecord;
  /** The ARN as the caller qualified it. */
  readonly arn: string;
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
    const { scope, name } = reference;
    const arn = functionArn(scope, name);
    if (!this.#isKnown(scope, context)) {
      throw new AwsError('ResourceNotFoundException', `Function not found: ${arn}`, 404, { Type: 'User' });
    }
    const store = this.in(scope);
    const record = store.get(name);
    if (reference.qualifier === undefined) return { store, record, arn };
    if (reference.qualifier !== '$LATEST')
      throw new NotCarriedOut(`versions and aliases of a function, such as "${name}:${reference.qualifier}"`);
    return { store, record, arn: `${arn}:$LATEST` };
  }

  /** What must be allowed for an action on a function, whether it exists or not; with its own policy. */
  authorization(
    action: string,
    functionName: string,
    context: Scope,
    options: { qualifier?: string | undefined; conditions?: Readonly<Record<string, string>> } = {},
  ): Authorization {
    const { scope, name, qualifier } = parseFunctionName(functionName, context, options.qualifier);
    const arn = functionArn(scope, name);
    const record = this.#isKnown(scope, context) ? this.in(scope).find(name) : undefined;
    return {
      action: `lambda:${action}`,
      resource: qualifier === undefined ? arn : `${arn}:${qualifier}`,
      resourcePolicy: record === undefined ? undefined : resourcePolicyOf(record),
      ...(options.conditions === undefined ? {} : { conditions: options.conditions }),
    };
  }

  #isKnown(scope: Scope, context: Scope): boolean {
    if (scope.account === context.account && scope.region === context.region) return true;
    // Another account's name alone must not make a folder for it on disk.
    return this.cloud.state.scopesOf('lambda').some(({ account, region }) => account === scope.account && region === scope.region);
  }
}

/** The function's own policy, as IAM evaluates it. */
export function resourcePolicyOf(record: FunctionRecord): PolicyDocument | undefined {
  return record.policy === undefined ? undefined : { Version: '2012-10-17', Id: 'default', Statement: [...record.policy.statements] };
}
