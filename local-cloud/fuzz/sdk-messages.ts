import * as AppSync from '@aws-sdk/client-appsync';
import * as CloudFront from '@aws-sdk/client-cloudfront';
import * as CodeArtifact from '@aws-sdk/client-codeartifact';
import * as Lambda from '@aws-sdk/client-lambda';
import * as S3 from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { z } from 'zod';
import { credential } from './aws-messages.ts';
import type { FurnishedCloud } from './furnished-cloud.ts';
import { bytesAsText, type Change, changedMessage, type HttpMessage, messageChanges } from './http-message.ts';
import { knownTo } from './known-names.ts';
import { nearMiss } from './odd-values.ts';
import { inputsOf } from './schema-arbitrary.ts';

/** An operation's input, and what is changed in the request that its SDK makes of it. */
export interface SdkCall {
  readonly operation: string;
  readonly input: unknown;
  readonly changes: readonly Change[];
}

const sdks = {
  s3: { commands: S3, client: S3.S3Client },
  lambda: { commands: Lambda, client: Lambda.LambdaClient },
  appsync: { commands: AppSync, client: AppSync.AppSyncClient },
  cloudfront: { commands: CloudFront, client: CloudFront.CloudFrontClient },
  codeartifact: { commands: CodeArtifact, client: CodeArtifact.CodeartifactClient },
} as const;
export type RestService = keyof typeof sdks;

/** Calls of a REST service's operations, valid ones and ones near them. */
export function sdkCalls({ cloud, furniture }: FurnishedCloud, service: RestService): fc.Arbitrary<SdkCall> {
  const known = knownTo(service, furniture, cloud.endpoint);
  const operations = Object.entries(cloud.service(service)?.operations ?? {});
  return fc
    .constantFrom(
      ...operations.map(([operation, { input }]) =>
        fc.record({ operation: fc.constant(operation), input: nearMiss(inputsOf(input, known)), changes: messageChanges }),
      ),
    )
    .chain((calls) => calls);
}

/** What an SDK's client hands to its connection. */
const sdkRequest = z.object({
  method: z.string(),
  path: z.string(),
  query: z.record(z.string(), z.union([z.string(), z.array(z.string()), z.null()])).optional(),
  headers: z.record(z.string(), z.string()),
  body: z
    .union([z.string(), z.instanceof(Uint8Array)])
    .optional()
    .catch(undefined),
});

/** Thrown in place of sending. */
class Written extends Error {
  readonly message_: HttpMessage;
  constructor(message: HttpMessage) {
    super('written');
    this.message_ = message;
  }
}

const ignore = () => undefined;

interface SdkClient {
  send(command: object): Promise<unknown>;
}

/**
 * Writes requests as a service's SDK does, so that method, path, query and XML or JSON stand as AWS has them. What the SDK does not write (a member of another
 * type, a label that is missing) goes to the service as JSON to an address near its own.
 */
export function sdkWriter(endpoint: string, service: RestService): (call: SdkCall) => Promise<HttpMessage> {
  const { commands, client: Client } = sdks[service];
  const client = new (Client as unknown as new (options: object) => SdkClient)({
    endpoint,
    region: 'us-east-2',
    credentials: { accessKeyId: '111122223333', secretAccessKey: 'any' },
    maxAttempts: 1,
    logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    requestHandler: {
      handle: (request: unknown) => {
        throw new Written(messageOf(sdkRequest.parse(request)));
      },
    },
  });
  return async ({ operation, input, changes }) => {
    const Command = (commands as Readonly<Record<string, unknown>>)[`${operation}Command`] as new (input: unknown) => object;
    try {
      await client.send(new Command(input));
    } catch (error) {
      if (error instanceof Written) return changedMessage(error.message_, changes);
    }
    const path = `/${service === 's3' ? 'fuzz' : '2015-03-31/functions'}/${encodeURIComponent(operation)}`;
    return changedMessage(
      { method: 'POST', path, headers: { authorization: credential(service) }, body: bytesAsText(JSON.stringify(input) ?? '') },
      changes,
    );
  };
}

function messageOf({ method, path, query = {}, headers, body = '' }: z.output<typeof sdkRequest>): HttpMessage {
  const parameters = Object.entries(query).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) =>
      one === null ? encodeURIComponent(name) : `${encodeURIComponent(name)}=${encodeURIComponent(one.toWellFormed())}`,
    ),
  );
  // The hash of a body that is changed afterwards would only say so.
  const {
    'x-amz-content-sha256': _,
    'content-length': __,
    'user-agent': ___,
    'x-amz-user-agent': ____,
    'amz-sdk-invocation-id': _____,
    ...kept
  } = headers;
  return { method, path: parameters.length === 0 ? path : `${path}?${parameters.join('&')}`, headers: kept, body: bytesAsText(body) };
}
