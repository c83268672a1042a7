import { randomUUID } from 'node:crypto';
import { AwsError } from '../../kernel/aws-error.ts';

/** A resource that couldn't be made, changed or deleted, in words for its stack event. */
export class ResourceFailure extends Error {
  /** What exists all the same and is deleted in the rollback. */
  readonly physicalId: string | undefined;

  constructor(message: string, physicalId?: string) {
    super(message);
    this.name = 'ResourceFailure';
    this.physicalId = physicalId;
  }
}

/** The process stops: nothing more is written, the next start finishes the operation. */
export class Interrupted extends Error {
  constructor() {
    super('The local cloud is stopping');
    this.name = 'Interrupted';
  }
}

const HANDLER_ERROR_CODES: readonly [RegExp, string][] = [
  [/AccessDenied|UnauthorizedOperation|NotAuthorized/, 'AccessDenied'],
  [/AlreadyExist|AlreadyOwned|ResourceConflict|ResourceInUse|EntityAlreadyExists|QueueNameExists/, 'AlreadyExists'],
  [/NotFound|NoSuch|NonExistent/, 'NotFound'],
  [/Validation|Invalid|Malformed|BadRequest/, 'InvalidRequest'],
  [/Throttl|TooManyRequests/, 'Throttling'],
  [/LimitExceeded/, 'ServiceLimitExceeded'],
];

/** CloudFormation's own name for the kind of failure (CloudFormation CLI User Guide, "Handler error codes"). */
export function handlerErrorCode(error: unknown): string {
  const code = error instanceof AwsError ? error.code : '';
  return HANDLER_ERROR_CODES.find(([pattern]) => pattern.test(code))?.[1] ?? 'GeneralServiceException';
}

/** The reason that a stack event gives for a failure, in the form that CloudFormation has. */
export function reasonOf(error: unknown): string {
  if (error instanceof ResourceFailure) return error.message;
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof AwsError ? ` ${error.code}:` : '';
  return `Resource handler returned message: "${`${code} ${message}`.trim()}" (RequestToken: ${randomUUID()}, HandlerErrorCode: ${handlerErrorCode(error)})`;
}
