import { type SynthesizedPipeline, synthesizedPipeline } from '@enstratus/platform/delivery';
import { beforeAll, describe, expect, it } from 'vitest';

/** The pipeline of this repo, synthesized as its own build does. What all pipelines share is tested with the construct, in the platform package. */
let pipeline: SynthesizedPipeline;
beforeAll(async () => {
  pipeline = await synthesizedPipeline(new URL('pipeline.ts', import.meta.url));
}, 180_000);

describe('the pipeline of appsync-lambda-repo', () => {
  it('goes through its stages in this order, and somebody decides before TEST and before PROD', () => {
    expect(pipeline.mode).toBe('V2 SUPERSEDED');
    expect(pipeline.stages).toEqual([
      'Source: appsync-lambda-repo',
      'Build: Synth',
      'UpdatePipeline: SelfMutate',
      'Assets: FileAssets',
      'Dev: DevChanges, EnstratusAppsync.Prepare, EnstratusAppsync.Deploy, DevSmokeTest, DevOvertake',
      'ApproveTest: TestChanges, ApproveTest?',
      'Test: EnstratusAppsync.Prepare, EnstratusAppsync.Deploy, TestSmokeTest, TestOvertake',
      'ApproveProd: ProdChanges, ApproveProd?',
      'Prod: EnstratusAppsync.Prepare, EnstratusAppsync.Deploy, ProdSmokeTest',
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
    expect(pipeline.stateful).toEqual(['EnstratusAppsync AWS::AppSync::GraphQLApi GraphqlApi']);
  });
});
