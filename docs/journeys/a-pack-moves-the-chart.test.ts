import { expect, vi } from 'vitest';
import { journey } from './journey.ts';
import { minutes, post, thisMinute } from './particle.ts';
import { signIn } from './sign-in.ts';

const device = 'pump-0009';
/** Told nowhere else on the page. */
const solar_w = 4321;
let posted_at = 0;

journey('a-pack-moves-the-chart', {
  'The operator signs in, finds the device by its name and opens it.': async (walk) => {
    const { page, endpoints } = walk;
    for (let pack = 0; pack < 8; pack += 1)
      await post(walk, device, minutes(15, { until: thisMinute() - (8 - pack) * 900 - 60, seq: pack * 15, solar_w: 1500 + pack * 220 }));
    await signIn(page, endpoints.dashboard, walk.user('admin'));
    await page.getByRole('searchbox').fill('cherry block drip');
    await expect.poll(() => page.locator('[data-device]').count()).toBe(1);
    // The row is drawn anew when a device reports: a click that falls between press and release of it is made again, as anybody would.
    const opened = page.getByRole('heading', { name: 'Cherry block drip', level: 1 });
    await vi.waitFor(
      async () => {
        await page.getByRole('link', { name: 'Cherry block drip' }).click({ timeout: 5_000 });
        await opened.waitFor({ timeout: 5_000 });
      },
      { timeout: 30_000, interval: 100 },
    );
  },
  'The page says that it follows the device live.': async ({ page }) => {
    await page.getByText(/^(Listening|Live)$/).waitFor();
    // The chart's minutes are counted before the pack comes.
    await page.getByText(/Reported: 2 h of 24 h/).waitFor();
  },
  'The device publishes a pack, and Particle posts it to the webhook.': async (walk) => {
    const documents = minutes(15, { until: thisMinute(), seq: 120, solar_w: solar_w - 140 });
    posted_at = performance.now();
    await post(walk, device, documents);
  },
  'Within two seconds the newest solar power stands on the page and the chart has grown to it.': async (walk) => {
    const { page } = walk;
    await Promise.all([
      page.locator('[data-reading=solar_w]').getByText('4.32').waitFor({ timeout: 2000 }),
      page.getByText(/Reported: 2 h 15 min of 24 h/).waitFor({ timeout: 2000 }),
    ]);
    const took_ms = performance.now() - posted_at;
    console.log(`from the post to the page: ${took_ms.toFixed(0)} ms`);
    expect(took_ms).toBeLessThan(2000);
    await walk.show('device-live');
  },
});
