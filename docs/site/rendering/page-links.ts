import { posix } from 'node:path';
import type { Page } from '../pages.ts';

/** Where a link of a page's Markdown leads on the site. */
export type Destination =
  | { readonly kind: 'elsewhere'; readonly href: string }
  | { readonly kind: 'page'; readonly href: string; readonly page: Page; readonly anchor: string | undefined }
  | { readonly kind: 'image'; readonly href: string; readonly source: string }
  /** A file of a repo that isn't on the site: code, a folder. It can be named and not opened. */
  | { readonly kind: 'file'; readonly source: string }
  /** A page of docs that isn't there. */
  | { readonly kind: 'nowhere'; readonly source: string };

/** Reads the links of pages: relative to where the Markdown stands in the workspace, as Git hosts do. */
export class PageLinks {
  readonly #bySource: ReadonlyMap<string, Page>;

  constructor(pages: readonly Page[]) {
    this.#bySource = new Map(pages.map((page) => [page.source, page]));
  }

  from(page: Page, target: string): Destination {
    if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return { kind: 'elsewhere', href: target };
    const [path = '', anchor] = target.split('#');
    const source = path === '' ? page.source : posix.join(posix.dirname(page.source), path).replace(/\/$/, '');
    // docs/README.md is this repo's own; a reader of the site is at home at index.md.
    const leads = this.#bySource.get(source === 'docs/README.md' ? 'docs/index.md' : source);
    if (leads !== undefined) {
      const address = posix.relative(posix.dirname(page.address), leads.address);
      return {
        kind: 'page',
        page: leads,
        anchor,
        href: `${leads === page && anchor !== undefined ? '' : address}${anchor === undefined ? '' : `#${anchor}`}`,
      };
    }
    if (/\.(png|svg)$/.test(source) && source.startsWith('docs/')) {
      const image = source.slice('docs/'.length);
      return { kind: 'image', source, href: posix.relative(posix.dirname(page.address), image) };
    }
    return { kind: source.startsWith('docs/') && source.endsWith('.md') ? 'nowhere' : 'file', source };
  }
}
