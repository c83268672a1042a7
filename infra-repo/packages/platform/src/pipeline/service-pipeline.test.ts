import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CfnOutput, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serviceApp } from '../cdk/service-app.ts';
import { type Organization, organizationNamed } from './organization.ts';
import { ServicePipeline, type ServicePipelineProps } from './service-pipeline.ts';

const folder = mkdtempSync(join(tmpdir(), 'service-pipeline-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function synthesized(
  changes: Partial<Organization> = {},
  more: Partial<ServicePipelineProps> = {},
  id = 'EnstratusPipelineSome',
): { template: Template; outdir: string } {
  const outdir = mkdtempSync(join(folder, 'out-'));
  const smoke = join(folder, 'smoke.ts');
  writeFileSync(smoke, 'console.log(process.env.URL);');
  const manifest = join(folder, 'package.json');
  writeFileSync(manifest, JSON.stringify({ dependencies: { '@enstratus/contract': '0.1.0' } }));
  // Checks of the contents are those of the repos.
  const app = serviceApp({ outdir });
  const stack = new ServicePipeline(app, id, {
    organization: { ...organizationNamed('enfusion'), ...changes },
    repo: 'ingest-repo',
    contents: (scope, { env }) => {
      const contents = new Stack(scope, 'EnstratusSome', { stackName: 'EnstratusSome', env });
      const asset = new Asset(contents, 'Asset', { path: smoke });
      new LogGroup(contents, 'Logs', { retention: RetentionDays.ONE_WEEK });
      return { outputs: { URL: new CfnOutput(contents, 'Url', { value: asset.s3ObjectUrl }) } };
    },
    smokeTest: pathToFileURL(smoke),
    manifest: pathToFileURL(manifest),
    ...more,
  });
  const template = Template.fromStack(stack);
  app.synth();
  return { template, outdir };
}

interface Stage {
  readonly Name: string;
  readonly OnFailure?: { readonly Result: string };
  readonly Actions: readonly {
    readonly Name: string;
    readonly RunOrder: number;
    readonly ActionTypeId: { readonly Provider: string };
    readonly RoleArn: unknown;
  }[];
}

it('has a name by which the accounts trust its roles', () => {
  expect(() => synthesized({}, {}, 'EnstratusSomePipeline')).toThrow('EnstratusSomePipeline must begin with EnstratusPipeline');
});

describe('the pipeline of a repo', () => {
  let template: Template;
  let outdir: string;
  let stages: Stage[];
  beforeAll(() => {
    ({ template, outdir } = synthesized());
    const [pipeline] = Object.values(template.findResources('AWS::CodePipeline::Pipeline'));
    stages = pipeline?.['Properties'].Stages;
  });

  it('goes from the source over its own update through the stages, a gate before each but the first', () => {
    expect(stages.map(({ Name }) => Name)).toEqual([
      'Source',
      'Build',
      'UpdatePipeline',
      'Assets',
      'Dev',
      'ApproveTest',
      'Test',
      'ApproveProd',
      'Prod',
    ]);
  });

  it('shows the changes before somebody approves them, and asks nobody in a stage that may have to go back', () => {
    const actions = Object.fromEntries(
      stages.map((stage) => [stage.Name, stage.Actions.map(({ Name, RunOrder }) => `${RunOrder} ${Name}`)]),
    );
    expect(actions['ApproveTest']).toEqual(['1 TestChanges', '2 ApproveTest']);
    expect(actions['Dev']).toEqual([
      '1 DevChanges',
      '2 EnstratusSome.Prepare',
      '3 EnstratusSome.Deploy',
      '4 DevSmokeTest',
      '5 DevOvertake',
    ]);
    expect(actions['Test']).toEqual(['1 EnstratusSome.Prepare', '2 EnstratusSome.Deploy', '3 TestSmokeTest', '4 TestOvertake']);
    expect(actions['Prod']).toEqual(['1 EnstratusSome.Prepare', '2 EnstratusSome.Deploy', '3 ProdSmokeTest']);
    expect(
      stages.filter(({ Actions }) => Actions.some(({ ActionTypeId }) => ActionTypeId.Provider === 'Manual')).map(({ Name }) => Name),
    ).toEqual(['ApproveTest', 'ApproveProd']);
  });

  it('takes a stage back when it fails, and no other', () => {
    expect(stages.filter(({ OnFailure }) => OnFailure?.Result === 'ROLLBACK').map(({ Name }) => Name)).toEqual(['Dev', 'Test', 'Prod']);
  });

  it('is of type V2, and the newest push wins', () => {
    template.hasResourceProperties('AWS::CodePipeline::Pipeline', {
      Name: 'ingest-repo',
      PipelineType: 'V2',
      ExecutionMode: 'SUPERSEDED',
      RestartExecutionOnUpdate: true,
    });
  });

  it("deploys each stage with CDK's roles of that stage's account", () => {
    const accounts = { Dev: '420000000001', Test: '430000000001', Prod: '440000000001' };
    for (const [name, account] of Object.entries(accounts)) {
      const deploys =
        stages.find(({ Name }) => Name === name)?.Actions.filter(({ ActionTypeId }) => ActionTypeId.Provider === 'CloudFormation') ?? [];
      expect(deploys.length).toBe(2);
      for (const { RoleArn } of deploys)
        expect(JSON.stringify(RoleArn)).toContain(`:iam::${account}:role/cdk-hnb659fds-deploy-role-${account}-us-east-2`);
    }
  });

  it("pins the versions of CDK's tools", () => {
    const buildSpecs = Object.values(template.findResources('AWS::CodeBuild::Project')).map(({ Properties }) =>
      JSON.stringify(Properties.Source.BuildSpec),
    );
    const assets = readdirSync(outdir).find((file) => file.startsWith('buildspec-'));
    expect(buildSpecs.filter((text) => text.includes('npm install -g aws-cdk@2.1148.1'))).toHaveLength(1);
    expect(readFileSync(join(outdir, String(assets)), 'utf8')).toContain('npm install -g cdk-assets@4.7.3');
    expect(buildSpecs.join()).not.toMatch(/npm install -g [\w-]+(?!@)[" ]/);
  });

  it('builds by the shared buildspec, as its branches are', () => {
    const specs = Object.values(template.findResources('AWS::CodeBuild::Project')).map(({ Properties }) =>
      String(Properties.Source.BuildSpec),
    );
    expect(specs.filter((text) => text.includes('npm run synth:pipeline'))).toHaveLength(2);
    template.hasResourceProperties('AWS::CodeBuild::Project', { Name: 'ingest-repo-check', Artifacts: { Type: 'NO_ARTIFACTS' } });
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: Match.objectLike({
        source: ['aws.codecommit'],
        detail: {
          event: ['referenceCreated', 'referenceUpdated'],
          referenceType: ['branch'],
          referenceName: [{ 'anything-but': ['main'] }],
        },
      }),
    });
  });

  it('checks branches with a role of their own: what nobody has reviewed reaches no artifact', () => {
    const projects = Object.values(template.findResources('AWS::CodeBuild::Project')).map(({ Properties }) => Properties);
    const checks = projects.filter(({ ServiceRole }) => JSON.stringify(ServiceRole).includes('checkrolearn'));
    expect(checks.map(({ Name, Artifacts, Cache }) => [Name, Artifacts.Type, Cache?.Type])).toEqual([
      ['ingest-repo-check', 'NO_ARTIFACTS', 'NO_CACHE'],
    ]);
    expect(checks[0]).not.toHaveProperty('SecondaryArtifacts');
    const check = JSON.stringify(checks);
    expect(check).not.toContain('artifactsbucketname');
    expect(check).not.toContain('artifactskeyarn');
  });

  it('tells when it fails', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: Match.objectLike({ 'detail-type': ['CodePipeline Pipeline Execution State Change'], detail: { state: ['FAILED'] } }),
    });
  });

  it('carries the programs of its builds', () => {
    expect(readdirSync(join(outdir, 'delivery', 'programs')).sort()).toEqual(['overtake-older.mjs', 'smoke-test.mjs', 'tell-changes.mjs']);
    expect(readdirSync(join(outdir, 'delivery'))).toContain('db.json.gz');
  });

  it('waits for the contract that the repo pins', () => {
    const projects = Object.entries(template.findResources('AWS::CodeBuild::Project')).filter(([id]) => id.includes('Changes'));
    expect(projects).toHaveLength(3);
    for (const [, { Properties }] of projects) {
      expect(Properties.Environment.EnvironmentVariables).toContainEqual({ Name: 'NEEDS_CONTRACT', Type: 'PLAINTEXT', Value: '0.1.0' });
    }
  });
});

