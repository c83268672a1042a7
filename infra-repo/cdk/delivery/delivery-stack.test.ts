import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serviceApp } from '@enstratus/platform/cdk';
import { deliveredRepos, deliveryParameterNames, organizationNamed } from '@enstratus/platform/pipeline';
import { Template } from 'aws-cdk-lib/assertions';
import { afterAll, describe, expect, it } from 'vitest';
import { DeliveryStack } from './delivery-stack.ts';

const outdir = mkdtempSync(join(tmpdir(), 'delivery-'));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));
const organization = organizationNamed('enfusion');
/** Synthesized with every check that the deployed app has. */
const template = Template.fromStack(new DeliveryStack(serviceApp({ outdir }), 'EnstratusDelivery', organization));

interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Principal?: unknown;
  readonly Condition?: unknown;
}
const resources = (type: string) =>
  Object.entries(template.findResources(type)).map(([id, { Properties, ...rest }]) => ({ id, ...Properties, ...rest }));
const actionsOf = (statements: readonly Statement[], effect: Statement['Effect']) =>
  statements.filter(({ Effect }) => Effect === effect).flatMap(({ Action }) => Action);
const policyOf = (name: string): Statement[] =>
  resources('AWS::IAM::ManagedPolicy').find(({ ManagedPolicyName }) => ManagedPolicyName === name)?.PolicyDocument.Statement ?? [];
const rightsOf = (role: string): Statement[] =>
  resources('AWS::IAM::Policy')
    .filter(({ Roles }) =>
      resources('AWS::IAM::Role').some(({ id, RoleName }) => RoleName === role && JSON.stringify(Roles).includes(`"${id}"`)),
    )
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement);

describe('the delivery account', () => {
  it('holds a repository for each repo, and keeps it when the stack goes', () => {
    const repositories = resources('AWS::CodeCommit::Repository');
    expect(repositories.map(({ RepositoryName }) => RepositoryName).sort()).toEqual([...deliveredRepos].sort());
    for (const { DeletionPolicy } of repositories) expect(DeletionPolicy).toBe('Retain');
  });

  it('keeps what holds state under logical ids that stay', () => {
    const stateful = [
      'AWS::CodeCommit::Repository',
      'AWS::CodeArtifact::Domain',
      'AWS::CodeArtifact::Repository',
      'AWS::KMS::Key',
      'AWS::S3::Bucket',
      'AWS::SNS::Topic',
    ];
    expect(stateful.flatMap((type) => resources(type).map(({ id }) => id)).sort()).toMatchInlineSnapshot(`
      [
        "ApprovalsTopic",
        "ArtifactsBucket88671897",
        "ArtifactsKeyA4B22E2B",
        "FailuresTopic",
        "PackagesDomain63365A27",
        "PackagesRepositoryD508F624",
        "RepositoryappsynclambdarepoCD75F9FB",
        "RepositorydashboardrepoDFC46A9A",
        "Repositorydevicefirmware2E094667",
        "Repositorydocs8AE48CE1",
        "Repositoryinfrarepo5E526367",
        "Repositoryingestrepo9E57164C",
        "Repositorylocalcloud8731C5F4",
      ]
    `);
  });

  it('tells pipelines everything that they look for', () => {
    const names = resources('AWS::SSM::Parameter').map(({ Name }) => Name);
    expect(names.sort()).toEqual(Object.values(deliveryParameterNames).sort());
  });

  it('keeps what pipelines hand on for longer than a year, and what somebody has overwritten', () => {
    const [{ VersioningConfiguration, LifecycleConfiguration }] = resources('AWS::S3::Bucket') as [
      { VersioningConfiguration: unknown; LifecycleConfiguration: { Rules: Record<string, unknown>[] } },
    ];
    expect(VersioningConfiguration).toEqual({ Status: 'Enabled' });
    expect(LifecycleConfiguration.Rules.map(({ ExpirationInDays }) => ExpirationInDays)).toEqual([400]);
    expect(LifecycleConfiguration.Rules[0]).toMatchObject({ NoncurrentVersionExpiration: { NoncurrentDays: 90 } });
  });

  it('lets the deploy roles of the stages read artifacts, and nobody else of their accounts', () => {
    const [{ PolicyDocument }] = resources('AWS::S3::BucketPolicy') as [{ PolicyDocument: { Statement: Statement[] } }];
    const across = PolicyDocument.Statement.filter(({ Effect }) => Effect === 'Allow');
    expect(across.map(({ Condition }) => Condition)).toEqual(
      organization.stages.map(({ account }) => ({
        ArnEquals: { 'aws:PrincipalArn': `arn:aws:iam::${account}:role/cdk-hnb659fds-deploy-role-${account}-us-east-2` },
      })),
    );
    expect(
      across
        .flatMap(({ Action }) => Action)
        .some((action) => /Put|Delete|\*$/.test(action) && !/^s3:(GetObject|GetBucket|List)\*$/.test(action)),
    ).toBe(false);
  });
});

