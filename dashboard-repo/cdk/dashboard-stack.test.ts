import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parameterNames } from '@enstratus/contract';
import { type BuildSite, readable, runbookGaps, serviceApp } from '@enstratus/platform/cdk';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { afterAll, describe, expect, it } from 'vitest';
import { DashboardStack, type DashboardStackProps } from './dashboard-stack.ts';

const outdir = mkdtempSync(join(tmpdir(), 'dashboard-stack-'));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

const files =
  (content: Record<string, string>): BuildSite =>
  (directory) => {
    for (const [name, text] of Object.entries(content)) {
      mkdirSync(dirname(join(directory, name)), { recursive: true });
      writeFileSync(join(directory, name), text);
    }
  };
const smallSite = files({ 'index.html': '<!doctype html>', 'assets/app-AAAAAAAA.js': 'app' });

let apps = 0;
/** Synthesized with every check that the deployed app has: a finding without an acknowledged reason fails this file. */
function synthesize(props: Partial<DashboardStackProps> = {}): Template {
  apps += 1;
  return Template.fromStack(
    new DashboardStack(serviceApp({ outdir: join(outdir, String(apps)) }), 'EnstratusDashboard', {
      stage: 'dev',
      env: { account: '111122223333', region: 'us-east-2' },
      build: smallSite,
      ...props,
    }),
  );
}

const template = synthesize();
const runbook = readFileSync(new URL('../RUNBOOK.md', import.meta.url), 'utf8');

const resources = (type: string): Record<string, unknown>[] =>
  Object.values(template.findResources(type)).map(({ Properties }) => Properties as Record<string, unknown>);

const site = (of: Template) => Object.values(of.findResources('Custom::Site'))[0]?.['Properties'] as Record<string, unknown>;

describe('the site', () => {
  it('is put by a function that is told the build, the bucket and what the application is told', () => {
    const { ServiceToken, ServiceTimeout, BuildBucketName, BuildKey, SiteBucketName, Configuration } = site(template);
    expect(readable(template, ServiceToken)).toMatch(/^<DeploySiteFunction[0-9A-F]+\.Arn>$/);
    expect(ServiceTimeout).toBe('720');
    expect(BuildBucketName).toBe('cdk-hnb659fds-assets-111122223333-us-east-2');
    expect(BuildKey).toMatch(/^[0-9a-f]{64}\.zip$/);
    expect(readable(template, SiteBucketName)).toBe('</enstratus/infra/site-bucket-name>');
    expect(Object.fromEntries(Object.entries(Configuration as object).map(([name, value]) => [name, readable(template, value)]))).toEqual({
      region: 'us-east-2',
      user_pool_id: '</enstratus/infra/user-pool-id>',
      user_pool_client_id: '</enstratus/infra/user-pool-client-id>',
      user_pool_issuer: '</enstratus/infra/user-pool-issuer>',
      graphql_url: '</enstratus/appsync/graphql-url>',
      graphql_realtime_url: '</enstratus/appsync/graphql-realtime-url>',
    });
  });

  it('is put within the time that CloudFormation waits, however often Lambda tries', () => {
    const [{ Timeout, MemorySize } = {}] = resources('AWS::Lambda::Function');
    expect([Timeout, MemorySize]).toEqual([120, 512]);
    // "Error handling for asynchronous invocation": two more tries, one minute and two minutes later.
    expect(3 * Number(Timeout) + 180).toBeLessThan(Number(site(template)['ServiceTimeout']));
  });

  it('changes with its files and with nothing else', () => {
    const key = (build: BuildSite) => site(synthesize({ build }))['BuildKey'];
    const content = { 'index.html': '<!doctype html>', 'assets/app-AAAAAAAA.js': 'app' };
    expect(key(files(content))).toBe(site(template)['BuildKey']);
    expect(key(files({ ...content, 'index.html': '<!doctype html><p>' }))).not.toBe(site(template)['BuildKey']);
  });

  it('is not deployed when it could not be served', () => {
    expect(() => synthesize({ build: files({ 'assets/app-AAAAAAAA.js': '' }) })).toThrow('no index.html');
    expect(() => synthesize({ build: files({ 'index.html': '', 'tool.exe': '' }) })).toThrow('tool.exe');
  });
});

