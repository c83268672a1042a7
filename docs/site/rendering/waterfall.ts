import type { RecordedTrace } from './recorded-trace.ts';

const ROW = 24;
const LABELS = 370;
const BARS = 370;
const RIGHT = 55;

const escapeHtml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
const milliseconds = (value: number): string => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;

/** A recorded trace as an SVG element: a row a call, in order of start, its bar where and as long as it ran. Colours come from the page's style sheet. */
export function waterfall({ calls, recorded_at }: RecordedTrace, id: string): string {
  const end = Math.max(...calls.map(({ from_ms, duration_ms }) => from_ms + duration_ms), 1);
  const x = (at: number): number => LABELS + (at / end) * BARS;
  const height = calls.length * ROW + 30;
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const at = part * end;
    return `<line x1="${x(at).toFixed(1)}" x2="${x(at).toFixed(1)}" y1="20" y2="${height}"/><text class="time" x="${x(at).toFixed(1)}" y="12" text-anchor="middle">${milliseconds(at)}</text>`;
  });
  const rows = calls.map(({ service, operation, resource, from_ms, duration_ms, depth, error }, index) => {
    const y = 26 + index * ROW;
    const name = `${service} ${operation}${resource === undefined ? '' : ` · ${resource}`}`;
    const most = 56 - depth * 2;
    const label = name.length > most ? `${name.slice(0, most - 1)}…` : name;
    const width = Math.max((duration_ms / end) * BARS, 1.5);
    return `<g><title>${escapeHtml(`${name}: ${milliseconds(duration_ms)}, ${milliseconds(from_ms)} after the beginning`)}</title><text x="${depth * 12}" y="${y + 12}">${escapeHtml(label)}</text><rect class="bar${error === undefined ? '' : ' failed'}" x="${x(from_ms).toFixed(1)}" y="${y + 2}" width="${width.toFixed(1)}" height="13" rx="2"/><text class="time" x="${(x(from_ms) + width + 5).toFixed(1)}" y="${y + 12}">${milliseconds(duration_ms)}</text></g>`;
  });
  const title = `${calls.length} calls in ${milliseconds(end)}, recorded ${recorded_at.slice(0, 10)}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" class="waterfall" viewBox="0 0 ${LABELS + BARS + RIGHT} ${height}" width="${LABELS + BARS + RIGHT}" height="${height}" role="img" aria-labelledby="${id}"><title id="${id}">${title}</title>${ticks.join('')}${rows.join('')}</svg>`;
}
