import { renderMermaidSVG } from 'beautiful-mermaid';

/**
 * A Mermaid diagram as an SVG element to stand in a page. Its colours come from the page's style sheet: the content security policy takes no style that stands in a page, and
 * so it follows light and dark. Throws an Error with the diagram's first line for one that can't be drawn.
 */
export function diagram(source: string, id: string): string {
  let svg: string;
  try {
    svg = renderMermaidSVG(source);
  } catch (cause) {
    throw new Error(`The diagram "${source.split('\n')[0]}" can't be drawn`, { cause });
  }
  const [first = ''] = source.trim().split('\n');
  const kind = first.startsWith('erDiagram') ? 'Entities and how they are related' : 'What goes where';
  const drawn = svg
    .replace(/<style>[\s\S]*?<\/style>/, '')
    // Its own size: a wide one is scrolled in its frame, so that it can be read on a phone too.
    .replace(/^<svg (.*?) style="[^"]*">/, `<svg $1 class="diagram" role="img" aria-labelledby="${id}"><title id="${id}">${kind}</title>`);
  if (/<style|\sstyle="[^"]*:/.test(drawn)) throw new Error(`The diagram "${first}" still has styles of its own`);
  return drawn;
}
