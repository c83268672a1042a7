import { expect } from 'vitest';
import { isTooWide, wrongOn } from './accessible.ts';
import { journey, type Walk } from './journey.ts';
import { minutes, post, thisMinute } from './particle.ts';

const device = 'pump-0012';
/** Would do something, if any page took it for more than text. */
const hostile = '{"v":1,<img src=x onerror="document.title=1">';
/** What may be looked at in a journey's time: a page of each kind. */
const pages = ['', 'traces', 'functions', 'logs', 'alarms', 'pipelines', 'tables', 'queues', 'stacks', 'particle', 'usage'];

/** Posts a text that is no document, as Particle does with whatever a device publishes. */
async function postText({ endpoints }: Walk, data: string): Promise<void> {
  const coreid = endpoints.devices.find(({ deviceId }) => deviceId === device)?.particleId ?? '';
  const response = await fetch(endpoints.webhook.url, {
    method: 'POST',
    headers: { [endpoints.webhook.secretHeader]: endpoints.webhook.secret },
    body: new URLSearchParams({ event: 'status', data, published_at: new Date().toISOString(), coreid }),
  });
  expect(await response.json()).toEqual({ quarantined: 'not_json' });
}

const counted = async ({ page }: Walk): Promise<number> => {
  const way = page.locator('[data-edge^="particle function:"]');
  return (await way.count()) === 0 ? 0 : Number((await way.getAttribute('data-total')) ?? 0);
};
let before = 0;

journey('the-developers-console', {
  'The developer opens the console and sees what runs.': async (walk) => {
    const { page, endpoints } = walk;
    await page.goto(`${endpoints.aws}/_local`);
    await page.getByRole('heading', { name: 'System', level: 1 }).waitFor();
    for (const name of ['Devices', 'Particle', 'ReceiveStatus', 'Table', 'DeviceEvents', 'RecordEvent', 'Browsers'])
      await page
        .getByRole('link', { name: new RegExp(`^${name} `) })
        .first()
        .waitFor();
    before = await counted(walk);
  },
  'A device publishes a pack, and then a text that is none.': async (walk) => {
    // A walk on a system that was walked on before sends another pack.
    await post(walk, device, minutes(15, { until: thisMinute(), seq: Math.floor(Date.now() / 1000), solar_w: 2100 }));
    await postText(walk, hostile);
  },
  'The picture counts both on their way from Particle to the function.': async (walk) => {
    await expect.poll(() => counted(walk)).toBeGreaterThanOrEqual(before + 2);
    await walk.show('console-system');
  },
  'On the function’s page the newest invocation says why the text was refused, and shows it as the text that it is.': async (walk) => {
    const { page } = walk;
    await page
      .getByRole('link', { name: /^ReceiveStatus / })
      .first()
      .click();
    await page.getByRole('heading', { name: 'ReceiveStatus' }).waitFor();
    // The pack's is there too; the one with a line in its log is the text's.
    await page.locator('[data-invocation]', { hasText: 'answered' }).nth(1).waitFor();
    const invocation = page.locator('[data-invocation]').filter({ has: page.getByRole('cell', { name: '1', exact: true }) });
    await invocation.first().getByRole('link').first().click();
    await page.getByRole('button', { name: /WARN document quarantined/ }).click();
    await page.getByText('"not_json"').waitFor();
    await page.getByLabel('The event').getByText('x-webhook-secret').waitFor();
    expect(await page.getByLabel('The event').innerText()).toContain('(not shown)');
    expect(await page.locator('main img').count()).toBe(0);
  },
  'Its trace is a waterfall of the function and what it did, with the lines that the function logged.': async (walk) => {
    const { page } = walk;
    await page.getByRole('link', { name: /^1-[0-9a-f]{8}-/ }).click();
    await page.locator('[data-span="function invocation"]').waitFor();
    await page.locator('[data-span="s3 PutObject"] .fall__span').click();
    await page.getByRole('heading', { name: 's3 PutObject' }).waitFor();
    await page.getByText('document quarantined').waitFor();
    await walk.show('console-trace');
  },
  'The pages can be used with a screen reader, on a phone too.': async (walk) => {
    const { page, endpoints } = walk;
    const wrong = await wrongOn(page);
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 844 });
      for (const path of width === 390 ? ['', 'traces'] : pages) {
        await page.goto(`${endpoints.aws}/_local#/${path}`);
        await page.getByText('Loading…').first().waitFor({ state: 'detached' });
        wrong.push(...(await wrongOn(page)));
        expect(await isTooWide(page), path).toBe(false);
      }
    }
    expect(wrong).toEqual([]);
  },
});
