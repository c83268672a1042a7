import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Walk } from './journey.ts';

type User = ReturnType<Walk['user']>;

/** Opens the dashboard and signs somebody in, as they would: address, e-mail, password, Enter. */
export async function signIn(page: Page, dashboard: string, { email, password }: Pick<User, 'email' | 'password'>): Promise<void> {
  await page.goto(dashboard);
  await fillIn(page, email, password);
  await page.getByRole('grid', { name: 'Devices' }).waitFor();
}

/** Fills in the sign-in page and sends it off. */
export async function fillIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByLabel('Password', { exact: true }).press('Enter');
}

/** The ids of all devices that the fleet page lists, by scrolling through them: only rows in sight are drawn. */
export async function devicesListed(page: Page): Promise<string[]> {
  const found = new Set<string>();
  const grid = page.getByRole('grid', { name: 'Devices' });
  await grid.locator('[data-device]').first().waitFor();
  const count = Number(await grid.getAttribute('aria-rowcount')) - 1;
  await expect
    .poll(
      async () => {
        for (const id of await grid.locator('[data-device]').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-device'))))
          if (id !== null) found.add(id);
        await page.mouse.wheel(0, 400);
        return found.size;
      },
      { timeout: 10_000, interval: 50 },
    )
    .toBe(count);
  await page.evaluate(() => scrollTo(0, 0));
  return [...found].sort();
}
