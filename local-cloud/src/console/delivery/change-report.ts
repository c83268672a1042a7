import type { GateDetail } from '../shapes/pipelines.ts';

/** What the agent of CodeBuild writes of itself begins like this. */
const CONTAINER = /^\[Container\] \d{4}\/\d{2}\/\d{2} \d{2}:\d{2}:\d{2}\.\d+ /;

/**
 * The parts of an approval's summary, which is `<repo> to <STAGE>: <commit> <title> | <part> | …`. A title may hold the same sign: what the pusher wrote is
 * no part of its own, or it could say that no right changes.
 */
export function summaryParts(customData: string, message: string): string[] {
  const title = message.trim().split('\n', 1)[0] ?? '';
  const begins = /^[^|]*?: [0-9a-f]{7,40} /.exec(customData)?.[0].length ?? 0;
  const said = customData.slice(begins);
  // A long title leaves no room for anything else: the end of it is cut off ("Manual approval action reference", CustomData).
  const isCut = said.endsWith(' …') && title.startsWith(said.slice(0, -2));
  const head = isCut ? customData.length : begins + (said.startsWith(title) ? title.length : 0);
  const [rest = '', ...parts] = customData.slice(head).split(' | ');
  return [`${customData.slice(0, head)}${rest}`, ...parts].map((part) => part.trim()).filter((part) => part !== '');
}

/**
 * What the build that tells the changes has printed, by its headings; CodeBuild's own lines are left out. Headings within the commit's message are
 * the pusher's text and no sections.
 */
export function reportSections(lines: readonly string[], message: string): GateDetail['report'] {
  const printed = lines.filter((line) => !CONTAINER.test(line));
  const spoken = message.trim() === '' ? [] : message.trim().split(/\r?\n/);
  const from = spoken.length === 0 ? -1 : printed.findIndex((_, index) => spoken.every((line, at) => printed[index + at] === line));
  const to = from === -1 ? -1 : from + spoken.length;
  const sections: { title: string; lines: string[] }[] = [{ title: '', lines: [] }];
  for (const [index, line] of printed.entries()) {
    const heading = index >= from && index < to ? undefined : /^#{1,2} (.+)$/.exec(line)?.[1];
    if (heading === undefined) sections.at(-1)?.lines.push(line);
    else sections.push({ title: heading, lines: [] });
  }
  return sections
    .map(({ title, lines: own }) => ({ title, lines: withoutEmptyEnds(own) }))
    .filter(({ title, lines: own }) => title !== '' || own.length > 0);
}

function withoutEmptyEnds(lines: readonly string[]): string[] {
  const isSaid = (line: string) => line.trim() !== '';
  const first = lines.findIndex(isSaid);
  return first === -1 ? [] : lines.slice(first, lines.findLastIndex(isSaid) + 1);
}
