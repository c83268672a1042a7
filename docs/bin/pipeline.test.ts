import { type SynthesizedPipeline, synthesizedPipeline } from '@enstratus/platform/delivery';
import { beforeAll, describe, expect, it } from 'vitest';

/** The pipeline of this repo, synthesized as its own build does. What all pipelines share is tested with the construct, in the platform package. */
let pipeline: SynthesizedPipeline;
beforeAll(async () => {
  pipeline = await synthesizedPipeline(new URL('pipeline.ts', import.meta.url));
}, 180_000);

describe('the pipeline of docs', () => {
  it('goes through its stages in this order, and somebody decides before TEST and before PROD', () => {
    expect(pipeline.mode).toBe('V2 SUPERSEDED');
    expect(pipeline.stages).toEqual([
      'Source: docs',
      'Build: Synth',
      'UpdatePipeline: SelfMutate',
      'Assets: FileAssets',
      'Dev: DevChanges, EnstratusDocs.Prepare, EnstratusDocs.Deploy, DevSmokeTest, DevOvertake',
      'ApproveTest: TestChanges, ApproveTest?',
      'Test: EnstratusDocs.Prepare, EnstratusDocs.Deploy, TestSmokeTest, TestOvertake',
      'ApproveProd: ProdChanges, ApproveProd?',
      'Prod: EnstratusDocs.Prepare, EnstratusDocs.Deploy, ProdSmokeTest',
    ]);
    expect(pipeline.goBack).toEqual(['Dev', 'Test', 'Prod']);
  });

  it("pins the versions of CDK's tools", () => {
    expect(pipeline.tools).toEqual(['aws-cdk@2.1148.1', 'cdk-assets@4.7.3']);
  });

  it('has rights on everything only where AWS knows no resource, or CDK Pipelines grants them so', () => {
    expect(pipeline.onEverything).toEqual([
      'cloudformation:DescribeStacks',
      'codebuild:BatchGetBuilds',
      'codebuild:StartBuild',
      'codebuild:StopBuild',
      's3:ListBucket',
    ]);
  });

  it('keeps the logical ids of what holds data or an address that others know, in every stage', () => {
    expect(pipeline.stateful).toEqual([
      'EnstratusDocs AWS::CloudFront::Distribution HostingDistributionC6A6E351',
      'EnstratusDocs AWS::S3::Bucket DocsBucket',
      'EnstratusDocs AWS::SQS::Queue DeployDocsDeadLettersD57A9E84',
    ]);
  });
});
