import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Dashboard, narrow } from '../testing/browser.ts';
import type { FakeDevice, FakeSample } from '../testing/fake-fleet.ts';

let dashboard: Dashboard;
beforeAll(async () => {
  dashboard = await Dashboard.start(60);
});
afterAll(() => dashboard?.stop());
afterEach(() => dashboard.expectNoComplaints(/ERR_INTERNET_DISCONNECTED|WebSocket connection/));

const reading = (page: Page, name: string) => page.locator(`[data-reading=${name}]`);
const live = (page: Page, words: string) => page.locator('.live').getByText(words, { exact: true });

/** A sample that is taken now. */
function sampleNow(device: FakeDevice, changed: Partial<FakeSample>): FakeSample {
  if (device.latest === null) throw new Error(`${device.device_id} has never reported`);
  const now = dashboard.backend.api.now();
  return { ...device.latest, seq: now, time: new Date(now).toISOString(), ...changed };
}

async function openDevice(kind: string, options: Parameters<Dashboard['openSignedIn']>[1] = {}) {
  const device = dashboard.backend.api.find(kind);
  const page = await dashboard.openSignedIn(`/devices/${device.device_id}`, options);
  await page.getByRole('heading', { name: device.name, level: 1 }).waitFor();
  return { device, page };
}

it('shows each reading with its unit and the time when it was taken', async () => {
  const { page, device } = await openDevice('mixed');
  const shown = await page
    .locator('.figure')
    .evaluateAll((figures) => figures.map((figure) => (figure as HTMLElement).innerText.replaceAll(/\s+/g, ' ')));
  expect(shown).toHaveLength(9);
  const taken = new Intl.DateTimeFormat('en-GB', { timeZone: device.time_zone, timeStyle: 'medium' }).format(
    Date.parse(device.latest?.time ?? ''),
  );
  for (const figure of shown) expect(figure).toMatch(new RegExp(`\\d.* ${taken}$`));
  expect(shown.map((figure) => /(kW|W|A|Hz|V|°C|%|no fault) \d\d:/.exec(figure)?.[1])).not.toContain(undefined);
  expect(await page.title()).toBe(`${device.name} · ENStratus`);
  await page.context().close();
});

it('grows with each sample, and is live then', async () => {
  const { page, device } = await openDevice('solar');
  await live(page, 'Listening').waitFor();
  await page.locator('.uplot').waitFor();
  const before = await page.locator('.power-section__sum').innerText();
  const at = performance.now();
  dashboard.backend.api.receive(device.device_id, [sampleNow(device, { solar_w: 4321 })]);
  await reading(page, 'solar_w').getByText('4.32').waitFor();
  console.log(`from the sample to the page: ${(performance.now() - at).toFixed(0)} ms`);
  await expect.poll(() => page.locator('.power-section__sum').innerText()).not.toBe(before);
  expect(await page.locator('.chart__value--solar').innerText()).toContain('4.32 kW');
  expect(await page.locator('.live').getAttribute('data-kind')).toBe('live');
  await page.context().close();
});

it('keeps the lease of what somebody looks at, and says when today’s allowance of live samples is used up', async () => {
  dashboard.backend.api.liveAllowance_s = 0;
  dashboard.backend.api.leases.length = 0;
  const { page, device } = await openDevice('grid');
  await live(page, 'Updates with each pack').waitFor();
  expect(await page.locator('.live').getAttribute('title')).toContain('allowance');
  expect(dashboard.backend.api.leases).toEqual([device.device_id]);
  dashboard.backend.api.liveAllowance_s = 14_400;
  await page.context().close();
});

describe('a silent device', () => {
  it('is shown as silent, with what was known last as that', async () => {
    const { page } = await openDevice('silent');
    await page.getByText('Silent', { exact: true }).waitFor();
    await page.getByRole('heading', { name: 'Last known readings' }).waitFor();
    await page.getByText(/Nothing has come from this device for \d+ h/).waitFor();
    await page.getByText(/No data since/).waitFor();
    expect(await page.getByRole('heading', { name: 'Latest readings' }).count()).toBe(0);
    await page.context().close();
  });

  it('is heard again on the open page', async () => {
    const { page, device } = await openDevice('silent');
    await live(page, 'Waiting to hear from it').waitFor();
    dashboard.backend.api.receive(device.device_id, [sampleNow(device, { solar_w: 1230 })]);
    await page.getByRole('heading', { name: 'Latest readings' }).waitFor();
    await reading(page, 'solar_w').getByText('1.23').waitFor();
    await live(page, 'Live').waitFor();
    await page.context().close();
  });

  it('becomes it while one looks on', async () => {
    const { api } = dashboard.backend;
    const { page } = await openDevice('solar');
    await page.getByRole('heading', { name: 'Latest readings' }).waitFor();
    await page.clock.install();
    api.skew_ms += 40 * 60_000;
    await page.clock.fastForward(40 * 60_000);
    await page.getByRole('heading', { name: 'Last known readings' }).waitFor();
    api.skew_ms = 0;
    await page.context().close();
  });
});

