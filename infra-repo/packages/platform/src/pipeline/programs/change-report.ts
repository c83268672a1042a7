import type { StackChanges } from './stack-changes.ts';

export interface ReportedCommit {
  readonly repo: string;
  readonly stage: string;
  readonly commit_id: string;
  readonly message: string;
}

/** CodePipeline takes 1,000 characters of what an approval shows ("Manual approval action reference", CustomData). */
const maxSummary = 1000;
const longestTitle = 100;

const counted = ({ added, changed, replaced, removed }: StackChanges['counts']): string => {
  const parts = [
    [added, 'added'],
    [changed, 'changed'],
    [replaced, 'REPLACED'],
    [removed, 'REMOVED'],
  ] as const;
  return (
    parts
      .filter(([count]) => count > 0)
      .map(([count, what]) => `${count} ${what}`)
      .join(', ') || 'nothing changes'
  );
};

/** What an approver reads first: commit, what happens to each stack, rights, units of the bill. At most 1,000 characters; one line, since it travels as a variable. */
export function summaryOf({ repo, stage, commit_id, message }: ReportedCommit, stacks: readonly StackChanges[]): string {
  // Whoever writes a commit's message must not be able to write a part of this after it, nor push one out of it.
  const title = (message.trim().split('\n')[0] ?? '').replaceAll('|', '/').slice(0, longestTitle);
  const rights = stacks.filter((stack) => stack.isSecurityTouched).map((stack) => stack.stackName);
  const units = stacks.flatMap((stack) => stack.units);
  const text = [
    `${repo} to ${stage.toUpperCase()}: ${commit_id.slice(0, 12)} ${title}`,
    rights.length === 0 ? 'No rights change' : `RIGHTS CHANGE in ${rights.join(', ')}`,
    ...stacks.map((stack) => `${stack.stackName}: ${counted(stack.counts)}`),
    units.length === 0 ? 'No unit of the bill changes' : `Bill: ${units.join('; ')}`,
  ].join(' | ');
  return text.length <= maxSummary ? text : `${text.slice(0, maxSummary - 2)} …`;
}

/** Everything that would change, security first. */
export function reportOf(commit: ReportedCommit, stacks: readonly StackChanges[]): string {
  const section = (title: string, of: (stack: StackChanges) => string) => {
    const parts = stacks.flatMap((stack) => (of(stack) === '' ? [] : [`${stack.stackName}\n${of(stack)}`]));
    return [`## ${title}`, parts.length === 0 ? 'None.' : parts.join('\n\n')].join('\n\n');
  };
  return [
    `# ${commit.repo} to ${commit.stage.toUpperCase()}`,
    // Indented: a heading in it is no heading of this report.
    `Commit ${commit.commit_id}\n\n${commit.message.trim().replaceAll(/^/gm, '    ')}`,
    section('Rights and openings', (stack) => stack.security),
    section('Units of the bill', (stack) => stack.units.join('\n')),
    section('All differences', (stack) => stack.differences),
  ].join('\n\n');
}
