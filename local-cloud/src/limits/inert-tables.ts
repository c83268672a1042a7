import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registerServices } from '../all-services.ts';
import { Cloud } from '../kernel/cloud.ts';
import { State } from '../kernel/state.ts';
import { listInert } from '../services/cloudformation/list-inert.ts';

export const BEGIN = '<!-- made by `npm run limits`: begin -->';
export const END = '<!-- made by `npm run limits`: end -->';

/** What templates may hold and the local cloud accepts without effect, as a Markdown table made from the code. */
export function inertTable(): string {
  const directory = mkdtempSync(join(tmpdir(), 'limits-'));
  const cloud = new Cloud({ state: new State(directory) });
  try {
    registerServices(cloud);
    const rows = listInert(cloud)
      .map(({ type, property, reason }) => `| \`${type}\` | ${property === undefined ? 'all of it' : `\`${property}\``} | ${reason} |`)
      .sort();
    return ['| resource type | property | why it has no effect here |', '| --- | --- | --- |', ...rows].join('\n');
  } finally {
    cloud.state.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The text of LIMITS.md with the table between its marks made anew. Throws when a mark is missing. */
export function withInertTable(text: string): string {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) throw new Error('LIMITS.md lacks the marks between which the table stands');
  return `${text.slice(0, begin + BEGIN.length)}\n\n${inertTable()}\n\n${text.slice(end)}`;
}
