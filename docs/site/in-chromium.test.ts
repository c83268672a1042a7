import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildSite } from './build.ts';
import { serve } from './served-site.ts';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'docs-chromium-'));

let browser: Browser;
let site: Awaited<ReturnType<typeof serve>>;
beforeAll(async () => {
  if (!existsSync(executablePath))
    throw new Error(`Chromium is not at ${executablePath}: apt-get install chromium, or name it in CHROMIUM.`);
  buildSite(folder);
  site = await serve(folder);
  browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
  });
});
afterAll(async () => {
  await browser?.close();
  await site?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Opens a page of the site; what the browser complains of is collected. */
async function open(address: string, { width, theme }: { readonly width: number; readonly theme: 'light' | 'dark' }) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: theme, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${site.url}${address}`);
  return { page, complaints, close: () => context.close() };
}

/** axe-core's findings. It is put in by the protocol, which the page's content security policy does not govern. */
async function findings(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const run = (globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { target: string[] }[] }[] }> } }).axe;
    return (await run.run()).violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
  });
}

const LONG = process.env['ENSTRATUS_LONG'] !== undefined;

/** A page with a diagram and a trace, one with wide tables; where time is no matter, one of each kind. */
const ADDRESSES = [
  'how-a-pack-travels.html',
  'access-patterns.html',
  ...(LONG
    ? ['index.html', 'bill.html', 'tutorial.html', 'journeys/everybody-sees-their-own-fleet.html', 'repos/ingest-repo/runbook.html']
    : []),
];

const SIZES = [
  { width: 1440, theme: 'light' },
  { width: 390, theme: 'dark' },
] as const;
/** The other two pairs have nothing that is not in one of those: they are looked at where time is no matter. */
const FURTHER_SIZES =
  process.env['ENSTRATUS_LONG'] === undefined
    ? []
    : ([
        { width: 1440, theme: 'dark' },
        { width: 390, theme: 'light' },
      ] as const);

describe.each([...SIZES, ...FURTHER_SIZES])('at $width px, $theme', (size) => {
  it.each(ADDRESSES)(
    '%s is for everybody to read, without a complaint of the browser, and nothing is wider than the screen',
    async (address) => {
      const { page, complaints, close } = await open(address, size);
      expect(await findings(page)).toEqual([]);
      expect(complaints).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
      await close();
    },
  );
});

describe('the search', () => {
  it('finds a section by its words, and Enter opens it', async () => {
    const { page, complaints, close } = await open('adr/0004-gaps-under-a-ledger.html', { width: 1440, theme: 'light' });
    await page.getByRole('combobox').fill('canonical text');
    await page.getByRole('option').first().waitFor();
    expect(await page.getByRole('option').first().innerText()).toContain('canonical text');
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/protocol.html#the-canonical-text');
    expect(complaints).toEqual([]);
    await close();
  });

  it('says so when nothing is found', async () => {
    const { page, close } = await open('index.html', { width: 390, theme: 'light' });
    await page.getByRole('combobox').fill('xylophone');
    await page.getByText('Nothing has xylophone').waitFor();
    await close();
  });
});

it('the theme that was chosen stays', async () => {
  const { page, close } = await open('index.html', { width: 1440, theme: 'light' });
  await page.getByRole('button', { name: 'Change to dark' }).click();
  await page.goto(`${site.url}limits.html`);
  expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark');
  await page.getByRole('button', { name: 'Change to light' }).waitFor();
  await close();
});
