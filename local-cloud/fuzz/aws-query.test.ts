import { afterAll, beforeAll, describe, it } from 'vitest';
import { queryBorders } from './aws-borders.ts';
import { queryMessages } from './aws-messages.ts';
import { type FurnishedCloud, startFurnishedCloud } from './furnished-cloud.ts';
import { fuzzService } from './fuzz-service.ts';

describe('the AWS Query protocol, whatever it is sent', () => {
  let furnished: FurnishedCloud;
  beforeAll(async () => {
    furnished = await startFurnishedCloud();
  });
  afterAll(() => furnished.stop());

  it.each(queryBorders)('%s', { timeout: 600_000 }, async (service, isFlat) => {
    await fuzzService(furnished, {
      border: `Query ${service}`,
      shortRuns: 25,
      inputs: queryMessages(furnished, service, { isFlat }),
      write: (message) => message,
    });
  });
});
