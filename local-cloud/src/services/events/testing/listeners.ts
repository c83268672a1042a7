import { z } from 'zod';
import { AwsError } from '../../../kernel/aws-error.ts';
import type { Cloud } from '../../../kernel/cloud.ts';
import { operation, type Service } from '../../../kernel/service.ts';

/** For tests: stands for CodePipeline and CodeBuild, writes down how it was started, and is out of order when told so. */
export class Listeners {
  readonly started: { readonly input: unknown; readonly principal: string; readonly traceHeader: string | undefined }[] = [];
  /** How many of the next starts fail as an overloaded service does. */
  outOfOrder = 0;

  readonly createCodePipeline = (_: Cloud): Service => this.#service('codepipeline', 'StartPipelineExecution', 'name', '');
  readonly createCodeBuild = (_: Cloud): Service => this.#service('codebuild', 'StartBuild', 'projectName', 'project/');

  #service(name: string, operationName: string, member: string, prefix: string): Service {
    return {
      name,
      protocol: { kind: 'query', namespace: 'none' },
      operations: {
        [operationName]: operation({
          input: z.looseObject({ [member]: z.string() }),
          authorize: (input, { account, region }) => [
            { action: `${name}:${operationName}`, resource: `arn:aws:${name}:${region}:${account}:${prefix}${String(input[member])}` },
          ],
          run: (input, { principal, traceHeader }) => {
            if (this.outOfOrder > 0) {
              this.outOfOrder -= 1;
              throw new AwsError('ServiceUnavailable', 'out of order', 503);
            }
            this.started.push({ input, principal: principal.arn, traceHeader });
            return {};
          },
        }),
      },
    };
  }
}
