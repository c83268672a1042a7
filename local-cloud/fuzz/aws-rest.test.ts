import { afterAll, beforeAll, describe, it } from 'vitest';
import { sdkBorders } from './aws-borders.ts';
import { type FurnishedCloud, startFurnishedCloud } from './furnished-cloud.ts';
import { fuzzService } from './fuzz-service.ts';
import { sdkCalls, sdkWriter } from './sdk-messages.ts';

describe('the AWS REST protocols, whatever they are sent', () => {
  let furnished: FurnishedCloud;
  beforeAll(async () => {
    furnished = await startFurnishedCloud();
  });
  afterAll(() => furnished.stop());

  it.each(sdkBorders)('%s', { timeout: 600_000 }, async (service) => {
    await fuzzService(furnished, {
      border: `REST ${service}`,
      shortRuns: 30,
      inputs: sdkCalls(furnished, service),
      write: sdkWriter(furnished.cloud.endpoint, service),
    });
  });
});
