import { afterAll, beforeAll, describe, it } from 'vitest';
import { type FurnishedCloud, startFurnishedCloud } from './furnished-cloud.ts';
import { fuzzService } from './fuzz-service.ts';
import { openPathMessages } from './open-path-messages.ts';

describe('what is answered without credentials of AWS, whatever it is asked', () => {
  let furnished: FurnishedCloud;
  beforeAll(async () => {
    furnished = await startFurnishedCloud();
  });
  afterAll(() => furnished.stop());

  it('open paths', { timeout: 600_000 }, async () => {
    await fuzzService(furnished, {
      border: 'open paths',
      inputs: openPathMessages(furnished.furniture),
      write: (message) => message,
    });
  });
});
