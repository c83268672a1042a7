/** An error as an AWS service answers it: a code, an HTTP status and a message. */
export class AwsError extends Error {
  readonly code: string;
  readonly httpStatus: number;
  /** Further members of the error shape, such as `CancellationReasons`. */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, httpStatus = 400, members: Record<string, unknown> = {}) {
    super(message);
    this.name = code;
    this.code = code;
    this.httpStatus = httpStatus;
    this.members = members;
  }
}

/**
 * What AWS does and this local cloud doesn't: answered with HTTP 501 and the name of the missing piece, so that a
 * caller never takes silence for success.
 */
export class NotCarriedOut extends AwsError {
  constructor(what: string) {
    super('NotCarriedOut', `The local cloud does not carry out ${what}. See local-cloud/LIMITS.md.`, 501);
  }
}

/** IAM's refusal, in the words that AWS uses (IAM User Guide, "Troubleshoot access denied error messages"). */
export class AccessDenied extends AwsError {
  constructor(principalArn: string, action: string, resource: string, why: string) {
    super(
      'AccessDeniedException',
      `User: ${principalArn} is not authorized to perform: ${action} on resource: ${resource} because ${why}`,
      403,
    );
  }
}
