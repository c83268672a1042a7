import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serviceApp } from '@enstratus/platform/cdk';
import { type SynthesizedPipeline, synthesizedPipeline } from '@enstratus/platform/delivery';
import { organizationNamed } from '@enstratus/platform/pipeline';
import { Template } from 'aws-cdk-lib/assertions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBoronProject } from '../delivery/boron-project.ts';
import { firmwarePipeline } from './firmware-pipeline.ts';

interface Action {
  readonly Name: string;
  readonly RunOrder: number;
  readonly ActionTypeId: { readonly Provider: string };
  readonly Configuration: { readonly ProjectName?: { readonly Ref: string }; readonly EnvironmentVariables?: string };
}
interface Stage {
  readonly Name: string;
  readonly OnFailure?: { readonly Result: string };
  readonly Actions: readonly Action[];
}

const outdir = mkdtempSync(join(tmpdir(), 'firmware-pipeline-'));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

describe("device-firmware's pipeline", () => {
  let template: Template;
  let stages: Stage[];
  const projects = () => template.findResources('AWS::CodeBuild::Project');
  const projectOf = (stage: string, action: string) => {
    const found = stages.find(({ Name }) => Name === stage)?.Actions.find(({ Name }) => Name === action);
    return projects()[found?.Configuration.ProjectName?.Ref ?? '']?.['Properties'];
  };
  const variables = (stage: string, action: string): { Name: string; Type: string; Value: string }[] =>
    projectOf(stage, action).Environment.EnvironmentVariables;

  beforeAll(() => {
    const app = serviceApp({ outdir });
    const stack = firmwarePipeline(app, organizationNamed('enfusion'));
    template = Template.fromStack(stack);
    app.synth();
    const [pipeline] = Object.values(template.findResources('AWS::CodePipeline::Pipeline'));
    stages = pipeline?.['Properties'].Stages;
    // It bundles three programs and checks the whole template, on a machine that may do much else.
  }, 180_000);

  it('builds, updates itself, and goes from group to group with a gate before each but the first', () => {
    expect(Object.fromEntries(stages.map(({ Name, Actions }) => [Name, Actions.map((one) => `${one.RunOrder} ${one.Name}`)]))).toEqual({
      Source: [expect.any(String)],
      Build: ['1 Synth'],
      UpdatePipeline: ['1 SelfMutate'],
      Dev: ['1 DevReleaseFirmware', '2 DevOvertake'],
      ApproveTest: ['1 TestChanges', '2 ApproveTest'],
      Test: ['1 TestReleaseFirmware', '2 TestOvertake'],
      ApproveProd: ['1 ProdChanges', '2 ApproveProd'],
      Prod: ['1 ProdReleaseFirmware'],
    });
    template.hasResourceProperties('AWS::CodePipeline::Pipeline', {
      Name: 'device-firmware',
      PipelineType: 'V2',
      ExecutionMode: 'SUPERSEDED',
      RestartExecutionOnUpdate: true,
    });
    // The program itself puts back what the group had: CodePipeline would release a version that somebody has taken back by hand.
    expect(stages.filter(({ OnFailure }) => OnFailure?.Result === 'ROLLBACK').map(({ Name }) => Name)).toEqual([]);
  });

  it("releases to each stage's own group, and tells whoever decides what that group gets", () => {
    for (const [stage, action, group] of [
      ['Dev', 'DevReleaseFirmware', 'dev'],
      ['Test', 'TestReleaseFirmware', 'test'],
      ['ApproveTest', 'TestChanges', 'test'],
      ['Prod', 'ProdReleaseFirmware', 'prod'],
      ['ApproveProd', 'ProdChanges', 'prod'],
    ] as const)
      expect(variables(stage, action)).toContainEqual({ Name: 'PARTICLE_GROUP', Type: 'PLAINTEXT', Value: group });
    const told = stages.find(({ Name }) => Name === 'Prod')?.Actions[0]?.Configuration.EnvironmentVariables;
    expect(told).toContain('#{codepipeline.PipelineExecutionId}');
  });

  it("takes Particle's address and token from parameters, so that neither stands in the template", () => {
    expect(variables('Dev', 'DevReleaseFirmware').filter(({ Type }) => Type !== 'PLAINTEXT')).toEqual([
      { Name: 'PARTICLE_API_URL', Type: 'PARAMETER_STORE', Value: '/enstratus/delivery/particle-api-url' },
      { Name: 'PARTICLE_ACCESS_TOKEN', Type: 'PARAMETER_STORE', Value: '/enstratus/delivery/particle-access-token' },
    ]);
  });

  it('runs what calls Particle with a role of its own, which reads these parameters and may change nothing in any account', () => {
    const [role, ...others] = Object.entries(template.findResources('AWS::IAM::Role')).filter(([id]) => id.startsWith('ProgramRole'));
    expect(others).toEqual([]);
    const [id, resource] = role ?? ['', undefined];
    const using = Object.entries(projects()).filter(([, { Properties }]) => JSON.stringify(Properties.ServiceRole).includes(id));
    expect(using.map(([name]) => name.replace(/^Pipeline\w*?(Dev|Test|Prod)(ReleaseFirmware|Changes)\w*$/, '$1$2')).sort()).toEqual([
      'DevReleaseFirmware',
      'ProdChanges',
      'ProdReleaseFirmware',
      'TestChanges',
      'TestReleaseFirmware',
    ]);
    const statements: { Action: string | string[]; Resource: unknown }[] = resource?.['Properties'].Policies[0].PolicyDocument.Statement;
    const actions = statements.flatMap(({ Action }) => Action);
    expect(actions.filter((action) => !/^(logs:(Create|Put)|s3:(Get|List)|kms:De)/.test(action))).toEqual([
      'ssm:GetParameters',
      'sns:Publish',
      'codepipeline:GetPipelineExecution',
    ]);
    expect(statements.filter(({ Resource }) => [Resource].flat().includes('*'))).toEqual([]);
    expect(statements.find(({ Action }) => Action === 'ssm:GetParameters')?.Resource).toEqual([
      'arn:aws:ssm:us-east-2:410000000001:parameter/enstratus/delivery/particle-access-token',
      'arn:aws:ssm:us-east-2:410000000001:parameter/enstratus/delivery/particle-api-url',
    ]);
    // No policy beside it: CDK adds one for what it grants.
    expect(Object.keys(template.findResources('AWS::IAM::Policy')).filter((name) => name.startsWith('ProgramRole'))).toEqual([]);
  });

  it('carries the programs and the project that was built, whole', () => {
    expect(readdirSync(join(outdir, 'delivery', 'programs')).sort()).toEqual(['changes.mjs', 'overtake-older.mjs', 'release-firmware.mjs']);
    const { version, files } = readBoronProject(join(outdir, 'delivery', 'firmware'), { platform_id: 13, device_os: '6.3.0' });
    const main = readFileSync(new URL('../boron/src/main.cpp', import.meta.url), 'utf8');
    expect(files.get('src/main.cpp')).toBe(main);
    expect(main).toContain(`PRODUCT_VERSION(${version});`);
    expect(files.has('src/core/device.h')).toBe(true);
  });

  it('is refused for an organization without a product at Particle, or without a group', () => {
    const { particle: _, ...without } = organizationNamed('enfusion');
    const app = () => serviceApp({ outdir: mkdtempSync(join(outdir, 'refused-')) });
    expect(() => firmwarePipeline(app(), without)).toThrow('says no Particle product');
    const groupless = { ...organizationNamed('enfusion'), stages: [{ stage: 'dev' as const, account: '420000000001', settings: {} }] };
    expect(() => firmwarePipeline(app(), groupless)).toThrow('The stage dev has no particle_group');
  });
});

describe("device-firmware's pipeline, synthesized as its own build does", () => {
  let pipeline: SynthesizedPipeline;
  beforeAll(async () => {
    pipeline = await synthesizedPipeline(new URL('../bin/pipeline.ts', import.meta.url));
  }, 180_000);

  it('has somebody decide before TEST and before PROD', () => {
    expect(pipeline.mode).toBe('V2 SUPERSEDED');
    expect(pipeline.stages.filter((stage) => stage.includes('?'))).toEqual([
      'ApproveTest: TestChanges, ApproveTest?',
      'ApproveProd: ProdChanges, ApproveProd?',
    ]);
  });

  it("pins the version of CDK's tool; there is nothing to publish for another account, so it installs no other", () => {
    expect(pipeline.tools).toEqual(['aws-cdk@2.1148.1']);
  });

  it('has rights on everything only where AWS knows no resource, or CDK Pipelines grants them so', () => {
    expect(pipeline.onEverything).toEqual(['cloudformation:DescribeStacks', 's3:ListBucket']);
  });
});
