import { templateSchema } from '@enstratus/platform/delivery';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { creationTimes, otherTimes, publishedEnvironment_s } from './creation-times.ts';
import { criticalPath, durationOf, schedule } from './critical-path.ts';
import { describeEstimate, type EstimatedRepo, estimate } from './estimate.ts';
import { templateLinks } from './template-links.ts';

const template = (Resources: Record<string, object>) => templateSchema.parse({ Resources });
const role = { Type: 'AWS::IAM::Role', Properties: {} };
const fn = { Type: 'AWS::Lambda::Function', Properties: { Role: { 'Fn::GetAtt': ['Role', 'Arn'] } } };
const took = (type: string) => creationTimes[type]?.duration_s ?? Number.NaN;

describe('what a resource waits for', () => {
  it('is what it names: by Ref, GetAtt, Sub and DependsOn, and no parameter or itself', () => {
    const links = templateLinks(
      template({
        Role: role,
        Function: fn,
        Url: {
          Type: 'AWS::SSM::Parameter',
          DependsOn: 'Role',
          // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation fills it.
          Properties: { Value: { 'Fn::Sub': 'https://${Function.Arn}/${AWS::Region}' } },
        },
        Policy: { Type: 'AWS::IAM::Policy', DependsOn: ['Url'], Properties: { Roles: [{ Ref: 'Role' }], Own: { Ref: 'Policy' } } },
      }),
    );
    expect(Object.fromEntries(links.map(({ name, after }) => [name, after.filter((one) => one !== 'AWS')]))).toEqual({
      Role: [],
      Function: ['Role'],
      Url: ['Role', 'Function'],
      Policy: ['Url', 'Role'],
    });
  });
});

describe('the critical path', () => {
  it('is the chain that ends last', () => {
    const path = criticalPath(templateLinks(template({ Role: role, Function: fn, Table: { Type: 'AWS::SSM::Parameter' } })));
    expect(path.map(({ name }) => name)).toEqual(['Role', 'Function']);
  });

  it('names what waits for itself', () => {
    const loop = ['a', 'b'].map((name) => ({ name, duration_s: 1, after: [name === 'a' ? 'b' : 'a'] }));
    expect(() => schedule(loop)).toThrow('a waits for itself');
  });

  it('ends when everything has ended, and nothing begins before what it waits for', () => {
    const links = fc
      .array(fc.record({ duration_s: fc.nat(500), earlier: fc.array(fc.nat(20)) }), { minLength: 1, maxLength: 20 })
      .map((all) =>
        all.map(({ duration_s, earlier }, at) => ({ name: `${at}`, duration_s, after: earlier.filter((one) => one < at).map(String) })),
      );
    fc.assert(
      fc.property(links, (all) => {
        const scheduled = schedule(all);
        const ends = new Map(scheduled.map(({ link, ends_s }) => [link.name, ends_s]));
        for (const { link, begins_s } of scheduled)
          for (const name of link.after) expect(begins_s).toBeGreaterThanOrEqual(ends.get(name) ?? Number.NaN);
        expect(durationOf(criticalPath(all))).toBe(Math.max(...ends.values()));
      }),
    );
  });
});

describe('the estimate of an environment', () => {
  const site = template({ Site: { Type: 'AWS::CloudFront::Distribution' } });
  const bootstrap = template({ Role: role });
  const repo = (name: string, waitsFor: string[], one = template({ Role: role, Function: fn })): EstimatedRepo => ({
    name,
    waitsFor,
    stacks: [{ stackName: name, template: one }],
    assets: { files: 2, bytes: 2_500_000 },
  });
  const repos = [repo('infra', [], site), repo('docs', []), repo('ingest', ['infra'])];
  const assets_s = 2 * otherTimes.asset_s + 2_500_000 / otherTimes.asset_bytes_a_second;

  it('adds what waits for each other, and nothing that goes on beside it', () => {
    const { duration_s, critical_path, published_s } = estimate(repos, bootstrap, 2);
    expect(critical_path).toEqual([
      'Sign in',
      'Bootstrap',
      "Write Particle's parameters",
      'Deploy infra',
      'Deploy ingest',
      'Seed the settings',
      'Invite the first admin',
    ]);
    expect(duration_s).toBe(
      otherTimes.sign_in_s +
        otherTimes.stack_overhead_s * 3 +
        took('AWS::IAM::Role') +
        otherTimes.parameters_s +
        took('AWS::CloudFront::Distribution') +
        assets_s * 2 +
        took('AWS::IAM::Role') +
        took('AWS::Lambda::Function') +
        otherTimes.settings_s +
        otherTimes.first_admin_s,
    );
    expect(published_s).toBe(publishedEnvironment_s);
  });

  it('says what it knows no time of', () => {
    const made = estimate([repo('new', [], template({ Thing: { Type: 'AWS::New::Thing' } }))], bootstrap, 2);
    expect(made.unknown_types).toEqual(['AWS::New::Thing']);
    expect(describeEstimate(made)).toContain('AWS::New::Thing');
  });

  it('is told with its steps, the resources behind them, and beside the published system', () => {
    const text = describeEstimate(estimate(repos, bootstrap, 2));
    expect(text).toMatch(/▶ Deploy infra/);
    expect(text).toMatch(/5:00 {2}Site \(AWS::CloudFront::Distribution; AWS Networking/);
    expect(text).toContain('The published system says 45 min');
  });
});
