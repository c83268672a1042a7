import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildSite } from './build.ts';
import { type Page, readPages } from './pages.ts';

const folder = mkdtempSync(join(tmpdir(), 'docs-site-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A build in a folder of its own: its files by name. */
function built(name: string): Map<string, Buffer> {
  const directory = join(folder, name);
  problems = buildSite(directory);
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((file) => statSync(join(directory, file)).isFile());
  return new Map(files.sort().map((file) => [file.replaceAll('\\', '/'), readFileSync(join(directory, file))]));
}

let problems: string[];
let files: Map<string, Buffer>;
let pages: [string, string][];
beforeAll(() => {
  files = built('first');
  pages = [...files].filter(([name]) => name.endsWith('.html')).map(([name, body]) => [name, body.toString('utf8')]);
});

const page = (source: string, markdown: string): Page => ({
  source,
  file: source,
  address: source.replace('docs/', '').replace('.md', '.html'),
  title: 'A page',
  markdown,
});

describe('the site', () => {
  it('is the same twice', () => {
    expect(built('second')).toEqual(files);
  });

  it('has nothing wrong in it', () => {
    expect(problems).toEqual([]);
  });

  it('has a page for everything that a reader needs', () => {
    const names = pages.map(([name]) => name);
    for (const name of [
      'index',
      'how-a-pack-travels',
      'access-patterns',
      'personas',
      'protocol',
      'limits',
      'journeys/index',
      'repos/ingest-repo/runbook',
    ])
      expect(names).toContain(`${name}.html`);
    expect(names.filter((name) => name.startsWith('adr/')).length).toBeGreaterThan(6);
  });

  it('leads nowhere that is not there: page, picture, script or heading', () => {
    const broken = pages.flatMap(([name, html]) =>
      [...html.matchAll(/(?:href|src|data-sections)="([^"]+)"/g)]
        .map(([, target = '']) => target.replaceAll('&amp;', '&'))
        .filter((target) => !/^[a-z]+:/.test(target))
        .filter((target) => {
          const [path = '', anchor] = target.split('#');
          const file = path === '' ? name : posix.join(posix.dirname(name), path);
          const text = files.get(file)?.toString('utf8');
          return text === undefined || (anchor !== undefined && !text.includes(` id="${anchor}"`));
        })
        .map((target) => `${name}: ${target}`),
    );
    expect(broken).toEqual([]);
  });

  it('leads from each page to every other', () => {
    for (const [name, html] of pages) {
      const targets = new Set(
        [...html.matchAll(/<li><a href="([^"#]+)"/g)].map(([, target = '']) => posix.join(posix.dirname(name), target)),
      );
      expect(pages.map(([other]) => other).filter((other) => !targets.has(other))).toEqual([]);
    }
  });

  it('holds nothing that its content security policy refuses', () => {
    for (const [name, html] of pages)
      expect([
        name,
        /<style|\sstyle="|<script(?![^>]* src=)|\son[a-z]+="|https:\/\/fonts/.test(html.replace(/<code>[\s\S]*?<\/code>/g, '')),
      ]).toEqual([name, false]);
  });

  it('draws its diagrams and its trace when it is built', () => {
    const html = (name: string) => files.get(name)?.toString('utf8') ?? '';
    expect(html('access-patterns.html')).toContain('class="diagram"');
    expect(html('how-a-pack-travels.html')).toContain('class="diagram"');
    expect(html('how-a-pack-travels.html')).toContain('class="waterfall"');
    for (const [, text] of pages) expect(text).not.toMatch(/flowchart LR\n|erDiagram\n/);
  });
});

describe('a page in which something is wrong is built, and it is told', () => {
  const building = (markdown: string) => buildSite(join(folder, 'wrong'), [page('docs/index.md', '# Home'), page('docs/a.md', markdown)]);

  it.each([
    ['a link to a page that is not there', '# A\n\n[b](b.md)', 'docs/a.md leads to docs/b.md, which is no page'],
    ['a link to a heading that is not there', '# A\n\n[b](index.md#b)', 'docs/index.md has no heading #b'],
    ['a diagram that can’t be drawn', '# A\n\n```mermaid\nnothing of the kind\n```', "can't be drawn"],
    ['a language that nobody knows', '# A\n\n```klingon\nx\n```', 'no highlighting is known for the language klingon'],
    ['a picture that is not there', '# A\n\n![b](b.png)', 'the image b.png is no file of docs'],
    ['a trace that is not there', '# A\n\n```trace\ntraces/none.json\n```', 'traces/none.json'],
  ])('%s', (_, markdown, message) => {
    expect(building(markdown)).toEqual([expect.stringContaining(message)]);
    expect(readFileSync(join(folder, 'wrong', 'a.html'), 'utf8')).toContain('<h1');
  });

  it('and text is text: what looks like HTML is not', () => {
    buildSite(join(folder, 'text'), [page('docs/index.md', '# Home\n\n<script>alert(1)</script> [x](javascript:alert(1))')]);
    const html = readFileSync(join(folder, 'text', 'index.html'), 'utf8');
    expect(html).toContain('&lt;script&gt;');
    expect(html).not.toMatch(/href="javascript:/);
  });
});

describe('the pages', () => {
  it('have addresses of their own, and titles', () => {
    const all = readPages();
    expect(new Set(all.map(({ address }) => address)).size).toBe(all.length);
    for (const { title } of all) expect(title.length).toBeGreaterThan(2);
  });
});