describe('people of the delivery account', () => {
  const [pushers, approvers] = [policyOf('enstratus-pushers'), policyOf('enstratus-approvers')];

  it('who push may approve nothing, and who approve may push nothing', () => {
    expect(actionsOf(pushers, 'Allow')).toContain('codecommit:GitPush');
    expect(actionsOf(pushers, 'Allow').filter((action) => /approval/i.test(action))).toEqual([]);
    expect(actionsOf(pushers, 'Deny')).toContain('codepipeline:PutApprovalResult');
    expect(actionsOf(approvers, 'Allow')).toContain('codepipeline:PutApprovalResult');
    expect(actionsOf(approvers, 'Allow').filter((action) => /push|merge|put(file|comment)|create/i.test(action))).toEqual([]);
    expect(actionsOf(approvers, 'Deny')).toEqual(
      expect.arrayContaining(['codecommit:GitPush', 'codecommit:MergePullRequestBy*', 'codecommit:CreateCommit']),
    );
  });

  it('who hold enstratus-main-by-review too bring to main what was reviewed, and nothing else', () => {
    const statements = policyOf('enstratus-main-by-review');
    expect(actionsOf(statements, 'Allow')).toEqual([]);
    const [denied, started] = statements;
    expect(denied).toMatchObject({
      Effect: 'Deny',
      Resource: deliveredRepos.map((repo) => `arn:aws:codecommit:us-east-2:410000000001:${repo}`).sort(),
      // A push is asked about twice, the first time without its references.
      Condition: { StringEqualsIfExists: { 'codecommit:References': 'refs/heads/main' }, Null: { 'codecommit:References': 'false' } },
    });
    const actions = [denied?.Action ?? []].flat();
    expect(actions).toEqual(expect.arrayContaining(['codecommit:GitPush', 'codecommit:CreateCommit', 'codecommit:MergeBranchesBySquash']));
    expect(actions.filter((action) => action.includes('PullRequest'))).toEqual([]);
    // Who starts a pipeline names the commit, and may name one of a branch.
    expect(started).toMatchObject({ Effect: 'Deny', Action: 'codepipeline:StartPipelineExecution' });
    expect(started).not.toHaveProperty('Condition');
  });

  it('who push may set aside no rule by which others review', () => {
    const allowed = actionsOf(pushers, 'Allow').map((action) => new RegExp(`^${action.replaceAll('*', '.*')}$`));
    for (const action of ['OverridePullRequestApprovalRules', 'UpdateApprovalRuleTemplateContent', 'DeleteApprovalRuleTemplate'])
      expect(
        allowed.some((pattern) => pattern.test(`codecommit:${action}`)),
        action,
      ).toBe(false);
  });

  it('have no right in common but to look', () => {
    const shared = actionsOf(pushers, 'Allow').filter((action) => actionsOf(approvers, 'Allow').includes(action));
    expect(shared.filter((action) => !/:(Get|List|BatchGet|Filter|GitPull)/.test(action))).toEqual([]);
  });
});

describe('builds', () => {
  it.each(['enstratus-build', 'enstratus-changes', 'enstratus-check', 'enstratus-overtake', 'enstratus-publish', 'enstratus-smoke'])(
    'as %s may change no account',
    (role) => {
      const actions = actionsOf(rightsOf(role), 'Allow');
      expect(actions.length).toBeGreaterThan(0);
      expect(actions.filter((action) => /^(iam|cloudformation|lambda|dynamodb|organizations|ssm):/.test(action) || action === '*')).toEqual(
        [],
      );
    },
  );

  it('that ask from outside may do nothing but write their log and read their program', () => {
    const services = new Set(actionsOf(rightsOf('enstratus-smoke'), 'Allow').map((action) => action.split(':')[0]));
    expect([...services].sort()).toEqual(['kms', 'logs', 's3']);
  });

  it("that tell changes assume CDK's reading role of each stage and no other role", () => {
    const assumes = rightsOf('enstratus-changes').filter(({ Action }) => Action === 'sts:AssumeRole');
    expect(assumes.map(({ Resource }) => Resource)).toEqual([
      organization.stages.map(({ account }) => `arn:aws:iam::${account}:role/cdk-hnb659fds-lookup-role-${account}-us-east-2`),
    ]);
  });

  it('that test branches of anybody read code and packages and write their own log, and reach no artifact and no key', () => {
    const rights = rightsOf('enstratus-check');
    expect(actionsOf(rights, 'Allow').sort()).toEqual([
      'codeartifact:GetAuthorizationToken',
      'codeartifact:GetRepositoryEndpoint',
      'codeartifact:ReadFromRepository',
      'codecommit:GitPull',
      'logs:CreateLogGroup',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'sts:GetServiceBearerToken',
    ]);
    const logs = rights
      .filter(({ Action }) => [Action].flat().some((action) => action.startsWith('logs:')))
      .map(({ Resource }) => Resource);
    expect(logs).toEqual([['', ':*'].map((streams) => `arn:aws:logs:us-east-2:410000000001:log-group:/aws/codebuild/*-check${streams}`)]);
  });

  it('that test and synthesize may not publish', () => {
    expect(actionsOf(rightsOf('enstratus-build'), 'Allow').filter((action) => /codeartifact:(Publish|Put|Delete)/.test(action))).toEqual(
      [],
    );
    expect(actionsOf(rightsOf('enstratus-publish'), 'Allow')).toContain('codeartifact:PublishPackageVersion');
  });
});
