import { afterAll, beforeAll, describe, it } from 'vitest';
import { queryMessages } from './aws-messages.ts';
import { type FurnishedCloud, startFurnishedCloud } from './furnished-cloud.ts';
import { fuzzService } from './fuzz-service.ts';

describe('the AWS Query protocol, whatever it is sent', () => {
  let furnished: FurnishedCloud;
  beforeAll(async () => {
    furnished = await startFurnishedCloud();
  });
  afterAll(() => furnished.stop());

  it.each([
    ['iam', false],
    ['sts', false],
    ['cloudformation', false],
    ['sns', false],
    ['sqs', true],
    ['monitoring', false],
  ] as const)('%s', { timeout: 600_000 }, async (service, isFlat) => {
    await fuzzService(furnished, {
      border: `Query ${service}`,
      shortRuns: 25,
      inputs: queryMessages(furnished, service, { isFlat }),
      write: (message) => message,
    });
  });
});
