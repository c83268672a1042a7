import { AwsError } from '../../../kernel/aws-error.ts';
import type { Span } from './syntax.ts';

/** The query cannot be understood or isn't allowed, with the characters that are to blame ("MalformedQueryException"). */
export class MalformedQuery extends AwsError {
  constructor(message: string, span: Span) {
    super('MalformedQueryException', message, 400, {
      queryCompileError: { location: { startCharOffset: span.start, endCharOffset: span.end }, message },
    });
  }
}
