import { posix } from 'node:path';
import type { NavigationGroup } from '../navigation.ts';
import type { Page } from '../pages.ts';
import type { RenderedPage } from './markdown.ts';

/** The site's own files, by their names with the hash of their content. */
export interface Assets {
  readonly style: string;
  readonly script: string;
  readonly theme: string;
  readonly sections: string;
}

const escapeHtml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

/** A whole page. Nothing stands in it that the content security policy would refuse: no style, no script, no address of somebody else's. */
export function pageHtml({ page, html, headings }: RenderedPage, groups: readonly NavigationGroup[], assets: Assets): string {
  const to = (address: string): string => posix.relative(posix.dirname(page.address), address) || posix.basename(address);
  const contents = headings.filter(({ level }) => level === 2);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(page.title)} · ENStratus Cloud</title>
<link rel="icon" href="${to('icon.svg')}" type="image/svg+xml">
<script src="${to(assets.theme)}"></script>
<link rel="stylesheet" href="${to(assets.style)}">
<script type="module" src="${to(assets.script)}"></script>
</head>
<body data-root="${to('index.html').slice(0, -'index.html'.length)}" data-sections="${to(assets.sections)}">
<a class="skip" href="#content">Skip to the text</a>
<header>
<a class="home" href="${to('index.html')}">ENStratus Cloud</a>
<div class="search" role="search"><label class="hidden" for="search">Search these pages</label><input id="search" type="search" placeholder="Search" autocomplete="off" role="combobox" aria-expanded="false" aria-controls="found" aria-autocomplete="list"><ul id="found" role="listbox" aria-label="Found" hidden></ul></div>
<button id="theme" type="button">Dark</button>
</header>
<div class="columns">
<nav aria-label="Pages">
<details class="menu"><summary>All pages</summary>
${groups.map((group) => navigationHtml(group, page, to)).join('\n')}
</details>
</nav>
<main id="content" tabindex="-1">
${html}</main>
${
  contents.length < 2
    ? ''
    : `<aside aria-label="On this page"><p>On this page</p><ul>${contents.map(({ text, anchor }) => `<li><a href="#${anchor}">${escapeHtml(text)}</a></li>`).join('')}</ul></aside>`
}
</div>
</body>
</html>
`;
}

function navigationHtml({ title, pages }: NavigationGroup, current: Page, to: (address: string) => string): string {
  const items = pages.map((page) => {
    const here = page.address === current.address ? ' aria-current="page"' : '';
    return `<li><a href="${to(page.address)}"${here}>${escapeHtml(page.title)}</a></li>`;
  });
  return `<p>${title}</p>\n<ul>${items.join('')}</ul>`;
}
