import { expect } from 'vitest';
import { journey } from './journey.ts';
import { minutes, post, thisMinute } from './particle.ts';
import { signIn } from './sign-in.ts';

const device = 'pump-0019';

journey('a-silent-device-looks-silent', {
  'The newest that a device has sent is hours old.': async (walk) => {
    for (let pack = 0; pack < 8; pack += 1) {
      const until = thisMinute() - 3 * 3600 - (8 - pack) * 900;
      await post(walk, device, minutes(15, { until, seq: pack * 15, solar_w: 2300 + pack * 60 }));
    }
  },
  'The partner signs in: in the fleet the device is silent.': async (walk) => {
    const { page, endpoints } = walk;
    await signIn(page, endpoints.dashboard, walk.user('partner'));
    await page.getByRole('searchbox').fill('pivot 2 booster');
    const row = page.locator(`[data-device=${device}]`);
    // Until the search is done rows move, and a click may miss.
    await expect.poll(() => page.locator('[data-device]').count()).toBe(1);
    await expect.poll(() => row.getAttribute('data-state')).toBe('silent');
    await row.getByText('Silent').waitFor();
  },
  "The device's page shows what was last known as last known, and since when.": async (walk) => {
    const { page } = walk;
    await page.getByRole('link', { name: 'Pivot 2 booster' }).click();
    await page.getByRole('heading', { name: 'Last known readings' }).waitFor();
    await page.getByText(/3 h/).first().waitFor();
    expect(await page.getByRole('heading', { name: 'Latest readings' }).count()).toBe(0);
    await walk.show('device-silent');
  },
});
