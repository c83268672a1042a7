import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Dashboard, narrow, wide } from './browser.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let dashboard: Dashboard;
beforeAll(async () => {
  dashboard = await Dashboard.start(60);
});
afterAll(() => dashboard?.stop());
afterEach(() => dashboard.expectNoComplaints());

/** What axe finds, as "rule: where". It is run from outside of the page's content security policy. @param only Rules; all, where none are given. */
async function findings(page: Page, only: readonly string[] = []): Promise<string[]> {
  if (!(await page.evaluate('typeof axe === "object"'))) await page.evaluate(axe);
  // What is on its way from one colour to another is judged when it is there.
  await page.evaluate(() => {
    for (const animation of document.getAnimations()) {
      if (Number.isFinite(animation.effect?.getComputedTiming().endTime)) animation.finish();
      else animation.cancel();
    }
  });
  const rules = only.length === 0 ? undefined : { type: 'rule', values: only };
  const found = (await page.evaluate(`axe.run(document, ${JSON.stringify({ resultTypes: ['violations'], runOnly: rules })})`)) as {
    violations: { id: string; nodes: { target: unknown; failureSummary: string }[] }[];
  };
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.slice(0, 3).map(({ target, failureSummary }) => `${id}: ${JSON.stringify(target)} ${failureSummary}`),
  );
}

/** How much wider than its screen a page is. */
const sideways = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Every rule at both widths; in the dark those about colours, which alone can differ. */
async function isClean(page: Page): Promise<void> {
  for (const viewport of [narrow, wide]) {
    await page.setViewportSize(viewport);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    expect(await sideways(page), `sideways at ${viewport.width} px`).toBe(0);
    expect(await findings(page), `light, ${viewport.width} px`).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await findings(page, ['color-contrast', 'link-in-text-block']), `dark, ${viewport.width} px`).toEqual([]);
    await page.emulateMedia({ colorScheme: 'light' });
  }
}

describe('is clean by axe, light and dark, wide and narrow:', () => {
  it('signing in, and a new password', async () => {
    const page = await dashboard.open('/');
    await page.getByLabel('E-mail').waitFor();
    await isClean(page);
    await page.getByRole('button', { name: 'Forgot your password?' }).click();
    await page.getByLabel('E-mail').fill('maria@example.com');
    await page.getByRole('button', { name: 'Send the code' }).click();
    await page.getByLabel('New password', { exact: true }).fill('half-way');
    await isClean(page);
    await page.context().close();
  });

  it('the fleet, and what opens on it', async () => {
    const page = await dashboard.openSignedIn('/');
    await page.getByRole('row').nth(3).waitFor();
    await isClean(page);
    for (const name of [/Account/, 'All sites', 'View']) {
      await page.getByRole('button', { name }).click();
      await page.getByRole('dialog').waitFor();
      expect(await findings(page)).toEqual([]);
      await page.keyboard.press('Escape');
    }
    await page.getByRole('searchbox').fill('no such device');
    await page.getByRole('heading', { name: 'No device matches' }).waitFor();
    await isClean(page);
    await page.context().close();
  });

  it.each(['mixed', 'silent', 'fault', 'never'])('a device that is %s', async (kind) => {
    const page = await dashboard.openSignedIn(`/devices/${dashboard.backend.api.find(kind).device_id}`);
    await page.locator(kind === 'never' ? '.about' : '.uplot').waitFor();
    if (kind === 'mixed') await page.getByText('The 24 hours as a table').click();
    await isClean(page);
    await page.context().close();
  });
});

it('looks as was chosen, from the first paint on, until something else is chosen', async () => {
  const page = await dashboard.openSignedIn('/');
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  await page.getByRole('button', { name: /Account/ }).click();
  await page.getByText('Dark', { exact: true }).click();
  const dark = await background();
  expect(dark).not.toBe(light);
  await page.reload({ waitUntil: 'commit' });
  await page.waitForFunction(() => document.body !== null);
  expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark');
  await page.getByRole('button', { name: /Account/ }).click();
  await page.getByText('As the system').click();
  expect(await background()).toBe(light);
  await page.context().close();
});

it('moves nothing for those who want no motion', async () => {
  const page = await dashboard.openSignedIn(`/devices/${dashboard.backend.api.find('solar').device_id}`, { reducedMotion: 'reduce' });
  await page.locator('.uplot').waitFor();
  const moving = await page.evaluate(
    () => document.getAnimations().filter((animation) => Number(animation.effect?.getComputedTiming().iterations) > 1).length,
  );
  expect(moving).toBe(0);
  await page.context().close();
});

it('says so where there is no page, and where the site is not configured', async () => {
  const lost = await dashboard.openSignedIn('/nowhere');
  await lost.getByRole('heading', { name: 'There is no such page' }).waitFor();
  expect(await findings(lost)).toEqual([]);
  dashboard.backend.troubles.config = { region: 'us-east-1' };
  const page = await dashboard.open('/');
  await page.getByText('graphql_url').waitFor();
  expect(await findings(page)).toEqual([]);
  dashboard.backend.troubles.config = undefined;
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await lost.context().close();
  await page.context().close();
});
