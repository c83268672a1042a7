import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { navigation } from './navigation.ts';
import { type Page, readPages } from './pages.ts';
import { type RenderedPage, renderMarkdown } from './rendering/markdown.ts';
import { PageLinks } from './rendering/page-links.ts';
import { type Assets, pageHtml } from './rendering/page-template.ts';

const here = import.meta.dirname;

/**
 * Builds the site into a folder, which is emptied first. The same sources give the same bytes. Answers what is wrong with the pages, such as a link that leads nowhere: such a page is
 * shown as far as it can be, because nobody's deployment should wait for a word. This repo's tests wait for it.
 */
export function buildSite(directory: string, pages: readonly Page[] = readPages()): string[] {
  const links = new PageLinks(pages);
  const rendered = pages.map((page) => renderMarkdown(page, links));
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(join(directory, 'assets'), { recursive: true });
  const assets = writeAssets(directory, rendered);
  const groups = navigation(pages);
  for (const page of rendered) {
    const file = join(directory, page.page.address);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, pageHtml(page, groups, assets));
    for (const image of page.images) {
      const target = join(directory, image.slice('docs/'.length));
      mkdirSync(dirname(target), { recursive: true });
      cpSync(join(here, '..', image.slice('docs/'.length)), target);
    }
  }
  cpSync(join(here, 'app', 'icon.svg'), join(directory, 'icon.svg'));
  return [...rendered.flatMap(({ problems }) => problems), ...missingAnchors(rendered)];
}

/** Style, scripts and what the search looks through, each named by its content. */
function writeAssets(directory: string, rendered: readonly RenderedPage[]): Assets {
  const bundle = (entry: string): string => {
    const { outputFiles } = buildSync({
      entryPoints: [join(here, 'app', entry)],
      absWorkingDir: here,
      outdir: join(directory, 'assets'),
      entryNames: '[name]-[hash]',
      assetNames: '[name]-[hash]',
      loader: { '.woff2': 'file' },
      bundle: true,
      minify: true,
      format: 'esm',
      target: 'es2022',
      legalComments: 'none',
      logLevel: 'warning',
      write: false,
    });
    for (const file of outputFiles) writeFileSync(file.path, file.contents);
    const [made] = outputFiles.filter(({ path }) => !path.endsWith('.woff2'));
    return `assets/${basename(made?.path ?? '')}`;
  };
  const sections = JSON.stringify(
    rendered.flatMap(({ page, sections: parts }) =>
      parts.map(({ heading, anchor, text }) => ({
        address: `${page.address}${anchor === '' ? '' : `#${anchor}`}`,
        page: page.title,
        heading,
        text: text.trim(),
      })),
    ),
  );
  const name = `assets/sections-${createHash('sha256').update(sections).digest('hex').slice(0, 8)}.json`;
  writeFileSync(join(directory, name), sections);
  return { style: bundle('style.css'), script: bundle('main.ts'), theme: bundle('theme.ts'), sections: name };
}

function missingAnchors(rendered: readonly RenderedPage[]): string[] {
  const anchors = new Map(rendered.map(({ page, headings }) => [page.address, new Set(headings.map(({ anchor }) => anchor))]));
  return rendered.flatMap(({ page, leadsTo }) =>
    leadsTo
      .filter((to) => to.anchor !== undefined && anchors.get(to.page.address)?.has(to.anchor) !== true)
      .map((to) => `${page.source}: ${to.page.source} has no heading #${to.anchor}`),
  );
}

if (import.meta.main) {
  const started = performance.now();
  const directory = resolve(process.argv[2] ?? 'dist');
  const pages = readPages();
  const problems = buildSite(directory, pages);
  console.log(`${pages.length} pages in ${((performance.now() - started) / 1000).toFixed(1)} s: ${directory}/index.html`);
  for (const problem of problems) console.error(`✖ ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
}