it('says of a device that has never reported that it has not', async () => {
  const { page } = await openDevice('never');
  await page.getByText('Has not reported yet.').waitFor();
  expect(await page.locator('.figure').count()).toBe(0);
  await page.context().close();
});

it('says that there is no such device', async () => {
  const page = await dashboard.openSignedIn('/devices/pump-of-others');
  await page.getByRole('heading', { name: 'There is no device pump-of-others' }).waitFor();
  await page.getByRole('link', { name: 'To the fleet', exact: true }).click();
  await page.getByRole('heading', { name: 'Fleet' }).waitFor();
  await page.context().close();
});

describe('a connection that is lost', () => {
  it('is said to be, comes back by itself, and what was missed is fetched', async () => {
    const { page, device } = await openDevice('mixed');
    await live(page, 'Listening').waitFor();
    await page.context().setOffline(true);
    await live(page, 'Offline').waitFor();
    await page.getByText('No network.').waitFor();
    dashboard.backend.api.receive(device.device_id, [sampleNow(device, { solar_w: 3210 })], { told: false });
    await page.context().setOffline(false);
    await reading(page, 'solar_w').getByText('3.21').waitFor();
    await live(page, 'Live').waitFor();
    expect(await page.getByText('No network.').count()).toBe(0);
    await page.context().close();
  });

  it('says so of a device that was not looked at before, and shows it when there is a network', async () => {
    const page = await dashboard.openSignedIn('/');
    await page.waitForResponse(/power-chart.*\.js$/);
    await page.context().setOffline(true);
    const row = page.locator('[data-device]').first();
    await row.click();
    await page.getByText('The service could not be reached.').waitFor();
    await page.context().setOffline(false);
    await page.locator('.uplot').waitFor();
    await page.context().close();
  });

  it('between server and page is told apart from one that the browser knows of', async () => {
    const { page, device } = await openDevice('grid');
    await live(page, 'Listening').waitFor();
    dashboard.backend.realtime.drop();
    await live(page, 'Reconnecting…').waitFor();
    await live(page, 'Listening').waitFor();
    dashboard.backend.api.receive(device.device_id, [sampleNow(device, { grid_w: 2220 })]);
    await reading(page, 'grid_w').getByText('2.22').waitFor();
    await page.context().close();
  });
});

describe('the chart', () => {
  it('is read by the arrow keys, and as a table', async () => {
    const { page } = await openDevice('solar');
    const chart = page.getByRole('slider');
    await chart.focus();
    const now = await chart.getAttribute('aria-valuetext');
    expect(now).toMatch(/^\d\d:\d\d: solar .*, grid /);
    await page.keyboard.press('Shift+ArrowLeft');
    await expect.poll(() => chart.getAttribute('aria-valuetext')).not.toBe(now);
    await page.keyboard.press('Home');
    expect(await chart.getAttribute('aria-valuenow')).toBe('0');
    await page.getByText('The 24 hours as a table').click();
    // The hours of a day, the first and the last of which may be one that began before it did.
    expect(await page.getByRole('row').count()).toBeGreaterThan(24);
    // The night's gap is said as such, and is no zero.
    await page.getByRole('cell', { name: 'not reported' }).first().waitFor();
    await page.context().close();
  });

  it('is read by a finger', async () => {
    const { page } = await openDevice('solar', { viewport: narrow, hasTouch: true });
    const readout = page.locator('.chart__time');
    const now = await readout.innerText();
    await page.locator('.u-over').tap({ position: { x: 60, y: 40 } });
    await expect.poll(() => readout.innerText()).not.toBe(now);
    await page.context().close();
  });
});