describe('the function', () => {
  it('may read this build, fill the site, write its logs, and do nothing else', () => {
    const lines = resources('AWS::IAM::Policy').flatMap(({ PolicyDocument }) =>
      (PolicyDocument as { Statement: { Effect: string; Action: string | string[]; Resource: unknown }[] }).Statement.flatMap(
        ({ Effect, Action, Resource }) =>
          [Action].flat().flatMap((action) => [Resource].flat().map((resource) => `${Effect} ${action} ${readable(template, resource)}`)),
      ),
    );
    const bucket = 'arn:aws:s3:::</enstratus/infra/site-bucket-name>';
    expect(lines.sort()).toEqual([
      expect.stringMatching(/^Allow logs:CreateLogStream <DeploySiteLogs[0-9A-F]+\.Arn>$/),
      expect.stringMatching(/^Allow logs:PutLogEvents <DeploySiteLogs[0-9A-F]+\.Arn>$/),
      `Allow s3:DeleteObject ${bucket}/*`,
      `Allow s3:GetObject ${bucket}/deployed-builds.json`,
      `Allow s3:GetObject arn:aws:s3:::cdk-hnb659fds-assets-111122223333-us-east-2/${site(template)['BuildKey']}`,
      `Allow s3:ListBucket ${bucket}`,
      `Allow s3:PutObject ${bucket}/*`,
      expect.stringMatching(/^Allow sqs:SendMessage <DeploySiteDeadLetters[0-9A-F]+\.Arn>$/),
    ]);
    template.allResourcesProperties('AWS::IAM::Role', { ManagedPolicyArns: Match.absent(), Policies: Match.absent() });
  });

  it('is the only one', () => {
    template.resourceCountIs('AWS::Lambda::Function', 1);
    template.hasResourceProperties('AWS::Logs::LogGroup', {
      LogGroupName: '/enstratus/functions/dashboard-repo/deploy-site',
      RetentionInDays: 30,
    });
  });
});

describe('the stack', () => {
  it('tells where the site is, and reads what others have deployed', () => {
    expect(Object.values(template.findOutputs('SiteUrl')).map(({ Value }) => readable(template, Value))).toEqual([
      '</enstratus/infra/site-url>',
    ]);
    const parameters = Object.values(template.toJSON()['Parameters'] as Record<string, { Type: string; Default: string }>);
    const read = parameters.map(({ Type, Default }) => (Type === 'AWS::SSM::Parameter::Value<String>' ? Default : Type));
    expect(read.sort()).toEqual(
      [
        '/cdk-bootstrap/hnb659fds/version',
        parameterNames.alarmsTopicArn,
        parameterNames.graphqlRealtimeUrl,
        parameterNames.graphqlUrl,
        parameterNames.siteBucketName,
        parameterNames.siteUrl,
        parameterNames.userPoolClientId,
        parameterNames.userPoolId,
        parameterNames.userPoolIssuer,
      ].sort(),
    );
  });

  it('has the same template in every stage, and is protected against deletion in production', () => {
    expect(synthesize({ stage: 'prod' }).toJSON()).toEqual(template.toJSON());
    const stack = (stage: 'dev' | 'prod') =>
      new DashboardStack(serviceApp({ outdir: join(outdir, `protected-${stage}`) }), 'EnstratusDashboard', {
        stage,
        env: { account: '111122223333', region: 'us-east-2' },
        build: smallSite,
      });
    expect([stack('dev').terminationProtection, stack('prod').terminationProtection]).toEqual([false, true]);
  });

  it('says of every alarm what is hurt, and the RUNBOOK says what to do, by commands that name what is in the template', () => {
    expect(runbookGaps(template.toJSON(), runbook)).toEqual([]);
    expect(
      resources('AWS::CloudWatch::Alarm').map(({ MetricName, AlarmActions }) => [
        MetricName,
        (AlarmActions as unknown[]).map((part) => readable(template, part)),
      ]),
    ).toEqual([['ApproximateNumberOfMessagesVisible', ['</enstratus/infra/alarms-topic-arn>']]]);
    const named = [...new Set([...runbook.matchAll(/\$\(resource (\w+)/g)].map((match) => match[1]))];
    expect(named.length).toBeGreaterThan(0);
    expect(Object.keys(template.toJSON()['Resources'])).toEqual(expect.arrayContaining(named));
  });
});
