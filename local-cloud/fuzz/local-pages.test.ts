import { afterAll, beforeAll, describe, it } from 'vitest';
import { type FurnishedCloud, startFurnishedCloud } from './furnished-cloud.ts';
import { fuzzService } from './fuzz-service.ts';
import { nearMessage } from './http-message.ts';
import { localPageMessages } from './local-page-messages.ts';

describe('the pages for the developer, whatever they are asked', () => {
  let furnished: FurnishedCloud;
  beforeAll(async () => {
    furnished = await startFurnishedCloud();
  });
  afterAll(() => furnished.stop());

  it('/_local', { timeout: 600_000 }, async () => {
    await fuzzService(furnished, { border: '/_local', inputs: nearMessage(localPageMessages), write: (one) => one });
  });
});
