import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { jsonBorders } from './aws-borders.ts';
import { jsonMessages } from './aws-messages.ts';
import { isLong } from './campaign.ts';
import { type FurnishedCloud, startFurnishedCloud } from './furnished-cloud.ts';
import { fuzzService } from './fuzz-service.ts';
import { jsonCall, readBack } from './read-back.ts';

describe('the AWS JSON protocols, whatever they are sent', () => {
  let furnished: FurnishedCloud;
  beforeAll(async () => {
    furnished = await startFurnishedCloud();
  });
  afterAll(() => furnished.stop());

  it.each(jsonBorders)('%s', { timeout: 600_000 }, async (service, target, version) => {
    await fuzzService(furnished, {
      border: `JSON ${service}`,
      // What was here before shares the time of `npm test`.
      shortRuns: service === 'codebuild' || service === 'codedeploy' ? 300 : 25,
      inputs: jsonMessages(furnished, service, target, version),
      write: (message) => message,
      confirm: readBack(furnished, service, jsonCall(service, target)),
    });
    if (service === 'codebuild') await buildsHaveEnded(furnished);
  });
});

interface Builds {
  readonly builds: readonly { readonly id: string; readonly buildStatus: string; readonly buildComplete: boolean }[];
}

/** Whatever the latest builds were told to do, they end, and not because something failed inside. */
async function buildsHaveEnded({ cloud, caller, console }: FurnishedCloud): Promise<void> {
  const { ids } = await cloud.call<{ ids: string[] }>('codebuild', 'ListBuilds', {}, caller);
  // Few inputs name a project that is there and start a build of it: with some hundred there may be none.
  if (isLong) expect(ids.length).toBeGreaterThan(0);
  if (ids.length === 0) return;
  await vi.waitFor(
    async () => {
      const { builds } = await cloud.call<Builds>('codebuild', 'BatchGetBuilds', { ids }, caller);
      expect(builds.filter(({ buildComplete }) => !buildComplete)).toEqual([]);
      expect(builds.filter(({ buildStatus }) => buildStatus === 'FAULT')).toEqual([]);
    },
    { timeout: 120_000, interval: 100 },
  );
  console.check();
}