describe('the pipeline of the repo that publishes the shared packages', () => {
  const { template, outdir } = synthesized({}, { publishesPackages: true });
  const [pipeline] = Object.values(template.findResources('AWS::CodePipeline::Pipeline'));
  const stages: Stage[] = pipeline?.['Properties'].Stages;
  const projects = Object.entries(template.findResources('AWS::CodeBuild::Project'));

  it('publishes them once, when its first stage works, before anybody is asked', () => {
    const publishing = stages.flatMap(({ Name, Actions }) => Actions.map((action) => `${Name}: ${action.RunOrder} ${action.Name}`));
    expect(publishing.filter((action) => /Dev(Smoke|Over)|Publish/.test(action))).toEqual([
      'Dev: 4 DevSmokeTest',
      'Dev: 5 PublishPackages',
      'Dev: 6 DevOvertake',
    ]);
  });

  it('signs in to the registry as builds do, with the one role that may publish', () => {
    const [publishing] = projects.flatMap(([id, { Properties }]) => (id.includes('PublishPackages') ? [Properties] : []));
    const { Source, Environment, ServiceRole } = publishing ?? {};
    const { phases } = JSON.parse(Source.BuildSpec);
    expect(phases.build.commands).toEqual([
      'aws codeartifact login --tool npm --domain "$PACKAGES_DOMAIN" --domain-owner "$PACKAGES_ACCOUNT" --repository "$PACKAGES_REPOSITORY" --namespace @enstratus',
      'node delivery/programs/publish-packages.mjs',
    ]);
    expect(Environment.EnvironmentVariables).toEqual(
      expect.arrayContaining([
        { Name: 'PACKAGES_DOMAIN', Type: 'PLAINTEXT', Value: 'enstratus' },
        { Name: 'PACKAGES_ACCOUNT', Type: 'PLAINTEXT', Value: '410000000001' },
        { Name: 'PACKAGES_REPOSITORY', Type: 'PLAINTEXT', Value: 'packages' },
      ]),
    );
    expect(JSON.stringify(ServiceRole)).toContain('publishrolearn');
    const others = projects.filter(
      ([id, { Properties }]) => !id.includes('PublishPackages') && JSON.stringify(Properties.ServiceRole).includes('publishrolearn'),
    );
    expect(others).toEqual([]);
    expect(readdirSync(join(outdir, 'delivery', 'programs'))).toContain('publish-packages.mjs');
  });

  it('waits for no contract: it is what brings it', () => {
    expect(JSON.stringify(projects)).not.toContain('NEEDS_CONTRACT');
  });
});

