import type { BrowserContext, Page } from 'playwright-core';
import { journey } from './journey.ts';
import { signIn } from './sign-in.ts';

let elsewhere: { context: BrowserContext; page: Page };

journey(
  'signing-out-everywhere',
  {
    'The operator is signed in on two computers.': async (walk) => {
      await signIn(walk.page, walk.endpoints.dashboard, walk.user('admin'));
      elsewhere = await walk.another();
      await signIn(elsewhere.page, walk.endpoints.dashboard, walk.user('admin'));
    },
    'On the first one the operator signs out everywhere.': async ({ page }) => {
      await page.getByRole('button', { name: /Account/ }).click();
      await page.getByRole('button', { name: 'Sign out everywhere' }).click();
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    },
    'On the second one the session has ended when the page is loaded again, and the sign-in page comes.': async () => {
      await elsewhere.page.reload();
      await elsewhere.page.getByRole('heading', { name: 'Sign in' }).waitFor();
      await elsewhere.page.getByText('Your session ended.').waitFor();
    },
  },
  { expectedErrors: /status of 400/ },
);
