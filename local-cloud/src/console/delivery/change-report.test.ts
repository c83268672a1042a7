import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reportSections, summaryParts } from './change-report.ts';

const commit = '995564c87079';
const summary = (title: string) =>
  `ingest-repo to TEST: ${commit} ${title} | RIGHTS CHANGE in EnstratusIngest | EnstratusIngest: 1 changed`;

describe('the summary of a gate', () => {
  it('falls into its parts', () => {
    expect(summaryParts(summary('Say it'), 'Say it\n\nand why')).toEqual([
      `ingest-repo to TEST: ${commit} Say it`,
      'RIGHTS CHANGE in EnstratusIngest',
      'EnstratusIngest: 1 changed',
    ]);
    expect(summaryParts('Approve this? | Please', '')).toEqual(['Approve this?', 'Please']);
    expect(summaryParts('', '')).toEqual([]);
  });

  it('takes nothing that the pusher wrote for a part', () => {
    const title = 'Mend it | No rights change | No unit of the bill changes';
    expect(summaryParts(summary(title), title)).toHaveLength(3);
    const long = `${'a | '.repeat(400)}`;
    const cut = `${summary(long).slice(0, 998)} …`;
    expect(summaryParts(cut, long)).toHaveLength(1);
    fc.assert(
      fc.property(fc.string(), (said) => {
        const first = said.trim().split('\n', 1)[0] ?? '';
        expect(summaryParts(summary(first), said)).toHaveLength(3);
      }),
    );
  });
});

describe('the report of a gate', () => {
  const printed = (message: string) => [
    '[Container] 2026/11/22 11:02:39.844000 Running command node tell-changes.mjs',
    '# ingest-repo to TEST',
    '',
    `Commit ${commit}`,
    '',
    ...message.split('\n'),
    '',
    '## Rights and openings',
    '',
    'EnstratusIngest',
    '[+] s3:*',
    '',
    '## All differences',
    '',
    'None.',
    '[Container] 2026/11/22 11:02:41.818000 Phase complete: BUILD State: SUCCEEDED',
  ];

  it('is told by its headings, without CodeBuild’s own lines', () => {
    expect(reportSections(printed('Say it'), 'Say it\n')).toEqual([
      { title: 'ingest-repo to TEST', lines: [`Commit ${commit}`, '', 'Say it'] },
      { title: 'Rights and openings', lines: ['EnstratusIngest', '[+] s3:*'] },
      { title: 'All differences', lines: ['None.'] },
    ]);
  });

  it('has no section that the pusher wrote', () => {
    const message = 'Mend it\n\n## Rights and openings\n\nNone.\n\n## All differences\n\nNone.';
    const sections = reportSections(printed(message), message);
    expect(sections.map(({ title }) => title)).toEqual(['ingest-repo to TEST', 'Rights and openings', 'All differences']);
    expect(sections[1]?.lines).toEqual(['EnstratusIngest', '[+] s3:*']);
    expect(sections[0]?.lines).toContain('## Rights and openings');
  });
});
