import { afterEach, expect, it, vi } from 'vitest';
import { handler as askDevice } from './asks/ask-device.lambda.ts';
import { handler as registerDevice } from './devices/register-device.lambda.ts';
import { handler as recordEvent } from './events/record-event.lambda.ts';
import { handler as receiveStatus } from './telemetry/receive-status.lambda.ts';

afterEach(() => vi.unstubAllEnvs());

const request = { requestContext: { http: { method: 'GET' } } };

it('can be imported without an environment, and name what is missing when first called', async () => {
  vi.stubEnv('TABLE_NAME', undefined);
  await expect(receiveStatus(request)).rejects.toThrow('TABLE_NAME is missing');
  await expect(registerDevice({})).rejects.toThrow('TABLE_NAME is missing');
  await expect(recordEvent({ Records: [] })).rejects.toThrow('TABLE_NAME is missing');
  await expect(askDevice({ Records: [] })).rejects.toThrow('TABLE_NAME is missing');
});

it('work with the environment that the stack gives', async () => {
  vi.stubEnv('AWS_REGION', 'us-east-2');
  vi.stubEnv('TABLE_NAME', 'table');
  vi.stubEnv('DEVICE_EVENTS_TOPIC_ARN', 'arn:aws:sns:us-east-2:123456789012:device-events');
  vi.stubEnv('ARCHIVE_BUCKET_NAME', 'archive');
  vi.stubEnv('QUARANTINE_BUCKET_NAME', 'quarantine');
  vi.stubEnv('WEBHOOK_SECRET_PARAMETER_NAME', '/enstratus/ingest/webhook-secret');
  vi.stubEnv('DEVICE_LOG_GROUP_PREFIX', '/enstratus/devices/');
  vi.stubEnv('DEVICE_LOG_CLASS', 'STANDARD');
  vi.stubEnv('GRAPHQL_URL', 'https://abc.appsync-api.us-east-2.amazonaws.com/graphql');
  vi.stubEnv('WEBHOOK_URL', 'https://abc.lambda-url.us-east-2.on.aws/');
  vi.stubEnv('DEVICE_ASKS_QUEUE_URL', 'https://sqs.us-east-2.amazonaws.com/123456789012/asks');
  vi.stubEnv('PARTICLE_API_URL_PARAMETER_NAME', '/enstratus/particle/api-url');
  vi.stubEnv('PARTICLE_PRODUCT_PARAMETER_NAME', '/enstratus/particle/product');
  vi.stubEnv('PARTICLE_ACCESS_TOKEN_PARAMETER_NAME', '/enstratus/particle/access-token');
  expect(await receiveStatus(request)).toMatchObject({ statusCode: 405 });
  expect(await recordEvent({ Records: [] })).toEqual({ batchItemFailures: [] });
  expect(await askDevice({ Records: [] })).toEqual({ batchItemFailures: [] });
  await expect(registerDevice({})).rejects.toThrow('particle_id');
});
