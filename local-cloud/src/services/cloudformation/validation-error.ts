import { AwsError } from '../../kernel/aws-error.ts';

/** What CloudFormation answers to a wrong request or template: HTTP 400, code ValidationError. */
export function validationError(message: string): AwsError {
  return new AwsError('ValidationError', message);
}
