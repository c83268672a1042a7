import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { expect, inject } from 'vitest';
import { FakeBackend, fakePassword } from './fake-backend.ts';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];

export const wide = { width: 1440, height: 900 } as const;
export const narrow = { width: 390, height: 844 } as const;

/** A browser with the dashboard over a made-up backend. Every page's complaints are kept, for a test to say which it expected. */
export class Dashboard {
  readonly backend: FakeBackend;
  readonly #browser: Browser;
  #session: Exclude<BrowserContextOptions['storageState'], undefined> | undefined;
  /** What the console said as an error, what was thrown, and what the content security policy refused. */
  complaints: string[] = [];

  private constructor(backend: FakeBackend, browser: Browser) {
    this.backend = backend;
    this.#browser = browser;
  }

  /** @throws {Error} Where there is no Chromium: these tests are not skipped. */
  static async start(devices: number): Promise<Dashboard> {
    if (!existsSync(executablePath)) {
      throw new Error(`Chromium is not at ${executablePath}: apt-get install chromium, or name it in CHROMIUM.`);
    }
    const [backend, browser] = await Promise.all([
      FakeBackend.start(inject('site'), devices),
      chromium.launch({ executablePath, args: [...flags, '--disable-component-update', '--disable-sync'] }),
    ]);
    return new Dashboard(backend, browser);
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    await this.backend.stop();
  }

  /** A page of somebody who is not signed in. */
  async open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.#browser.newContext({ viewport: wide, colorScheme: 'light', timezoneId: 'Europe/Zurich', ...options });
    context.setDefaultTimeout(15_000);
    const page = await context.newPage();
    page.on('console', (message) => message.type() === 'error' && this.complaints.push(message.text()));
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    await page.goto(this.backend.url + path);
    return page;
  }

  /** A page of the operator. Signing in itself is done once; later pages start with the tokens that it left. */
  async openSignedIn(path: string, options: BrowserContextOptions = {}): Promise<Page> {
    if (this.#session === undefined) {
      const page = await this.open('/');
      await signIn(page, 'maria@example.com');
      await page.getByRole('heading', { name: 'Fleet' }).waitFor();
      this.#session = await page.context().storageState();
      await page.context().close();
    }
    return this.open(path, { storageState: this.#session, ...options });
  }

  /** To be called after each test. @param expected What was meant to be complained of. */
  expectNoComplaints(expected?: RegExp): void {
    const unexpected = this.complaints.filter((text) => expected?.test(text) !== true);
    this.complaints = [];
    expect(unexpected).toEqual([]);
  }
}

/** Fills in the sign-in page and sends it off. */
export async function signIn(page: Page, email: string, password = fakePassword): Promise<void> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByLabel('Password', { exact: true }).press('Enter');
}

/** Whether all devices are there: pages come one after the other. */
export async function allLoaded(page: Page, devices: number): Promise<void> {
  await page.getByText(new RegExp(`\\b${devices.toLocaleString('en')} devices$`)).waitFor();
}
