import { AwsError } from '../../kernel/aws-error.ts';

/** The refusals of CloudFront, with the codes and statuses of the Amazon CloudFront API Reference. */

export function invalidArgument(message: string): AwsError {
  return new AwsError('InvalidArgument', message, 400);
}

/** `code` is the noun's own, such as NoSuchDistribution. */
export function noSuch(code: string, what: string): AwsError {
  return new AwsError(code, `The specified ${what} does not exist.`, 404);
}

/** `code` is the noun's own, such as FunctionInUse. */
export function inUse(code: string, what: string, user: string): AwsError {
  return new AwsError(code, `The ${what} is used by ${user}.`, 409);
}

/** `code` is the noun's own, such as FunctionAlreadyExists. */
export function alreadyExists(code: string, what: string): AwsError {
  return new AwsError(code, `There is a ${what} already.`, 409);
}

/** Refuses a change or a deletion that wasn't made of the latest state: every resource has an ETag for that. */
export function checkIfMatch(given: string | undefined, etag: string): void {
  if (given === undefined)
    throw new AwsError('InvalidIfMatchVersion', 'The If-Match version is missing or not valid for the resource.', 400);
  if (given !== etag)
    throw new AwsError('PreconditionFailed', 'The precondition in one or more of the request fields evaluated to false.', 412);
}
