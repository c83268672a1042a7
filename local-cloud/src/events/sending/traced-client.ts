import { LambdaClient } from '@aws-sdk/client-lambda';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type AwsEndpoint, clientOptions } from '../../tools/running-system.ts';

interface TracedRequest {
  readonly request: { readonly headers: Record<string, string> };
}

/** What of an SDK client's middleware stack is used here ("Modular AWS SDK for JavaScript", middleware stack). */
interface Stack {
  add(
    middleware: (next: (args: TracedRequest) => Promise<unknown>) => (args: TracedRequest) => Promise<unknown>,
    options: { readonly step: 'build'; readonly name: string },
  ): void;
}

/** Clients of the running system whose requests belong to a trace (X-Ray Developer Guide, "Tracing header"). */
export function tracedClients(endpoint: AwsEndpoint, traceHeader: string) {
  const traced = <Client extends { readonly middlewareStack: unknown }>(client: Client): Client => {
    (client.middlewareStack as Stack).add(
      (next) => (args) => {
        args.request.headers['x-amzn-trace-id'] = traceHeader;
        return next(args);
      },
      { step: 'build', name: 'ownTrace' },
    );
    return client;
  };
  // One attempt: what failed is to be seen, and an event is not to be sent twice.
  const options = { ...clientOptions(endpoint), maxAttempts: 1 };
  return { lambda: traced(new LambdaClient(options)), sns: traced(new SNSClient(options)), sqs: traced(new SQSClient(options)) };
}
