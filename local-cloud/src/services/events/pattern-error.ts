import { AwsError } from '../../kernel/aws-error.ts';

/** The refusal of a pattern, as PutRule and TestEventPattern word it. */
export function invalid(reason: string): AwsError {
  return new AwsError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${reason}`);
}
