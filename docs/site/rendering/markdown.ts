import { existsSync } from 'node:fs';
import { join } from 'node:path';
import hljs from 'highlight.js/lib/common';
import MarkdownIt from 'markdown-it';
import type { Page } from '../pages.ts';
import { Anchors } from './anchors.ts';
import { diagram } from './diagram.ts';
import type { PageLinks } from './page-links.ts';
import { readTrace } from './recorded-trace.ts';
import { waterfall } from './waterfall.ts';

/** The folder of this repo. */
const repo = join(import.meta.dirname, '..', '..');

/** A heading of a page, for its table of contents and for the search. */
export interface Heading {
  readonly level: number;
  readonly text: string;
  readonly anchor: string;
}

/** A page's Markdown as HTML, with what it needs and what can be found in it. */
export interface RenderedPage {
  readonly page: Page;
  readonly html: string;
  readonly headings: readonly Heading[];
  /** The plain text below each heading, in order; what comes before the first one stands under the page's title. */
  readonly sections: readonly { readonly heading: string; readonly anchor: string; readonly text: string }[];
  /** Files of this repo that it shows, as their paths in the workspace. */
  readonly images: readonly string[];
  /** What is wrong with it, for whoever wrote it: it is shown as far as it can be. */
  readonly problems: readonly string[];
  /** Pages that it leads to, with the anchor where one is named. */
  readonly leadsTo: readonly { readonly page: Page; readonly anchor: string | undefined }[];
}

/** What a fence without a language is taken for where it is indented or plain: commands, mostly. Left as it stands. */
const PLAIN = new Set(['', 'text']);

/** Renders a page. */
export function renderMarkdown(page: Page, links: PageLinks): RenderedPage {
  const anchors = new Anchors();
  const headings: Heading[] = [];
  const images: string[] = [];
  const leadsTo: { page: Page; anchor: string | undefined }[] = [];
  const problems: string[] = [];
  let diagrams = 0;
  const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false });
  const { rules, utils } = { rules: markdown.renderer.rules, utils: markdown.utils };

  rules['fence'] = (tokens, index) => {
    const token = tokens[index];
    const language = token?.info.trim() ?? '';
    const code = token?.content ?? '';
    const asText = (problem?: string) => {
      if (problem !== undefined) problems.push(`${page.source}: ${problem}`);
      return `<pre tabindex="0"><code>${utils.escapeHtml(code)}</code></pre>\n`;
    };
    if (language === 'mermaid' || language === 'trace') {
      diagrams += 1;
      const id = `diagram-${diagrams}`;
      try {
        const drawn = language === 'mermaid' ? diagram(code, id) : waterfall(readTrace(code.trim()), id);
        return `<div class="figure" tabindex="0" role="group" aria-label="Diagram ${diagrams}">${drawn}</div>\n`;
      } catch (error) {
        return asText(error instanceof Error ? error.message : String(error));
      }
    }
    if (PLAIN.has(language)) return asText();
    if (hljs.getLanguage(language) === undefined) return asText(`no highlighting is known for the language ${language}`);
    return `<pre tabindex="0"><code>${hljs.highlight(code, { language }).value}</code></pre>\n`;
  };
  rules['code_block'] = (tokens, index) =>
    `<pre tabindex="0"><code>${hljs.highlight(tokens[index]?.content ?? '', { language: 'bash' }).value}</code></pre>\n`;
  rules['table_open'] = () => '<div class="table" tabindex="0" role="group" aria-label="Table"><table>';
  rules['table_close'] = () => '</table></div>\n';
  // markdown-it aligns a column by a style in each cell, which the content security policy would refuse.
  for (const cell of ['th_open', 'td_open'])
    rules[cell] = (tokens, index) => {
      const token = tokens[index];
      const [, side] = /text-align:(right|center)/.exec(String(token?.attrGet('style') ?? '')) ?? [];
      return side === undefined ? `<${token?.tag}>` : `<${token?.tag} class="${side}">`;
    };
  rules['heading_open'] = (tokens, index) => {
    const token = tokens[index];
    const anchor = token?.attrGet('id') ?? '';
    return `<${token?.tag} id="${anchor}">`;
  };
  rules['heading_close'] = (tokens, index) => {
    const token = tokens[index];
    const anchor = token?.attrGet('id') ?? '';
    return token?.tag === 'h1'
      ? `</h1>\n`
      : ` <a class="anchor" href="#${anchor}" aria-label="Link to this heading">#</a></${token?.tag}>\n`;
  };
  // A link to what isn't on the site stays its words: opened and closed as nothing.
  rules['link_open'] = (tokens, index) => {
    const to = links.from(page, String(tokens[index]?.attrGet('href') ?? ''));
    if (to.kind === 'page') leadsTo.push({ page: to.page, anchor: to.anchor });
    if (to.kind === 'nowhere') problems.push(`${page.source} leads to ${to.source}, which is no page`);
    return to.kind === 'file' || to.kind === 'nowhere'
      ? `<span class="file" title="${utils.escapeHtml(to.source)}">`
      : `<a href="${utils.escapeHtml(to.href)}">`;
  };
  rules['link_close'] = (tokens, index) => {
    const opened = tokens.slice(0, index).findLast(({ type }) => type === 'link_open');
    return 'href' in links.from(page, String(opened?.attrGet('href') ?? '')) ? '</a>' : '</span>';
  };
  rules['image'] = (tokens, index) => {
    const token = tokens[index];
    const to = links.from(page, String(token?.attrGet('src') ?? ''));
    if (to.kind !== 'image' || !existsSync(join(repo, to.source.slice('docs/'.length)))) {
      problems.push(`${page.source}: the image ${token?.attrGet('src')} is no file of docs`);
      return utils.escapeHtml(token?.content ?? '');
    }
    images.push(to.source);
    const narrow = /-390\.png$/.test(to.source) ? ' class="phone"' : '';
    return `<img src="${utils.escapeHtml(to.href)}" alt="${utils.escapeHtml(token?.content ?? '')}" loading="lazy"${narrow}>`;
  };

  const tokens = markdown.parse(page.markdown, {});
  const sections: { heading: string; anchor: string; text: string }[] = [{ heading: page.title, anchor: '', text: '' }];
  for (const [index, token] of tokens.entries()) {
    if (token.type === 'heading_open') {
      const text = plainText(tokens[index + 1]?.children ?? []);
      const anchor = anchors.of(text);
      for (const tag of [token, tokens[index + 2]]) tag?.attrSet('id', anchor);
      const level = Number(token.tag.slice(1));
      headings.push({ level, text, anchor });
      if (level > 1) sections.push({ heading: text, anchor, text: '' });
    } else if (token.type === 'inline' && tokens[index - 1]?.type !== 'heading_open') {
      const section = sections.at(-1);
      if (section !== undefined) section.text += `${plainText(token.children ?? [])} `;
    }
  }
  return { page, html: markdown.renderer.render(tokens, markdown.options, {}), headings, sections, images, problems, leadsTo };
}

function plainText(children: readonly { readonly type: string; readonly content: string }[]): string {
  return children.map(({ type, content }) => (type === 'softbreak' || type === 'hardbreak' ? ' ' : content)).join('');
}