describe('the pipeline of a repo that looks again', () => {
  it('runs what comes afterwards in every stage, after the smoke test', () => {
    const { template, outdir } = synthesized({}, { afterwards: { SecondLook: pathToFileURL(join(folder, 'smoke.ts')) } });
    const [pipeline] = Object.values(template.findResources('AWS::CodePipeline::Pipeline'));
    const stages: Stage[] = pipeline?.['Properties'].Stages;
    const actions = Object.fromEntries(
      stages.map((stage) => [stage.Name, stage.Actions.map(({ Name, RunOrder }) => `${RunOrder} ${Name}`)]),
    );
    expect(actions['Dev']?.slice(3)).toEqual(['4 DevSmokeTest', '5 DevSecondLook', '6 DevOvertake']);
    expect(actions['Prod']?.slice(2)).toEqual(['3 ProdSmokeTest', '4 ProdSecondLook']);
    expect(readdirSync(join(outdir, 'delivery', 'programs'))).toContain('second-look.mjs');
  });
});

describe('the pipeline of an organization that keeps its code elsewhere', () => {
  it('starts by its connection', () => {
    const connection_arn = 'arn:aws:codeconnections:us-east-2:410000000001:connection/1';
    const { template } = synthesized({ source: { provider: 'CodeConnections', connection_arn, owner: 'enfusion' } });
    const [pipeline] = Object.values(template.findResources('AWS::CodePipeline::Pipeline'));
    expect(pipeline?.['Properties'].Stages[0].Actions[0]).toMatchObject({
      ActionTypeId: { Provider: 'CodeStarSourceConnection' },
      Configuration: { ConnectionArn: connection_arn, FullRepositoryId: 'enfusion/ingest-repo', BranchName: 'main' },
    });
  });
});
