import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { allLoaded, Dashboard, signIn } from '../testing/browser.ts';
import { fakePassword, fakePeople } from '../testing/fake-backend.ts';

let dashboard: Dashboard;
beforeAll(async () => {
  dashboard = await Dashboard.start(60);
});
beforeEach(() => {
  dashboard.backend.people.users.splice(0, Number.POSITIVE_INFINITY, ...fakePeople());
});
afterAll(() => dashboard?.stop());
/** A browser tells of every answer that says no. */
afterEach(() => dashboard.expectNoComplaints(/status of 40[01]|ERR_INTERNET_DISCONNECTED/));

it('leads back to the page that was asked for', async () => {
  const { device_id, name } = dashboard.backend.api.find('solar');
  const page = await dashboard.open(`/devices/${device_id}`);
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await signIn(page, ' Maria@Example.com ');
  await page.getByRole('heading', { name, level: 1 }).waitFor();
  expect(new URL(page.url()).pathname).toBe(`/devices/${device_id}`);
  await page.context().close();
});

it('says what is the matter', async () => {
  const page = await dashboard.open('/');
  for (const [email, password, words] of [
    ['maria@example.com', 'Wrong-Password-1', 'The e-mail address or the password is wrong.'],
    ['dora@example.com', fakePassword, 'This account is disabled.'],
    ['who@example.com', fakePassword, 'The e-mail address or the password is wrong.'],
    ['uwe@example.com', fakePassword, 'This account is not set up completely.'],
  ] as const) {
    await signIn(page, email, password);
    await page.getByRole('alert').getByText(words).waitFor();
  }
  await page.context().close();
});

it('says that there is no network, and signs in when there is', async () => {
  const page = await dashboard.open('/');
  await page.getByLabel('E-mail').waitFor();
  await page.context().setOffline(true);
  await signIn(page, 'maria@example.com');
  await page.getByRole('alert').getByText('could not be reached').waitFor();
  await page.context().setOffline(false);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await allLoaded(page, 60);
  await page.context().close();
});

it('has a first password exchanged for one that meets the rules', async () => {
  const page = await dashboard.open('/');
  await signIn(page, 'ivan@example.com');
  await page.getByRole('heading', { name: 'Choose your password' }).waitFor();
  const password = page.getByLabel('New password', { exact: true });
  await password.fill('too-short');
  await page.getByText('A symbol, such as ! ? - or #: met').waitFor();
  await page.getByText('At least 12 characters: missing').waitFor();
  await page.getByRole('button', { name: 'Save and sign in' }).click();
  await page.getByRole('alert').getByText('does not meet all rules').waitFor();
  await password.fill('My-own-words-2026');
  await page.getByRole('button', { name: 'Save and sign in' }).click();
  await page.getByText('Valley Irrigation').first().waitFor();
  await page.context().close();
});

it('has a forgotten password changed by a code', async () => {
  const page = await dashboard.open('/');
  await page.getByLabel('E-mail').fill('maria@example.com');
  await page.getByRole('button', { name: 'Forgot your password?' }).click();
  await page.getByRole('button', { name: 'Send the code' }).click();
  await page.getByLabel('Code from the e-mail').fill('000000');
  await page.getByLabel('New password', { exact: true }).fill('My-own-words-2026');
  await page.getByRole('button', { name: 'Change the password' }).click();
  await page.getByRole('alert').getByText('The code is wrong.').waitFor();
  await page.getByLabel('Code from the e-mail').fill(dashboard.backend.people.code);
  await page.getByRole('button', { name: 'Change the password' }).click();
  await page.getByText('Your password is changed.').waitFor();
  expect(await page.getByLabel('E-mail').inputValue()).toBe('maria@example.com');
  await signIn(page, 'maria@example.com', 'My-own-words-2026');
  await allLoaded(page, 60);
  await page.context().close();
});

it('asks whoever has to change the password to do so', async () => {
  const page = await dashboard.open('/');
  await signIn(page, 'rita@example.com');
  await page.getByRole('heading', { name: 'Your password has to be changed' }).waitFor();
  await page.context().close();
});

