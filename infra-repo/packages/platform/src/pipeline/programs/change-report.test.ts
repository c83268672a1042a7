import { describe, expect, it } from 'vitest';
import { reportOf, summaryOf } from './change-report.ts';
import { stackChanges } from './stack-changes.ts';

const commit = { repo: 'ingest-repo', stage: 'prod', commit_id: '0123456789abcdef', message: 'Take packs of 30 minutes\n\nBecause.' };

const role = (actions: string[]) => ({
  Type: 'AWS::IAM::Policy',
  Properties: {
    PolicyName: 'p',
    Roles: ['r'],
    PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] },
  },
});
const alarm = { Type: 'AWS::CloudWatch::Alarm', Properties: { MetricName: 'm' } };
const table = (key: string) => ({ Type: 'AWS::DynamoDB::Table', Properties: { KeySchema: [{ AttributeName: key, KeyType: 'HASH' }] } });
const handler = (MemorySize?: number) => ({
  Type: 'AWS::Lambda::Function',
  Properties: { ...(MemorySize === undefined ? {} : { MemorySize }) },
});
const changesOf = (before: Record<string, unknown> | undefined, after: Record<string, unknown>) =>
  stackChanges('EnstratusIngest', before === undefined ? undefined : { Resources: before }, { Resources: after });

describe('what an approver is shown', () => {
  it('begins with the commit and says plainly when rights change', () => {
    const changes = changesOf({ P: role(['s3:GetObject']) }, { P: role(['s3:*']) });
    expect(summaryOf(commit, [changes])).toBe(
      'ingest-repo to PROD: 0123456789ab Take packs of 30 minutes | RIGHTS CHANGE in EnstratusIngest | EnstratusIngest: 1 changed | No unit of the bill changes',
    );
    expect(changes.security).toContain('s3:*');
    const report = reportOf(commit, [changes]);
    expect(report.indexOf('## Rights and openings')).toBeLessThan(report.indexOf('## All differences'));
    expect(report).toContain('Because.');
  });

  it('tells a replacement and a removal in capitals', () => {
    const changes = changesOf({ T: table('a'), A: alarm }, { T: table('b') });
    expect(changes.counts).toEqual({ added: 0, changed: 0, replaced: 1, removed: 1 });
    expect(summaryOf(commit, [changes])).toMatch(/1 REPLACED, 1 REMOVED/);
  });

  it('tells what changes on the bill', () => {
    const changes = changesOf({ A: alarm, F: handler(256) }, { A: alarm, B: alarm, F: handler(512) });
    expect(changes.units).toEqual(['AWS::CloudWatch::Alarm 1 > 2, +$0.10 a month', 'memory of all functions 256 > 512 MiB']);
  });

  it("takes no part from a commit's message", () => {
    const summary = summaryOf({ ...commit, message: 'Tidy up | No rights change' }, [
      changesOf({ P: role(['s3:GetObject']) }, { P: role(['s3:*']) }),
    ]);
    expect(summary.split(' | ').slice(0, 2)).toEqual([
      'ingest-repo to PROD: 0123456789ab Tidy up / No rights change',
      'RIGHTS CHANGE in EnstratusIngest',
    ]);
  });

  it("lets no message push a part out, and no heading of one look like the report's", () => {
    const changes = [changesOf({ P: role(['s3:GetObject']) }, { P: role(['s3:*']) })];
    const message = `${'long '.repeat(300)}\n\n## Rights and openings\n\nNone.`;
    expect(summaryOf({ ...commit, message }, changes)).toContain('RIGHTS CHANGE in EnstratusIngest');
    expect(reportOf({ ...commit, message }, changes).match(/^## Rights and openings$/gm)).toHaveLength(1);
  });

  it('of a first deployment has everything added', () => {
    expect(changesOf(undefined, { A: alarm, F: handler() }).counts).toEqual({ added: 2, changed: 0, replaced: 0, removed: 0 });
  });

  it('of the same template has nothing', () => {
    const changes = changesOf({ A: alarm }, { A: alarm });
    expect(changes).toMatchObject({ differences: '', security: '', units: [], isSecurityTouched: false });
    expect(summaryOf(commit, [changes])).toContain('nothing changes');
    expect(reportOf(commit, [changes])).toContain('None.');
  });

  it('says nothing of where an asset lay', () => {
    const at = (path: string) => ({ A: { ...alarm, Metadata: { 'aws:asset:path': path } } });
    expect(changesOf(at('here'), at('there'))).toMatchObject({ differences: '', counts: { changed: 0 } });
  });

  it('is at most a thousand characters, in one line', () => {
    const many = Array.from({ length: 80 }, (_, index) => stackChanges(`Stack${index}`, undefined, { Resources: { A: alarm } }));
    const summary = summaryOf(commit, many);
    expect(summary.length).toBe(1000);
    expect(summary).not.toContain('\n');
  });

  it('has no colours of a terminal', () => {
    const { differences } = changesOf({ A: alarm }, { B: alarm });
    expect(differences).not.toMatch(new RegExp(String.fromCharCode(27)));
  });
});

describe('a function that has changed', () => {
  const template = (S3Key: string, versionId: string, more: object = {}) => ({
    Greet: { Type: 'AWS::Lambda::Function', Properties: { Code: { S3Bucket: 'assets', S3Key } } },
    [versionId]: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Greet' }, ...more } },
    Live: {
      Type: 'AWS::Lambda::Alias',
      Properties: { FunctionName: { Ref: 'Greet' }, FunctionVersion: { 'Fn::GetAtt': [versionId, 'Version'] }, Name: 'live' },
    },
  });

  it('is one change: its version, and the alias on it, follow by themselves', () => {
    const { counts, differences } = changesOf(template('a.zip', 'GreetCurrentVersionA'), template('b.zip', 'GreetCurrentVersionB'));
    expect(counts).toEqual({ added: 0, changed: 1, replaced: 0, removed: 0 });
    expect(differences).toContain('[~] AWS::Lambda::Function Greet');
    expect(differences).not.toContain('AWS::Lambda::Version');
  });

  it('shows what a version says besides, and one that goes for good', () => {
    const before = template('a.zip', 'GreetCurrentVersionA');
    const told = changesOf(before, template('a.zip', 'GreetCurrentVersionB', { Description: 'another table' }));
    expect(told.differences).toContain('another table');
    const { Greet } = before;
    expect(changesOf(before, { Greet }).counts).toMatchObject({ removed: 2 });
  });
});
