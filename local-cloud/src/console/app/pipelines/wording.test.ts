import { describe, expect, it } from 'vitest';
import type { PipelineExecution } from '../../shapes/pipelines.ts';
import { buildLine } from './build-lines.ts';
import { length, lengthOf, newestOf, personOf, reasonOf, startedBy, titleOf } from './wording.ts';

const execution: PipelineExecution = {
  id: '1',
  state: 'succeeded',
  type: 'STANDARD',
  started_at: '2026-11-22T10:00:00.000Z',
  updated_at: '2026-11-22T10:04:05.000Z',
  started_by: { type: 'CloudWatchEvent', detail: 'arn:aws:sts::1:assumed-role/Events/AWSEvents' },
};

describe('an execution', () => {
  it('is named by the first line of its commit’s message', () => {
    expect(titleOf({ ...execution, commit: { id: 'c1', message: '\nSay it\n\nand why\n' } })).toBe('Say it');
    expect(titleOf(execution)).toBe('finding its commit');
  });

  it.each([
    ['CloudWatchEvent', 'arn:aws:sts::1:assumed-role/Events/AWSEvents', 'a push'],
    ['StartPipelineExecution', 'arn:aws:iam::410000000001:root', 'root of 410000000001'],
    ['StartPipelineExecution', 'arn:aws:sts::1:assumed-role/cdk-exec-role/AWSCloudFormation', 'the pipeline’s own change'],
    ['ManualRollback', 'arn:aws:sts::1:assumed-role/approver/ada', 'approver/ada'],
    ['AutomatedRollback', '{"FailedPipelineExecutionId":"2"}', 'a failure, by itself'],
    ['SomethingNew', '', 'SomethingNew'],
  ])('started by %s of %s says: %s', (type, detail, said) => {
    expect(startedBy({ type, detail })).toBe(said);
  });

  it('says why it went no further', () => {
    expect(reasonOf(execution)).toBeUndefined();
    expect(reasonOf({ ...execution, state: 'stopped', reason: 'A newer push has come' })).toBe('A newer push has come');
    expect(reasonOf({ ...execution, state: 'superseded' })).toMatch(/overtook/);
    expect(reasonOf({ ...execution, state: 'cancelled' })).toMatch(/changed under it/);
  });

  it('is the newest, unless it only goes back', () => {
    const back: PipelineExecution = { ...execution, id: '2', type: 'ROLLBACK' };
    expect(newestOf({ executions: [back, execution] })?.id).toBe('1');
    expect(newestOf({ executions: [] })).toBeUndefined();
  });

  it('takes time until its end, or until now', () => {
    const now = Date.parse('2026-11-22T10:10:00Z');
    expect(lengthOf(execution, now)).toBe(245_000);
    expect(lengthOf({ ...execution, state: 'needs_approval' }, now)).toBe(600_000);
  });
});

it.each([
  [0, '0.0 s'],
  [940, '0.9 s'],
  [9960, '10 s'],
  [59_600, '1 min'],
  [224_000, '3 min 44 s'],
  [7_500_000, '2 h 5 min'],
  [90_000_000, '1 day 1 h'],
  [180_000_000, '2 days 2 h'],
])('%d ms are %s', (ms, said) => {
  expect(length(ms)).toBe(said);
});

it('leaves a text as it is that is no principal', () => {
  expect(personOf('nobody')).toBe('nobody');
});

describe('a line of a build', () => {
  const read = (text: string) => buildLine({ at: execution.started_at, text }, 0);

  it('is read without what only a terminal understands', () => {
    expect(read('\u001b[32m ✓\u001b[0m passed \u001b]8;;x\u0007link\u001b]8;;\u0007').text).toBe(' ✓ passed link');
    expect(read('10%\r100%').text).toBe('100%');
    expect(read('<img src=x onerror=alert(1)>').text).toBe('<img src=x onerror=alert(1)>');
  });

  it('is CodeBuild’s own, or of a command', () => {
    expect(read('[Container] 2026/11/22 11:02:39.573000 Entering phase BUILD')).toMatchObject({
      isOwn: true,
      text: 'Entering phase BUILD',
    });
    expect(read('[Container] 2026/11/22 11:02:39.573000 Phase complete: BUILD State: FAILED')).toMatchObject({ isFault: true });
    expect(read('cdk/a.ts(2,7): error TS2305: no member')).toMatchObject({ isOwn: false, isFault: true });
    expect(read('0 errors found')).toMatchObject({ isFault: false });
  });
});