it('works with password managers', async () => {
  const page = await dashboard.open('/');
  const hints = () => page.locator('input').evaluateAll((inputs) => inputs.map((input) => (input as HTMLInputElement).autocomplete));
  await page.getByLabel('E-mail').waitFor();
  expect(await hints()).toEqual(['username', 'current-password']);
  await page.getByRole('button', { name: 'Forgot your password?' }).click();
  await page.getByLabel('E-mail').fill('maria@example.com');
  await page.getByRole('button', { name: 'Send the code' }).click();
  await page.getByLabel('Code from the e-mail').waitFor();
  expect(await hints()).toEqual(['username', 'one-time-code', 'new-password']);
  await page.context().close();
});

it('renews a session unnoticed, and when it is over comes back to where one was', async () => {
  const { device_id, name } = dashboard.backend.api.find('solar');
  const page = await dashboard.open(`/devices/${device_id}`);
  await signIn(page, 'maria@example.com');
  await page.getByRole('heading', { name, level: 1 }).waitFor();
  dashboard.backend.people.endSessions({ alsoRefresh: false });
  await page.getByRole('link', { name: 'Fleet', exact: true }).click();
  await allLoaded(page, 60);
  await page.getByRole('searchbox').fill('sandhill');
  await page.waitForFunction(() => location.search === '?q=sandhill');
  dashboard.backend.people.endSessions({ alsoRefresh: true });
  await page.getByRole('button', { name: 'Update now' }).click();
  await page.getByText('Your session ended.').waitFor();
  await signIn(page, 'maria@example.com');
  await page.getByRole('grid', { name: 'Devices' }).waitFor();
  expect(await page.getByRole('searchbox').inputValue()).toBe('sandhill');
  await page.context().close();
});

it('leaves nothing of somebody who signed out, in any tab', async () => {
  const page = await dashboard.open('/?q=sandhill');
  await signIn(page, 'maria@example.com');
  await page.getByRole('grid', { name: 'Devices' }).waitFor();
  await page.getByRole('button', { name: 'View' }).click();
  await page.getByText('Compact', { exact: true }).click();
  await page.keyboard.press('Escape');
  const other = await page.context().newPage();
  await other.goto(`${dashboard.backend.url}/devices/${dashboard.backend.api.find('solar').device_id}`);
  await other.locator('.uplot').waitFor();
  await page.getByRole('button', { name: /Account/ }).click();
  await page.getByText('Dark', { exact: true }).click();
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await other.getByRole('heading', { name: 'Sign in' }).waitFor();
  expect(await page.evaluate(() => [Object.keys(localStorage), Object.keys(sessionStorage)])).toEqual([['enstratus.theme'], []]);
  expect(dashboard.backend.people.calls).toContain('RevokeToken');
  // Who comes next begins at the beginning, and sees nothing of the other's while their own loads.
  dashboard.backend.troubles.delay_ms = 300;
  await signIn(page, 'nobody@example.com');
  await page.getByRole('status', { name: 'Loading the devices' }).waitFor();
  expect(await page.getByText('Maria').count()).toBe(0);
  dashboard.backend.troubles.delay_ms = 0;
  await page.getByRole('heading', { name: 'No devices yet' }).waitFor();
  expect(new URL(page.url()).search).toBe('');
  await page.context().close();
});

it('ends all sessions when asked to, and says so when it could not', async () => {
  const page = await dashboard.open('/');
  await signIn(page, 'maria@example.com');
  await allLoaded(page, 60);
  const elsewhere = await dashboard.open('/');
  await signIn(elsewhere, 'maria@example.com');
  await allLoaded(elsewhere, 60);
  await page.getByRole('button', { name: /Account/ }).click();
  await page.context().setOffline(true);
  await page.getByRole('button', { name: 'Sign out everywhere' }).click();
  await page.getByRole('alert').getByText('your other sessions go on').waitFor();
  await page.context().setOffline(false);
  await page.getByRole('button', { name: 'Sign out everywhere' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await elsewhere.getByRole('button', { name: 'Update now' }).click();
  await elsewhere.getByText('Your session ended.').waitFor();
  await page.context().close();
  await elsewhere.context().close();
});
