import { randomInt } from 'node:crypto';
import { expect } from 'vitest';
import { z } from 'zod';
import { journey } from './journey.ts';
import { fillIn } from './sign-in.ts';

const mails = z.array(z.object({ to: z.string(), subject: z.string(), body: z.string(), sent_at: z.string() }));
let code = '';

journey('a-forgotten-password', {
  'The customer asks for a code for their e-mail address.': async (walk) => {
    const { page, endpoints } = walk;
    await page.goto(endpoints.dashboard);
    await page.getByRole('button', { name: 'Forgot your password?' }).click();
    await page.getByLabel('E-mail').fill(walk.user('customer').email);
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByLabel('Code from the e-mail').waitFor();
  },
  'The code comes by e-mail.': async (walk) => {
    const { email } = walk.user('customer');
    await expect
      .poll(async () => {
        const [newest] = mails.parse(await (await fetch(`${walk.endpoints.aws}/_local/mail?to=${encodeURIComponent(email)}`)).json());
        code = /\b\d{6}\b/.exec(newest?.body ?? '')?.[0] ?? '';
        return code;
      })
      .toMatch(/^\d{6}$/);
  },
  'A password that is too weak is not taken, and the page says what is missing.': async ({ page }) => {
    await page.getByLabel('Code from the e-mail').fill(code);
    await page.getByLabel('New password', { exact: true }).fill('tooweak');
    await page.getByRole('button', { name: 'Change the password' }).click();
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('list', { name: 'The password needs' }).innerText()).toMatch(/12/);
  },
  'The customer sets a new password with the code and signs in with it.': async (walk) => {
    const { page } = walk;
    const password = `Cattle-drink-${randomInt(100_000, 1_000_000)}`;
    await page.getByLabel('New password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Change the password' }).click();
    await page.getByText('Your password is changed.').waitFor();
    await fillIn(page, walk.user('customer').email, password);
    await page.getByRole('grid', { name: 'Devices' }).waitFor();
  },
});
