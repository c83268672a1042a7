import { AwsError, NotCarriedOut } from '../../../kernel/aws-error.ts';
import type { Cloud } from '../../../kernel/cloud.ts';
import type { Scope } from '../../../kernel/service.ts';
import { assumeRole, type RoleCredentials } from '../../iam/role-sessions.ts';
import { apiArn, type DataSource } from '../api-store.ts';
import type { RequestContext } from '../execution/field-resolver.ts';
import { ResolverError } from '../execution/graphql-errors.ts';

/** Credentials of a data source's role are kept for half of this, an hour being what a role allows at least. */
const LIFETIME_S = 3600;
/** AppSync endpoints and quotas: "Evaluated resolver template size". */
const MAX_RESULT_BYTES = 5 * 1024 * 1024;

/** What a function answered. */
export type LambdaAnswer = { readonly result: unknown } | { readonly error: { readonly type: string; readonly message: string } };

interface InvokeAnswer {
  readonly FunctionError?: string;
  readonly Payload?: Uint8Array;
}

/** A data source of type AWS_LAMBDA: its function, invoked with its service role. */
export class LambdaSource {
  readonly #cloud: Cloud;
  readonly #scope: Scope;
  readonly #source: DataSource;
  #credentials: RoleCredentials | undefined;

  constructor(cloud: Cloud, scope: Scope, source: DataSource) {
    this.#cloud = cloud;
    this.#scope = scope;
    this.#source = source;
  }

  /** Rejects with ResolverError when the function could not be invoked; its own failure is an answer. */
  async invoke(payload: unknown, invocationType: 'RequestResponse' | 'Event', request: RequestContext): Promise<LambdaAnswer> {
    const { account, region } = this.#scope;
    let answer: InvokeAnswer;
    try {
      answer = await this.#cloud.call<InvokeAnswer>(
        'lambda',
        'Invoke',
        { FunctionName: this.#source.lambdaFunctionArn, InvocationType: invocationType, Payload: JSON.stringify(payload ?? null) },
        { principal: this.#role().principal, account, region, traceHeader: request.traceHeader },
      );
    } catch (error) {
      if (!(error instanceof AwsError) || error instanceof NotCarriedOut) throw error;
      throw new ResolverError(`Lambda:${error.code}`, error.message);
    }
    if (invocationType === 'Event') return { result: null };
    const { Payload = new Uint8Array() } = answer;
    if (Payload.length > MAX_RESULT_BYTES)
      throw new ResolverError('Lambda:ResponseTooLarge', `The function's answer has more than ${MAX_RESULT_BYTES} bytes.`);
    const value = JSON.parse(Buffer.from(Payload.buffer, Payload.byteOffset, Payload.length).toString('utf8') || 'null') as unknown;
    return answer.FunctionError === undefined ? { result: value } : { error: failureOf(value) };
  }

  /** AppSync takes the role for the API, of which the role's trust policy may say more. */
  #role(): RoleCredentials {
    const known = this.#credentials;
    if (known !== undefined && known.expiration.getTime() - this.#cloud.clock() > (LIFETIME_S / 2) * 1000) return known;
    const { serviceRoleArn, name, apiId } = this.#source;
    if (serviceRoleArn === undefined) throw new AwsError('AccessDeniedException', `The data source ${name} has no service role.`, 403);
    this.#credentials = assumeRole(this.#cloud, {
      roleArn: serviceRoleArn,
      sessionName: 'APPSYNC_ASSUME_ROLE',
      servicePrincipal: 'appsync.amazonaws.com',
      sourceArn: apiArn(this.#scope, apiId),
      durationSeconds: LIFETIME_S,
    });
    return this.#credentials;
  }
}

/**
 * An exception's own name and message, where the function gave it one (AWS AppSync Developer Guide, "Custom error handling in Direct Lambda
 * Resolver responses"); what the runtime itself tells, and a plain Error, is Lambda:Unhandled.
 */
function failureOf(payload: unknown): { type: string; message: string } {
  const { errorType, errorMessage } = (typeof payload === 'object' && payload !== null ? payload : {}) as {
    errorType?: unknown;
    errorMessage?: unknown;
  };
  const message = typeof errorMessage === 'string' ? errorMessage : 'Unknown Error';
  if (errorType === 'UnauthorizedException') return { type: errorType, message: 'You are not authorized to make this call.' };
  const isOwn =
    typeof errorType === 'string' && errorType !== '' && errorType !== 'Error' && !/^(Runtime|Sandbox|Function)\./.test(errorType);
  return { type: isOwn ? errorType : 'Lambda:Unhandled', message };
}
