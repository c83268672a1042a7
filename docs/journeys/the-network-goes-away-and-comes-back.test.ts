import { expect } from 'vitest';
import { journey } from './journey.ts';
import { minutes, post, thisMinute } from './particle.ts';
import { signIn } from './sign-in.ts';

const device = 'pump-0008';

journey(
  'the-network-goes-away-and-comes-back',
  {
    "The dealer signs in and opens a pump's page.": async (walk) => {
      const { page, endpoints } = walk;
      for (let pack = 0; pack < 4; pack += 1)
        await post(walk, device, minutes(15, { until: thisMinute() - (4 - pack) * 900 - 60, seq: pack * 15, solar_w: 2100 + pack * 150 }));
      await signIn(page, endpoints.dashboard, walk.user('dealer'));
      await page.getByRole('link', { name: 'Upper pasture trough' }).click();
      await page.getByText(/^(Listening|Live)$/).waitFor();
      await page.getByText(/Reported: 1 h of 24 h/).waitFor();
    },
    'The network goes away: the page says that it is offline, and keeps what it knows with its age.': async (walk) => {
      const { page, context } = walk;
      await context.setOffline(true);
      await page.getByText('No network.').waitFor();
      await page.getByText('Offline', { exact: true }).waitFor();
      await expect.poll(() => page.locator('[data-reading=solar_w]').innerText()).toMatch(/2\.69/);
      await walk.show('device-offline');
    },
    "Meanwhile the device publishes a pack that the page can't hear of.": async (walk) => {
      await post(walk, device, minutes(15, { until: thisMinute(), seq: 60, solar_w: 3210 - 140 }));
      expect(await walk.page.locator('[data-reading=solar_w]').innerText()).toMatch(/2\.69/);
    },
    'The network comes back: the page catches up by itself and shows what came meanwhile.': async ({ page, context }) => {
      await context.setOffline(false);
      await page.locator('[data-reading=solar_w]').getByText('3.21').waitFor({ timeout: 20_000 });
      await page.getByText(/Reported: 1 h 15 min of 24 h/).waitFor();
      await page.getByText(/^(Listening|Live)$/).waitFor();
      expect(await page.getByText('No network.').count()).toBe(0);
    },
  },
  { expectedErrors: /ERR_INTERNET_DISCONNECTED/ },
);
