import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parameterNames } from '@enstratus/contract';
import { type BuildSite, readable, runbookGaps, serviceApp } from '@enstratus/platform/cdk';
import { maxFiles, maxUnzippedBytes } from '@enstratus/platform/site';
import { Template } from 'aws-cdk-lib/assertions';
import { afterAll, describe, expect, it } from 'vitest';
import { buildSite } from '../site/build.ts';
import { DocsStack } from './docs-stack.ts';

const outdir = mkdtempSync(join(tmpdir(), 'docs-stack-'));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

const files =
  (content: Record<string, string>): BuildSite =>
  (directory) => {
    for (const [name, text] of Object.entries(content)) {
      mkdirSync(dirname(join(directory, name)), { recursive: true });
      writeFileSync(join(directory, name), text);
    }
  };
const smallSite = files({ 'index.html': '<!doctype html>', 'adr/one.html': '<!doctype html>', 'assets/main-AAAAAAAA.js': 'main' });

let apps = 0;
/** Synthesized with every check that the deployed app has: a finding without an acknowledged reason fails this file. */
function stack(stage: 'dev' | 'prod' = 'dev', build: BuildSite = smallSite): DocsStack {
  apps += 1;
  const env = { account: '111122223333', region: 'us-east-2' };
  return new DocsStack(serviceApp({ outdir: join(outdir, String(apps)) }), 'EnstratusDocs', { stage, env, build });
}

const template = Template.fromStack(stack());
const resources = (type: string): Record<string, unknown>[] =>
  Object.values(template.findResources(type)).map(({ Properties }) => Properties as Record<string, unknown>);
const [site = {}] = resources('Custom::Site');

describe('the site', () => {
  it('lies in a bucket whose logical id stays, closed to everybody but its distribution', () => {
    expect(template.findResources('AWS::S3::Bucket')).toHaveProperty('DocsBucket.Properties.PublicAccessBlockConfiguration', {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    });
    const [policy] = resources('AWS::S3::BucketPolicy') as [{ PolicyDocument: { Statement: { Effect: string; Principal: unknown }[] } }];
    expect(policy.PolicyDocument.Statement.map(({ Effect, Principal }) => [Effect, Principal])).toEqual([
      ['Deny', { AWS: '*' }],
      ['Allow', { Service: 'cloudfront.amazonaws.com' }],
    ]);
    template.hasResourceProperties('AWS::CloudFront::OriginAccessControl', {
      OriginAccessControlConfig: { OriginAccessControlOriginType: 's3', SigningBehavior: 'always', SigningProtocol: 'sigv4' },
    });
  });

  it('is served with a policy under which nothing inline runs and nobody else is asked', () => {
    const [headers] = resources('AWS::CloudFront::ResponseHeadersPolicy') as [
      { ResponseHeadersPolicyConfig: { SecurityHeadersConfig: { ContentSecurityPolicy: object } } },
    ];
    expect(headers.ResponseHeadersPolicyConfig.SecurityHeadersConfig.ContentSecurityPolicy).toEqual({
      Override: true,
      ContentSecurityPolicy:
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; " +
        "frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    });
  });

  it('changes with its files and with nothing else', () => {
    const key = (of: DocsStack) => Object.values(Template.fromStack(of).findResources('Custom::Site'))[0]?.['Properties'].BuildKey;
    expect(key(stack())).toBe(site['BuildKey']);
    expect(key(stack('dev', files({ 'index.html': 'another' })))).not.toBe(site['BuildKey']);
  });

  it('tells where it is', () => {
    template.hasResourceProperties('AWS::SSM::Parameter', { Name: parameterNames.docsUrl });
    expect(Object.values(template.findOutputs('DocsUrl')).map(({ Value }) => readable(template, Value))).toEqual([
      expect.stringMatching(/^https:\/\/<HostingDistribution[0-9A-F]+\.DomainName>$/),
    ]);
  });
});

describe('the function that fills it', () => {
  it('may read this build, fill the bucket, write its logs, and do nothing else', () => {
    const lines = resources('AWS::IAM::Policy').flatMap(({ PolicyDocument }) =>
      (PolicyDocument as { Statement: { Effect: string; Action: string | string[]; Resource: unknown }[] }).Statement.flatMap(
        ({ Effect, Action, Resource }) =>
          [Action].flat().flatMap((action) => [Resource].flat().map((resource) => `${Effect} ${action} ${readable(template, resource)}`)),
      ),
    );
    expect(lines.sort()).toEqual([
      expect.stringMatching(/^Allow logs:CreateLogStream <DeployDocsLogs[0-9A-F]+\.Arn>$/),
      expect.stringMatching(/^Allow logs:PutLogEvents <DeployDocsLogs[0-9A-F]+\.Arn>$/),
      'Allow s3:DeleteObject arn:aws:s3:::<DocsBucket>/*',
      'Allow s3:GetObject arn:aws:s3:::<DocsBucket>/deployed-builds.json',
      `Allow s3:GetObject arn:aws:s3:::cdk-hnb659fds-assets-111122223333-us-east-2/${site['BuildKey']}`,
      'Allow s3:ListBucket arn:aws:s3:::<DocsBucket>',
      'Allow s3:PutObject arn:aws:s3:::<DocsBucket>/*',
      expect.stringMatching(/^Allow sqs:SendMessage <DeployDocsDeadLetters[0-9A-F]+\.Arn>$/),
    ]);
    template.resourceCountIs('AWS::Lambda::Function', 1);
  });

  it('can hold the real build', () => {
    const folder = join(outdir, 'real');
    buildSite(folder);
    const sizes = globSync('**/*', { cwd: folder })
      .map((name) => statSync(join(folder, name)))
      .filter((file) => file.isFile())
      .map(({ size }) => size);
    expect(sizes.length).toBeGreaterThan(30);
    expect(sizes.length).toBeLessThan(maxFiles);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(maxUnzippedBytes);
  });
});

describe('the stack', () => {
  it('has the same template in every stage, and is protected against deletion in production', () => {
    const production = stack('prod');
    expect(Template.fromStack(production).toJSON()).toEqual(template.toJSON());
    expect([stack('dev').terminationProtection, production.terminationProtection]).toEqual([false, true]);
  });

  it('says of every alarm what is hurt, and the RUNBOOK says what to do', () => {
    expect(runbookGaps(template.toJSON(), readFileSync(new URL('../RUNBOOK.md', import.meta.url), 'utf8'))).toEqual([]);
  });
});
