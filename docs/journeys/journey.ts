import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { z } from 'zod';

const here = import.meta.dirname;
const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** What of endpoints.json a journey needs. */
const endpointsShape = z.object({
  aws: z.url(),
  region: z.string(),
  account: z.string(),
  dashboard: z.url(),
  webhook: z.object({ url: z.url(), secretHeader: z.string(), secret: z.string() }),
  users: z.array(z.object({ persona: z.string(), email: z.string(), password: z.string(), name: z.string(), path: z.string() })),
  devices: z.array(z.object({ deviceId: z.string(), particleId: z.string() })),
  pipelines: z
    .object({
      account: z.string(),
      region: z.string(),
      stages: z.record(z.string(), z.string()),
      repositories: z.record(z.string(), z.url()),
    })
    .nullable(),
});

/** What a step has at hand. */
export interface Walk {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly endpoints: z.output<typeof endpointsShape>;
  /** The demo login of a persona. */
  user(persona: string): z.output<typeof endpointsShape>['users'][number];
  /** A second browser of somebody's. */
  another(): Promise<{ context: BrowserContext; page: Page }>;
  /** Opens the page anew, as somebody who has never been here. */
  startOver(): Promise<void>;
  /** Keeps what is seen as `screenshots/<name>-1440.png` and, in the width of a phone, `<name>-390.png`, where UPDATE_SCREENSHOTS is set. */
  show(name: string): Promise<void>;
}

export interface JourneyOptions {
  /** Errors on the browser's console that belong to what is told. */
  readonly expectedErrors?: RegExp;
  /** The endpoints.json of the system that it is walked on; of the one of all journeys unless told. */
  readonly endpointsFile?: () => string;
  /** How long it may take, ms. */
  readonly timeout?: number;
}

export type Steps = Readonly<Record<string, (walk: Walk) => Promise<void>>>;

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];

/** The numbered steps that a page tells. */
function stepsTold(name: string): string[] {
  return [...readFileSync(join(here, `${name}.md`), 'utf8').matchAll(/^\d+\. (.+)$/gm)].map(([, text = '']) => text.trim());
}

/**
 * Walks the journey that `<name>.md` tells: its numbered steps, word for word the names of `steps`, in order. A message on the browser's console
 * that says error, or that the content security policy refused something, fails the journey too, save for what `expectedErrors` matches.
 */
export function journey(name: string, steps: Steps, options: JourneyOptions = {}): void {
  const { expectedErrors, endpointsFile = () => inject('endpointsFile'), timeout } = options;
  let browser: Browser;
  beforeAll(async () => {
    if (!existsSync(executablePath))
      throw new Error(`Chromium is not at ${executablePath}: apt-get install chromium, or name it in CHROMIUM.`);
    browser = await chromium.launch({ executablePath, args: [...flags, '--disable-component-update', '--disable-sync'] });
  });
  afterAll(() => browser?.close());

  it(`${name}: every step that is told is walked`, () => {
    expect(Object.keys(steps)).toEqual(stepsTold(name));
  });

  it(name, timeout === undefined ? {} : { timeout }, async () => {
    const endpoints = endpointsShape.parse(JSON.parse(readFileSync(endpointsFile(), 'utf8')));
    const complaints: string[] = [];
    const open = async () => {
      const context = await browser.newContext({
        viewport: { width: 1440, height: 900 },
        colorScheme: 'light',
        timezoneId: 'America/Denver',
      });
      const page = await context.newPage();
      page.on('console', (message) => {
        if (message.type() === 'error' && expectedErrors?.test(message.text()) !== true) complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(String(error)));
      return { context, page };
    };
    let current = await open();
    const walk: Walk = {
      get page() {
        return current.page;
      },
      get context() {
        return current.context;
      },
      endpoints,
      user: (persona) => {
        const found = endpoints.users.find((user) => user.persona === persona);
        if (found === undefined) throw new Error(`endpoints.json has no login of the persona ${persona}`);
        return found;
      },
      another: open,
      startOver: async () => {
        await current.context.close();
        current = await open();
      },
      show: (shot) => keepScreenshots(current.page, shot),
    };
    for (const [text, step] of Object.entries(steps)) {
      await step(walk).catch(async (error: Error) => {
        const seen = await current.page
          .locator('body')
          .innerText()
          .catch(() => '(no page)');
        throw new Error(`"${text}" failed: ${error.message}\n\nOn the page:\n${seen.slice(0, 2000)}`, { cause: error });
      });
    }
    await current.context.close();
    expect(complaints).toEqual([]);
  });
}

async function keepScreenshots(page: Page, name: string): Promise<void> {
  if (process.env['UPDATE_SCREENSHOTS'] === undefined) return;
  const folder = join(here, 'screenshots');
  mkdirSync(folder, { recursive: true });
  const wide = page.viewportSize() ?? { width: 1440, height: 900 };
  writeFileSync(join(folder, `${name}-1440.png`), await page.screenshot());
  await page.setViewportSize({ width: 390, height: 844 });
  // The layout settles when two frames in a row have the same height.
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  writeFileSync(join(folder, `${name}-390.png`), await page.screenshot());
  await page.setViewportSize(wide);
}
