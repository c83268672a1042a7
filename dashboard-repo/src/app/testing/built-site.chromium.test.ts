import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { type BuiltScript, firstPaintLimit, weightOf } from '../../build/first-paint-weight.ts';
import { allLoaded, Dashboard } from './browser.ts';

const assets = join(inject('site'), 'assets');
const built = readdirSync(assets);

/** The built scripts by name, with what they import statically: `import … from"./x.js"`, and never `import("./x.js")`. */
const scripts = new Map<string, BuiltScript>(
  built
    .filter((name) => name.endsWith('.js'))
    .map((name) => {
      const code = readFileSync(join(assets, name), 'utf8');
      const imports = [...code.matchAll(/\b(?:import|export)\s*(?:[\w$*{][^'"();]*?from\s*)?["']\.\/([^"']+\.js)["']/g)];
      return [name, { code, imports: imports.map(([, imported = '']) => imported) }];
    }),
);
const page = readFileSync(join(inject('site'), 'index.html'), 'utf8');
const entries = [...page.matchAll(/<script type="module"[^>]* src="\/assets\/([^"]+)"/g)].map(([, name = '']) => name);

let dashboard: Dashboard;
beforeAll(async () => {
  dashboard = await Dashboard.start(6);
});
afterAll(() => dashboard?.stop());

it('has at most 350 kB of gzipped JavaScript before the first paint of the fleet page', async () => {
  expect(entries).toHaveLength(1);
  expect(weightOf(entries, scripts)).toBeLessThanOrEqual(firstPaintLimit);
  // What the browser really fetches until devices are on screen is what the files say.
  const fetched = new Set<string>();
  const opened = await dashboard.openSignedIn('/');
  // What the first visit still fetches is not the second one's.
  await allLoaded(opened, 6);
  opened.on('request', (request) => request.resourceType() === 'script' && fetched.add(new URL(request.url()).pathname));
  await opened.reload();
  await allLoaded(opened, 6);
  const beforePaint = [...fetched].filter((path) => path.startsWith('/assets/')).map((path) => path.slice('/assets/'.length));
  expect(weightOf(beforePaint, scripts)).toBe(weightOf(entries, scripts));
  await opened.context().close();
});

it('has nothing of the made-up backend, and no chart in what comes first', () => {
  const everything = built.map((name) => readFileSync(join(assets, name), 'latin1')).join('\n');
  expect(everything).not.toMatch(/FakeBackend|fake-backend|Sunny-Field/);
  const first = new Set<string>();
  const visit = (name: string): void => {
    if (first.has(name)) return;
    first.add(name);
    scripts.get(name)?.imports.forEach(visit);
  };
  entries.forEach(visit);
  expect([...first].filter((name) => /device-page|power-chart|sign-in/.test(name))).toEqual([]);
});

it('has no inline script or style in its page', () => {
  expect(page).not.toMatch(/<style|style=|<script(?![^>]* src=)/);
});
